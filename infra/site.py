"""The published site: page and embed as built, with the address and the key of this stack.

Owns: `config.json`, and the line of the same values at the head of `embed.js`, so that neither
asks for configuration.
"""

import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_gcp as gcp

__all__ = ["Site", "SiteArgs", "embed_html", "origin_of", "security_policy"]

# As renditions: a hashed name never changes its content.
_HASHED = "public, max-age=86400"
_MUTABLE = "no-cache"
_LANGUAGE = "en"


@dataclass(frozen=True, kw_only=True)
class SiteArgs:
    """What is published, where, and what it is told."""

    folder: Path
    bucket: pulumi.Input[str]
    gallery_url: pulumi.Input[str]
    api_url: pulumi.Input[str]
    api_key: pulumi.Input[str]
    allowed_origins: Sequence[str]
    title: str = ""
    description: str = ""
    home_url: str = ""
    lang: str = ""


class Site(pulumi.ComponentResource):
    """The page and the embed.

    Creates: one `storage.BucketObject` for each file of the folder, and for `config.json`. Texts
    are published by content, for a changed content is written in place, and a changed file would
    be deleted first. What the page names is there before the page.
    """

    url: pulumi.Output[str]
    embed: pulumi.Output[str]
    content_security_policy: pulumi.Output[str]

    def __init__(
        self, name: str, args: SiteArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("image-gallery:index:Site", name, {}, opts)
        config = _config(args)
        files = sorted(file for file in args.folder.rglob("*") if file.is_file())
        named = {file.relative_to(args.folder).as_posix(): file for file in files}
        published = [_publish(name, args, "config.json", config, self)]
        for relative, file in named.items():
            if relative not in ("config.json", "index.html"):
                body = _body(relative, file, config)
                published.append(_publish(name, args, relative, body, self))
        page = _body("index.html", named["index.html"], config)
        _publish(name, args, "index.html", page, self, after=published)
        gallery_url = pulumi.Output.from_input(args.gallery_url)
        self.url = pulumi.Output.concat(gallery_url, "/site/index.html")
        self.embed = gallery_url.apply(embed_html)
        self.content_security_policy = pulumi.Output.all(gallery_url, args.api_url).apply(
            lambda urls: security_policy(*urls)
        )
        self.register_outputs(
            {
                "url": self.url,
                "embed": self.embed,
                "contentSecurityPolicy": self.content_security_policy,
            }
        )


def _config(args: SiteArgs) -> pulumi.Output[str]:
    """Return `config.json`, as tests/contract/site-config.json has it."""
    gallery_url = pulumi.Output.from_input(args.gallery_url)
    return pulumi.Output.json_dumps(
        {
            "apiUrl": args.api_url,
            "apiKey": args.api_key,
            "catalogUrl": pulumi.Output.concat(gallery_url, "/catalog.jsonl"),
            "origins": [gallery_url.apply(origin_of), *args.allowed_origins],
            "lang": args.lang or _LANGUAGE,
        }
    )


def _body(
    relative: str, file: Path, config: pulumi.Output[str]
) -> pulumi.Input[str] | pulumi.FileAsset:
    """Return the content of a text that keeps its name, and of all else the file."""
    if relative.startswith("assets/"):
        return pulumi.FileAsset(file.as_posix())
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return pulumi.FileAsset(file.as_posix())
    if relative == "embed.js":
        return pulumi.Output.concat("const GALLERY_CONFIG = ", config, ";\n", text)
    return text


def _publish(
    name: str,
    args: SiteArgs,
    relative: str,
    body: pulumi.Input[str] | pulumi.FileAsset,
    parent: pulumi.Resource,
    after: Sequence[pulumi.Resource] = (),
) -> pulumi.Resource:
    return gcp.storage.BucketObject(
        f"{name}-{relative}",
        bucket=args.bucket,
        name=f"site/{relative}",
        content=None if isinstance(body, pulumi.FileAsset) else body,
        source=body if isinstance(body, pulumi.FileAsset) else None,
        content_type=mimetypes.guess_type(relative)[0] or "application/octet-stream",
        cache_control=_HASHED if relative.startswith("assets/") else _MUTABLE,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=after),
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
    connect = " ".join(dict.fromkeys((gallery, api)))
    return f"script-src {gallery}; img-src {gallery}; connect-src {connect}"
