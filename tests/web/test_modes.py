"""The page's three modes, and the addresses that lead to them."""

import re

import pytest

LAYER = '.layer:not([data-leaving]) [data-image="shown"]'
LARGE = 'dialog[open] [data-image="shown"]'
TILE = ".row > a"
FEW_NODES = 1500


def tiles(page):
    """The ids of the photos that are in the document, in order."""
    return page.locator(TILE).evaluate_all("all => all.map(a => a.dataset.id)")


def titles(page):
    return page.locator(".wall > h2").all_inner_texts()


def walk(page):
    """Scroll to the end; return every photo and heading that was in the document on the way."""
    seen, headings = {}, {}
    page.wait_for_selector(TILE)
    for _ in range(200):
        seen |= dict.fromkeys(tiles(page))
        headings |= dict.fromkeys(titles(page))
        before = page.evaluate("scrollY")
        page.evaluate("scrollBy(0, innerHeight / 2)")
        page.wait_for_timeout(60)
        loading = page.locator(".all > [part=loading]").count()
        if page.evaluate("scrollY") == before and not loading:
            return list(seen), list(headings)
    raise AssertionError("there is no end")


def test_all_photos_are_there_once_newest_first(gallery, open_page):
    page = open_page(f"{gallery.page_url}#/all")

    ids, headings = walk(page)

    assert sorted(ids) == sorted(record["id"] for record in gallery.photos())
    assert headings == ["2017"]
    assert page.errors == []


def test_by_album_every_photo_is_below_its_album(gallery, open_page):
    page = open_page(f"{gallery.page_url}#/all")
    page.get_by_role("button", name="By album").click()
    page.wait_for_url("**#/all?by=album")

    ids, headings = walk(page)

    assert len(ids) == 60
    assert headings == ["Hills", "Odd", "Sea"]


def test_an_album_has_an_address(gallery, open_page):
    page = open_page(f"{gallery.page_url}#/all?album=odd")

    ids, _ = walk(page)

    odd = [record["id"] for record in gallery.photos() if record["album"] == "odd"]
    assert sorted(ids) == sorted(odd)


@pytest.mark.parametrize("width", [390, 1280])
def test_rows_are_full_and_photos_keep_their_ratio(gallery, open_page, width):
    page = open_page(f"{gallery.page_url}#/all", width=width)
    page.wait_for_selector(TILE)

    boxes = page.locator(".row").evaluate_all(
        "rows => rows.map(row => [...row.children].map(a => {"
        " const { left, right, width, height } = a.getBoundingClientRect();"
        " return { id: a.dataset.id, left, right, width, height } }))"
    )
    wall = page.locator(".wall").bounding_box()

    ratios = {record["id"]: record["sizes"][-1] for record in gallery.photos()}
    for row in boxes:
        for tile in row:
            wide, high = ratios[tile["id"]]
            assert tile["width"] / tile["height"] == pytest.approx(wide / high, rel=0.02)
    for row in boxes[:-1]:
        assert row[-1]["right"] == pytest.approx(wall["x"] + wall["width"], abs=1)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_photo_opens_large_and_esc_leads_back_to_it(gallery, open_page):
    page = open_page(f"{gallery.page_url}#/all")
    page.wait_for_selector(TILE)
    ids = tiles(page)

    page.locator(TILE).nth(2).click()
    page.wait_for_selector(LARGE)
    assert page.url.endswith(f"#/large/{ids[2]}")
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**#/large/{ids[3]}")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(f"**#/large/{ids[2]}")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(f"**#/large/{ids[1]}")
    page.keyboard.press("Escape")

    page.wait_for_url("**#/all")
    page.wait_for_function("id => document.activeElement.dataset.id === id", arg=ids[1])
    assert page.locator("dialog").count() == 0


def test_a_large_photo_has_an_address(gallery, open_page):
    photo = gallery.photos()[7]
    page = open_page(f"{gallery.page_url}#/large/{photo['id']}")

    page.wait_for_selector(LARGE)

    assert photo["id"] in page.locator("dialog img").get_attribute("src")
    assert "Somebody" in page.locator("dialog [part=facts]").inner_text()
    page.get_by_role("button", name="Close").click()
    page.wait_for_url(f"**#/photos/{photo['id']}")
    page.wait_for_selector(LAYER)


def test_back_closes_a_large_photo(gallery, open_page):
    page = open_page(gallery.page_url)
    page.wait_for_selector(LAYER)
    page.locator(".picture").last.click()
    page.wait_for_selector(LARGE)

    page.go_back()

    page.locator("dialog").wait_for(state="detached")
    page.wait_for_selector(LAYER)


def test_space_plays_and_pauses_a_slideshow(gallery, open_page):
    page = open_page("about:blank")
    page.add_init_script(
        "const wait = setTimeout; self.setTimeout ="
        " (act, span, ...rest) => wait(act, span === 5000 ? 50 : span, ...rest)"
    )
    page.goto(f"{gallery.page_url}#/large/{gallery.photos()[7]['id']}")
    page.wait_for_selector(LARGE)
    first = page.url

    page.keyboard.press(" ")
    page.wait_for_function("url => location.href !== url", arg=first)
    page.get_by_role("button", name="Pause slideshow").click()
    page.wait_for_timeout(300)
    rest = page.url
    page.wait_for_timeout(500)

    assert page.url == rest


