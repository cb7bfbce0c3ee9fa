"""The page, in a browser, on the real function."""

import re

import pytest

from tests.web.gallery import WATCH_SHIFT

DEEP = pytest.mark.deep
PLATE = ".plate:not([data-leaving])"
SHOWN = f'{PLATE} [data-image="shown"]'


def source(page):
    """The address of the photo on show."""
    return page.locator(f"{PLATE} img").get_attribute("src")


def another(page, press=None):
    """Ask for another photo, await it, return its address."""
    before = source(page)
    if press:
        page.keyboard.press(press)
    else:
        page.get_by_role("button", name="Another photo").click()
    page.locator(f'{SHOWN} img:not([src="{before}"])').wait_for()
    return source(page)


def test_a_photo_is_shown_with_its_words(gallery, open_page):
    page = open_page(gallery.page_url)

    page.wait_for_selector(SHOWN)
    assert "August 2017" in page.locator("time").inner_text()
    assert "Somebody" in page.locator("figcaption").inner_text()
    assert page.evaluate("document.querySelector('.plate img').naturalWidth") >= 300
    assert page.errors == []


@DEEP
def test_fifty_clicks_show_fifty_others(gallery, open_page):
    page = open_page(gallery.page_url)
    page.wait_for_selector(SHOWN)

    seen = {source(page)} | {another(page) for _ in range(50)}

    assert len(seen) == 51
    assert page.errors == []


def test_the_arrow_keys_go_on_and_back(gallery, open_page):
    page = open_page(gallery.page_url)
    page.wait_for_selector(SHOWN)
    first, second = source(page), another(page, "ArrowRight")

    back = another(page, "ArrowLeft")

    assert back == first != second


def test_the_photo_itself_leads_to_the_next(gallery, open_page):
    page = open_page(gallery.page_url)
    page.wait_for_selector(SHOWN)
    first = source(page)

    page.locator(f"{PLATE} img").click()

    page.locator(f'{SHOWN} img:not([src="{first}"])').wait_for()


def test_a_link_leads_to_its_photo_and_on_to_others(gallery, open_page):
    page = open_page(gallery.page_url)
    page.wait_for_selector(SHOWN)
    link = page.get_by_role("link", name="Link").get_attribute("href")

    again = open_page(gallery.page_url + link)
    again.wait_for_selector(SHOWN)

    assert re.fullmatch("#/photos/[0-9a-f]{16}", link)
    assert source(again) == source(page)
    assert another(again) != source(page)
    assert again.url == gallery.page_url


def test_albums_choose_among_their_photos(gallery, open_page):
    page = open_page(gallery.page_url)
    page.wait_for_selector(SHOWN)
    page.get_by_role("button", name="Odd").click()
    page.locator(".plate").nth(1).locator('[data-image="shown"]').wait_for()

    seen = {source(page)} | {another(page) for _ in range(4)}

    assert len(seen) == 5
    assert page.get_by_role("button", name="Odd").get_attribute("aria-pressed") == "true"


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves(gallery, open_page, width):
    page = open_page(gallery.page_url, width=width, script=WATCH_SHIFT)
    page.wait_for_selector(SHOWN)

    for _ in range(3):
        another(page)
    page.wait_for_timeout(300)

    assert page.evaluate("self.shift") == 0


@pytest.mark.parametrize(
    "width", [320, pytest.param(390, marks=DEEP), 1280, pytest.param(2560, marks=DEEP)]
)
def test_nothing_sticks_out(gallery, open_page, width):
    page = open_page(gallery.page_url, width=width)
    page.wait_for_selector(SHOWN)

    for _ in range(3):
        another(page)

    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("document.documentElement.scrollHeight") == 800


def test_a_prefetched_photo_needs_no_network(gallery, open_page):
    page = open_page(gallery.page_url)
    page.wait_for_selector(SHOWN)
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)

    assert another(page)
