"""The published site: page and embed as built, with the address and the key of this stack.

Owns: which files are published, under which names and headers. What they say is made in
`image_gallery/published.py`.
"""

import gzip
import hashlib
import mimetypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_gcp as gcp

from image_gallery.published import (
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
# Asked for each time, and answered by 304: a new key or origin is there at the next visit.
_MUTABLE = "no-cache"
_ZIPPED = (".html", ".js", ".css", ".svg")
_WRITERS: dict[str, Callable[[str, Gallery], str]] = {
    "embed.js": embed_script,
    "index.html": page_html,
}


@dataclass(frozen=True, kw_only=True)
class SiteArgs:
    """What is published, where, with which values; uploads are written to `build` first."""

    folder: Path
    build: Path = Path(".build")
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

    Creates: one `storage.BucketObject` for each file of the folder, and for `config.json`. Scripts,
    styles and HTML are stored gzipped. What the page names is there before the page.
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
        published: list[pulumi.Resource] = [
            gcp.storage.BucketObject(
                f"{name}-config.json",
                bucket=args.bucket,
                name="site/config.json",
                content=gallery.apply(config_json),
                content_type="application/json",
                cache_control=_MUTABLE,
                opts=pulumi.ResourceOptions(parent=self),
            )
        ]
        for relative, file in named.items():
            if relative not in ("config.json", "index.html"):
                source = _source(relative, file, gallery, args.build)
                published.append(_publish(name, args, relative, source, self))
        page = _source("index.html", named["index.html"], gallery, args.build)
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


def _source(
    relative: str, file: Path, gallery: pulumi.Output[Gallery], build: Path
) -> pulumi.Input[pulumi.FileAsset]:
    """Return the file to upload, with what the stack writes into it, gzipped where it is text."""
    if file.suffix not in _ZIPPED:
        return pulumi.FileAsset(file.as_posix())
    text = file.read_text(encoding="utf-8")
    write = _WRITERS.get(relative)
    if write is None:
        return _zipped(text, file.name, build)
    return gallery.apply(lambda values: _zipped(write(text, values), file.name, build))


def _zipped(text: str, name: str, build: Path) -> pulumi.FileAsset:
    """Write the text, gzipped, under a name that says its content; stacks share the folder."""
    body = text.encode()
    target = build / f"{hashlib.sha256(body).hexdigest()[:16]}-{name}.gz"
    build.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(body, mtime=0))
    return pulumi.FileAsset(target.as_posix())


def _publish(
    name: str,
    args: SiteArgs,
    relative: str,
    source: pulumi.Input[pulumi.FileAsset],
    parent: pulumi.Resource,
    after: Sequence[pulumi.Resource] = (),
) -> pulumi.Resource:
    """Declare one object.

    The provider can only replace an object whose file has changed, and what it deletes has the
    new one's name. So a name that stays is never deleted on its own: it is written over. Nor is a
    hashed name that the page uses no longer: a page open over a deployment still fetches its
    parts. The bucket takes all of them along. A hashed name never changes its content, but zlib's
    output differs from machine to machine: that difference is ignored.
    """
    hashed = relative.startswith("assets/")
    return gcp.storage.BucketObject(
        f"{name}-{relative}",
        bucket=args.bucket,
        name=f"site/{relative}",
        source=source,
        content_type=mimetypes.guess_type(relative)[0] or "application/octet-stream",
        content_encoding="gzip" if relative.endswith(_ZIPPED) else None,
        cache_control=_HASHED if hashed else _MUTABLE,
        opts=pulumi.ResourceOptions(
            parent=parent,
            depends_on=after,
            retain_on_delete=True,
            ignore_changes=["source"] if hashed else None,
        ),
    )