def scale(page):
    return page.locator(".sheet").evaluate(
        "sheet => new DOMMatrix(getComputedStyle(sheet).transform).a"
    )


def test_a_double_click_and_a_wheel_magnify(gallery, open_page):
    page = open_page(f"{gallery.page_url}#/large/{gallery.photos()[7]['id']}")
    page.wait_for_selector(LARGE)

    page.mouse.move(640, 400)
    page.mouse.wheel(0, -400)
    page.wait_for_function("() => document.querySelector('.stage[data-zoomed=true]')")
    page.locator("dialog .stage").dblclick(position={"x": 400, "y": 300})
    page.wait_for_function("() => document.querySelector('dialog .stage[data-zoomed=false]')")
    page.locator("dialog .stage").dblclick(position={"x": 400, "y": 300})
    page.wait_for_timeout(400)

    assert scale(page) >= 2


def test_fingers_pinch_and_swipe(gallery, open_page):
    ids = [record["id"] for record in gallery.photos()]
    page = open_page(f"{gallery.page_url}#/all", width=390, height=844, has_touch=True)
    page.wait_for_selector(TILE)
    order = tiles(page)
    page.locator(TILE).first.click()
    page.wait_for_selector(LARGE)
    assert order[0] in ids
    client = page.context.new_cdp_session(page)

    def touch(kind, *points):
        client.send(
            "Input.dispatchTouchEvent",
            {
                "type": kind,
                "touchPoints": [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)],
            },
        )

    touch("touchStart", (300, 400))
    for x in (250, 200, 150):
        touch("touchMove", (x, 402))
    touch("touchEnd")
    page.wait_for_url(f"**#/large/{order[1]}")
    page.wait_for_selector(LARGE)

    touch("touchStart", (180, 400), (210, 400))
    for spread in (30, 60, 90):
        touch("touchMove", (180 - spread, 400), (210 + spread, 400))
    touch("touchEnd")

    assert scale(page) > 2
    assert page.url.endswith(order[1])


def test_the_overview_is_found_again_as_it_was_left(gallery, open_page):
    page = open_page(f"{gallery.page_url}#/all", width=390)
    walk(page)
    page.evaluate("scrollTo(0, 900)")
    page.wait_for_timeout(400)

    page.get_by_role("link", name="Random", exact=True).click(force=True)
    page.wait_for_selector(LAYER)
    page.go_back()
    page.wait_for_selector(TILE)

    page.wait_for_function("() => Math.abs(scrollY - 900) < 2")
    page.reload()
    page.wait_for_function("() => Math.abs(scrollY - 900) < 2")


def test_sharing_copies_the_address_that_has_a_preview_and_says_so(gallery, open_page):
    page = open_page(gallery.page_url, permissions=["clipboard-read", "clipboard-write"])
    page.wait_for_selector(LAYER)
    before = page.url

    page.get_by_role("button", name="Share").click()

    page.get_by_text("Link copied").wait_for()
    photo = re.search("[0-9a-f]{16}$", before)[0]
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{gallery.config['apiUrl']}/p/{photo}"
    assert page.url == before
    assert page.get_by_role("button", name="Another photo").is_enabled()


def test_the_share_sheet_is_used_where_there_is_one(gallery, open_page):
    page = open_page("about:blank", width=390, has_touch=True, is_mobile=True)
    page.add_init_script("navigator.share = async (what) => (self.shared = what)")
    page.goto(gallery.page_url)
    page.wait_for_selector(LAYER)

    page.get_by_role("button", name="Share").click()

    page.wait_for_function("() => self.shared")
    assert "/p/" in page.evaluate("self.shared.url")


def test_while_the_function_is_stopped_a_small_gallery_is_shown_from_its_catalog(
    gallery, open_page
):
    gallery.stop_function()
    page = open_page(f"{gallery.page_url}#/all")

    ids, _ = walk(page)

    assert len(ids) == 60


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.deep)])
@pytest.mark.parametrize("width", [390, 1280])
def test_every_mode_is_accessible(gallery, open_page, axe, scheme, width):
    options = {"width": width, "color_scheme": scheme, "reduced_motion": "reduce"}
    page = open_page(f"{gallery.page_url}#/all", **options)
    page.wait_for_selector(f"{TILE} > img[data-shown]")
    assert axe(page) == []

    page.locator(TILE).first.click()
    page.wait_for_selector(LARGE)
    assert axe(page) == []


@pytest.mark.deep
def test_twenty_five_albums_fit_a_phone(many, open_page):
    page = open_page(many.page_url, width=390, height=844)
    choices = page.get_by_label("Album").locator("option")
    choices.nth(25).wait_for(state="attached")

    assert choices.count() == 26  # all of them is one more
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.deep
def test_ten_thousand_photos_are_few_nodes_and_little_memory(web_cloud, open_page, many):
    page = open_page(f"{many.page_url}#/all")
    page.wait_for_selector(TILE)
    client = page.context.new_cdp_session(page)
    nodes = []

    for _ in range(400):
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        nodes.append(page.evaluate("document.querySelectorAll('*').length"))
        if page.evaluate("document.querySelectorAll('.all > [part=loading]').length") == 0:
            break
        page.wait_for_timeout(20)

    client.send("HeapProfiler.collectGarbage")
    used = client.send("Runtime.getHeapUsage")["usedSize"]
    assert page.locator(".all > [part=loading]").count() == 0
    assert max(nodes) < FEW_NODES
    assert used < 60_000_000
