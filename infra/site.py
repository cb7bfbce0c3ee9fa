"""The published site: page and embed as built, with the address and the key of this stack.

Owns: `config.json`, and the line of the same values at the head of `embed.js`, so that neither
asks for configuration.
"""

import mimetypes
from pathlib import Path

import pulumi
import pulumi_gcp as gcp

from infra.settings import Settings

__all__ = ["Site", "embed_html", "origin_of", "security_policy"]

# As renditions: a hashed name never changes its content.
_HASHED = "public, max-age=86400"
_MUTABLE = "no-cache"
_LANGUAGE = "en"


class Site(pulumi.ComponentResource):
    """Creates: one `storage.BucketObject` for each file below `folder`, and for `config.json`."""

    url: pulumi.Output[str]
    embed: pulumi.Output[str]
    content_security_policy: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        settings: Settings,
        *,
        folder: str,
        bucket: pulumi.Output[str],
        api_url: pulumi.Output[str],
        api_key: pulumi.Output[str],
    ) -> None:
        super().__init__("image-gallery:infra:Site", name)
        self._name, self._bucket = name, bucket
        gallery_url = bucket.apply(settings.gallery_url)
        config = pulumi.Output.json_dumps(
            {
                "apiUrl": api_url,
                "apiKey": api_key,
                "catalogUrl": pulumi.Output.concat(gallery_url, "/catalog.jsonl"),
                "origins": [gallery_url.apply(origin_of), *settings.allowed_origins],
                "lang": _LANGUAGE,
            }
        )
        self._publish("config.json", content=config)
        for path in sorted(file for file in Path(folder).rglob("*") if file.is_file()):
            relative = path.relative_to(folder).as_posix()
            if relative == "embed.js":
                script = path.read_text(encoding="utf-8")
                self._publish(
                    relative,
                    content=pulumi.Output.concat("const GALLERY_CONFIG = ", config, ";\n", script),
                )
            elif relative != "config.json":
                self._publish(relative, source=pulumi.FileAsset(f"{folder}/{relative}"))
        self.url = pulumi.Output.concat(gallery_url, "/site/index.html")
        self.embed = gallery_url.apply(embed_html)
        self.content_security_policy = pulumi.Output.all(gallery_url, api_url).apply(
            lambda urls: security_policy(*urls)
        )
        self.register_outputs({"url": self.url})

    def _publish(
        self,
        relative: str,
        *,
        content: pulumi.Output[str] | None = None,
        source: pulumi.FileAsset | None = None,
    ) -> None:
        gcp.storage.BucketObject(
            f"{self._name}-{relative}",
            bucket=self._bucket,
            name=f"site/{relative}",
            content=content,
            source=source,
            content_type=mimetypes.guess_type(relative)[0] or "application/octet-stream",
            cache_control=_HASHED if relative.startswith("assets/") else _MUTABLE,
            opts=pulumi.ResourceOptions(parent=self),
        )


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address, as a browser's Origin header has them."""
    return "/".join(url.split("/", 3)[:3])


def embed_html(gallery_url: str) -> str:
    """Return the HTML to paste into a page."""
    return (
        "<random-photo></random-photo>"
        f'<script type="module" src="{gallery_url}/site/embed.js"></script>'
    )


def security_policy(gallery_url: str, api_url: str) -> str:
    """Return what a page with a strict Content-Security-Policy has to allow for the embed."""
    gallery, api = origin_of(gallery_url), origin_of(api_url)
    return f"script-src {gallery}; img-src {gallery}; connect-src {gallery} {api}"
