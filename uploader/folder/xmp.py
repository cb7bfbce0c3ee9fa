"""The properties of an XMP packet, within a file or in a sidecar beside it.

Nothing of a document type is resolved, for packets come from strangers.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from defusedxml.ElementTree import fromstring

from uploader.folder.containers import png_chunks
from uploader.folder.metadata import clean

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from PIL import Image

__all__ = ["LARGEST", "Xmp", "packet_of"]

LARGEST = 4_000_000  # bytes of one packet
_NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "exif": "http://ns.adobe.com/exif/1.0/",
}
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


class Xmp:
    """Properties by name, such as `dc:description`; ValueError or ParseError for what is none."""

    def __init__(self, packet: bytes) -> None:
        if len(packet) > LARGEST:
            raise ValueError
        self._facts: dict[str, str] = {}
        if packet.strip(b"\0 \r\n\t"):
            for description in fromstring(packet.strip(b"\0 \r\n\t")).iter(_RDF + "Description"):
                for name, value in description.attrib.items():
                    self._facts.setdefault(name, value)
                for child in description:
                    self._facts.setdefault(child.tag, _value(child))

    def get(self, name: str) -> str:
        """A property as clean text, empty if it is not there."""
        prefix, _, local = name.partition(":")
        return clean(self._facts.get(f"{{{_NAMESPACES[prefix]}}}{local}", ""))


def _value(element: Element) -> str:
    """Of alternatives the default, of lists all."""
    items = list(element.iter(_RDF + "li"))
    if element.find(_RDF + "Alt") is not None:
        items.sort(key=lambda item: item.get(_LANGUAGE) != "x-default")
        return next((item.text for item in items if item.text), "")
    return ", ".join(item.text for item in items if item.text) if items else element.text or ""


def packet_of(image: Image.Image, content: bytes) -> bytes:
    """The XMP packet within a file, empty if there is none."""
    if image.format == "PNG":
        return next(filter(None, map(_in_png, png_chunks(content))), b"")
    packet = image.info.get("xmp") or b""
    return packet if isinstance(packet, bytes) else str(packet).encode()


def _in_png(chunk: tuple[bytes, bytes]) -> bytes:
    """XMP in a text chunk of PNG, often behind the picture: keyword, flags, two names, text."""
    kind, payload = chunk
    if kind != b"iTXt" or not payload.startswith(b"XML:com.adobe.xmp\0"):
        return b""
    compressed = payload[18]
    text = payload[20:].split(b"\0", 2)[2]
    return zlib.decompressobj().decompress(text, LARGEST) if compressed else text
