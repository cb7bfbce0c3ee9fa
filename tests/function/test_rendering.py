"""The photo as the API speaks it is the contract's, byte for byte of meaning."""

import json

from gallery_api.rendering import render

from .conftest import CONTRACT

RECORDS = [json.loads(line) for line in (CONTRACT / "catalog.jsonl").read_text().splitlines()[1:]]
PHOTOS = json.loads((CONTRACT / "photos.json").read_text())


def test_every_record_of_the_contract_renders_as_its_photo():
    rendered = [render(record, "https://gallery.storage.googleapis.com") for record in RECORDS]

    assert rendered == PHOTOS


def test_src_set_ascends_and_ends_with_src():
    for record in RECORDS:
        photo = render(record, "http://base.example")

        widths = [rendition["width"] for rendition in photo["srcSet"]]
        assert widths == sorted(widths)
        assert photo["srcSet"][-1]["src"] == photo["src"]
