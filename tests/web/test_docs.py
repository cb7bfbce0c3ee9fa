"""The docs name every prop, attribute, variable and part, each in the words of the source."""

import re

import pytest

from tests.web.gallery import ROOT

TEXT = (ROOT / "docs" / "front-end.md").read_text(encoding="utf-8")
SOURCE = ROOT / "web" / "src"


def documented(path, interface):
    """Name and comment of every property of an interface."""
    source = (SOURCE / path).read_text(encoding="utf-8")
    body = re.search(rf"interface {interface}\b[^{{]*{{(.*?)\n}}", source, re.DOTALL)[1]
    return re.findall(r"/\*\* (.*?) \*/\s+(\w+)\??:", body)


@pytest.mark.parametrize(
    ("path", "interface"),
    [
        ("client/types.ts", "Filter"),
        ("client/types.ts", "GallerySettings"),
        ("react/useRandomPhoto.ts", "RandomPhotoOptions"),
        ("react/RandomPhoto.tsx", "RandomPhotoProps"),
    ],
)
def test_every_prop_has_its_line(path, interface):
    props = documented(path, interface)

    assert props
    assert [name for line, name in props if f"| `{name}` | {line} |" not in TEXT] == []


def test_every_attribute_variable_and_part_is_named():
    embed = (SOURCE / "embed" / "embed.ts").read_text(encoding="utf-8")
    attributes = re.findall(r'"([a-z-]+)"', re.search(r"ATTRIBUTES = \[(.*?)\]", embed, re.S)[1])
    style = (SOURCE / "react" / "style.css").read_text(encoding="utf-8")
    variables = re.findall(r"var\((--random-photo-\w+)", style)
    components = [path.read_text(encoding="utf-8") for path in (SOURCE / "react").glob("*.tsx")]
    parts = re.findall(r'part="(\w+)"', "".join(components))

    assert [word for word in {*attributes, *variables, *parts} if f"`{word}`" not in TEXT] == []
    assert len(attributes) > 14
