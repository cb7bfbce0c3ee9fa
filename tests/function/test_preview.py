"""The page of a shared link, as a parser of link previews reads it that nobody here wrote."""

import re
from html.parser import HTMLParser

import pytest
from webpreview import webpreview

from .conftest import make_record, write_catalog

PHOTO = "/p/3a91f0c2d4e5b687"


def read(client, path=PHOTO):
    answer = client.get(path)
    return answer, webpreview("https://api.example/p", content=answer.get_data(as_text=True))


def meta(text):
    """Return what the page's `meta` elements say, by name or property."""
    found = {}

    class Parser(HTMLParser):
        def handle_starttag(self, tag, attributes):
            words = dict(attributes)
            if tag == "meta":
                found[words.get("name") or words.get("property") or words.get("http-equiv")] = (
                    words.get("content")
                )
            if tag == "link":
                found[words["rel"]] = words["href"]

    Parser().feed(text)
    return found


def test_a_preview_has_title_description_and_image(storage, make_client):
    """Nobody who reads a preview has a key."""
    answer, found = read(make_client())

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert found.title == "Two dogs leaning out of a balcony"
    assert found.description == "2018-03-14T18:03 · people"
    assert found.image == f"{storage.url}/photos/v2/3a91f0c2d4e5b687-1200.jpg"


def test_the_image_of_a_preview_is_the_jpeg_with_its_size_and_alt(storage, open_client):
    record = make_record(1, alt="A red kite", jpeg=[1200, 800], caption="Kite")
    storage.catalog = write_catalog([record])

    answer, found = read(open_client, f"/p/{record['id']}")

    said = meta(answer.get_data(as_text=True))
    assert found.image == f"{storage.url}/photos/v1/{record['id']}-1200.jpg"
    assert said["og:image:type"] == "image/jpeg"
    assert (said["og:image:width"], said["og:image:height"]) == ("1200", "800")
    assert said["og:image:alt"] == "A red kite"
    assert said["twitter:card"] == "summary_large_image"


def test_people_are_led_to_the_photo_on_the_gallerys_page(storage, client):
    said = meta(client.get(PHOTO).get_data(as_text=True))

    page = f"{storage.url}/site/index.html#/photos/3a91f0c2d4e5b687"
    assert said["canonical"] == page
    assert said["refresh"] == f"0; url={page}"
    assert f'<a href="{page}">' in client.get(PHOTO).get_data(as_text=True)


def test_nothing_of_the_owners_words_is_markup(storage, open_client):
    evil = '"><script>alert(1)</script><meta http-equiv=refresh content="0;url=//evil">{{ 7*7 }}'
    record = make_record(1, caption=evil, alt=evil, credit=evil, album=evil)
    storage.catalog = write_catalog([record])

    answer, found = read(open_client, f"/p/{record['id']}")

    text = answer.get_data(as_text=True)
    assert "<script" not in text
    assert len(re.findall("<meta http-equiv", text)) == 1
    assert found.title.startswith('"><script>alert(1)')
    assert "49" not in text
    assert answer.headers["Content-Security-Policy"] == (
        f"default-src 'none'; img-src {storage.url.removesuffix('/gallery')};"
        " base-uri 'none'; form-action 'none'"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_long_caption_is_cut_in_the_title_and_goes_on_below(storage, open_client):
    record = make_record(1, caption="word " * 1000)
    storage.catalog = write_catalog([record])

    _, found = read(open_client, f"/p/{record['id']}")

    assert found.title.endswith("word…")
    assert len(found.title) <= 70
    assert len(found.description) <= 200


def test_a_photo_without_words_has_a_preview_too(storage, open_client):
    record = make_record(1)
    storage.catalog = write_catalog([record])

    _, found = read(open_client, f"/p/{record['id']}")

    assert found.title == "A photograph"


@pytest.mark.parametrize("path", ["/p/0000000000000000", "/p/x", "/p/%3Cb%3E"])
def test_no_such_photo_is_a_page(storage, client, path):
    answer = client.get(path)

    text = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert f'<a href="{storage.url}/site/index.html">' in text
    assert "og:image" not in text
    assert "refresh" not in text


def test_no_catalog_is_a_page_that_says_when_to_come_back(storage, client):
    storage.status = 503

    answer = client.get(PHOTO)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
