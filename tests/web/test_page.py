"""The page, in a browser, on the real function."""

import re

import pytest

from tests.web.gallery import WATCH_SHIFT

DEEP = pytest.mark.deep
LAYER = ".layer:not([data-leaving])"
SHOWN = f'{LAYER} [data-image="shown"]'


def source(page):
    """The address of the photo on show."""
    return page.locator(f"{LAYER} img").get_attribute("src")


def another(page, press=None):
    """Ask for another photo, await it, return its address."""
    before = source(page)
    if press:
        page.keyboard.press(press)
    else:
        page.get_by_role("button", name="Another photo").click()
    page.locator(f'{SHOWN} img:not([src="{before}"])').wait_for()
    return source(page)


def await_other(page, act):
    """The address of the photo that comes after an act."""
    before = source(page)
    act()
    page.locator(f'{SHOWN} img:not([src="{before}"])').wait_for()
    return source(page)


def test_a_photo_is_shown_with_its_words(gallery, open_page):
    page = open_page(gallery.page_url)

    page.wait_for_selector(SHOWN)
    assert "August 2017" in page.locator("time").inner_text()
    assert "Somebody" in page.locator("[part=facts]").inner_text()
    assert page.evaluate("document.querySelector('.layer img').naturalWidth") >= 300
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


@pytest.mark.parametrize("how", ["reload", "sent"])
def test_an_address_leads_to_what_was_seen(gallery, open_page, how):
    page = open_page(gallery.page_url)
    page.wait_for_selector(SHOWN)
    seen = another(page)

    again = open_page(page.url) if how == "sent" else page
    again.reload()
    again.wait_for_selector(SHOWN)

    assert re.search("#/photos/[0-9a-f]{16}$", page.url)
    assert source(again) == seen
    assert another(again) != seen


def test_back_and_forward_go_through_what_was_seen(gallery, open_page):
    page = open_page(gallery.page_url)
    page.wait_for_selector(SHOWN)
    seen = [source(page), another(page), another(page)]

    back = [await_other(page, page.go_back), await_other(page, page.go_back)]
    forward = await_other(page, page.go_forward)

    assert back == [seen[1], seen[0]]
    assert forward == seen[1]
    assert (
        page.get_by_role("button", name="Previous photo").get_attribute("aria-disabled") != "true"
    )


def test_albums_choose_among_their_photos(gallery, open_page):
    page = open_page(gallery.page_url)
    page.wait_for_selector(SHOWN)
    page.get_by_label("Album").select_option("odd")
    page.wait_for_url("**#/photos/*?album=odd")
    page.wait_for_selector(SHOWN)

    seen = {source(page)} | {another(page) for _ in range(4)}

    assert len(seen) == 5
    assert page.get_by_label("Album").input_value() == "odd"


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
