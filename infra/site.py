"""The published site: page and embed as built, with the address and the key of this stack.

Owns: which files are published, under which names and headers. What they say is made in
`infra/published.py`.
"""

import mimetypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_gcp as gcp

from infra.published import (
    Gallery,
    config_json,
    embed_html,
    embed_script,
    page_html,
    security_policy,
)

__all__ = ["Site", "SiteArgs"]

# As renditions: a hashed name never changes its content.
_HASHED = "public, max-age=86400"
# Five minutes without a question, and a day in which the old one serves while the new one comes.
_EMBED = "public, max-age=300, stale-while-revalidate=86400"
_MUTABLE = "no-cache"


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
        gallery = _gallery(args)
        files = sorted(file for file in args.folder.rglob("*") if file.is_file())
        named = {file.relative_to(args.folder).as_posix(): file for file in files}
        published = [_publish(name, args, "config.json", gallery.apply(config_json), self)]
        for relative, file in named.items():
            if relative not in ("config.json", "index.html"):
                body = _body(relative, file, gallery)
                published.append(_publish(name, args, relative, body, self))
        page = _body("index.html", named["index.html"], gallery)
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


def _gallery(args: SiteArgs) -> pulumi.Output[Gallery]:
    urls = pulumi.Output.all(
        gallery_url=args.gallery_url, api_url=args.api_url, api_key=args.api_key
    )
    return urls.apply(
        lambda values: Gallery(
            **values,
            allowed_origins=args.allowed_origins,
            title=args.title,
            description=args.description,
            home_url=args.home_url,
            lang=args.lang,
        )
    )


def _body(
    relative: str, file: Path, gallery: pulumi.Output[Gallery]
) -> pulumi.Input[str] | pulumi.FileAsset:
    """Return the content of a text that keeps its name, and of all else the file."""
    if relative.startswith("assets/"):
        return pulumi.FileAsset(file.as_posix())
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return pulumi.FileAsset(file.as_posix())
    makers: dict[str, Callable[[str, Gallery], str]] = {
        "embed.js": embed_script,
        "index.html": page_html,
    }
    make = makers.get(relative)
    return gallery.apply(lambda values: make(text, values)) if make else text


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
        cache_control=_cache_control(relative),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=after),
    )


def _cache_control(relative: str) -> str:
    if relative.startswith("assets/"):
        return _HASHED
    return _EMBED if relative == "embed.js" else _MUTABLE
