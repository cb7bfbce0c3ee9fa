"""Second visits while the function is cold: what is kept is shown, and what comes replaces it."""

import json

import pytest

SHOWN = '[data-image="shown"]'
CAPTION = "[part=caption]"
COLD = 1.5  # seconds: longer than the page waits for an answer


class SlowApi:
    """Stands between a page and the API: late, with other captions, or without the photo."""

    def __init__(self, gallery, context):
        self.cold, self.caption, self.problem = False, None, None
        self.answered = 0
        context.route(f"{gallery.config['apiUrl']}/**", self._answer)

    def _answer(self, route):
        if route.request.method == "POST":
            return route.continue_()
        response = route.fetch()
        if self.cold:
            route.request.frame.page.wait_for_timeout(COLD * 1000)
        self.answered += 1
        headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}
        if self.problem:
            body = json.dumps({"type": f"urn:image-gallery:{self.problem}"})
            return route.fulfill(status=404, headers=headers, body=body)
        photo = response.json()
        if self.caption:
            photo["caption"] = self.caption
        return route.fulfill(headers=headers, json=photo)


@pytest.fixture
def visits(gallery, blog, open_page):
    """Visit one post again and again, in one browser; each visit is a load of the page."""

    def prepare(attributes):
        page = open_page("about:blank", width=700)
        api = SlowApi(gallery, page.context)
        html = f"<random-photo {attributes}></random-photo>{gallery.embed}"
        url = blog.publish("/post", html)

        def visit(settled=True):
            api.answered = 0
            page.goto(url)
            page.wait_for_selector(f"{SHOWN}, [part=message]")
            seen = page.locator(f"{CAPTION}, [part=message]").first.inner_text()
            if settled:
                page.wait_for_timeout(COLD * 1000 + 300)
            return seen

        return page, api, visit

    return prepare


def test_a_caption_that_changed_is_read_at_the_visit_after_a_cold_one(visits):
    _, api, visit = visits('seed="my-post"')
    before = visit()
    api.cold, api.caption = True, "The new caption"

    assert visit() == before
    assert api.answered == 1
    assert visit() == "The new caption"


@pytest.mark.parametrize("problem", ["no-match", "no-such-photo"])
def test_a_photo_that_was_withdrawn_goes_from_the_screen_and_from_memory(visits, problem):
    page, api, visit = visits('seed="my-post"')
    before = visit()
    api.cold, api.problem = True, problem

    assert visit() == before
    assert page.locator("[part=message]").count() == 1
    assert page.locator(CAPTION).count() == 0
    assert visit() != before


def test_a_kept_photo_whose_picture_is_gone_is_replaced_at_once(visits, gallery):
    page, api, visit = visits('photo="{}"'.format(gallery.photos()[3]["id"]))
    visit()
    api.cold, api.caption = True, "The new caption"
    # The picture has another address by now; the one that was kept leads nowhere.
    kept = page.evaluate("JSON.stringify({...sessionStorage})")
    assert "photos/v2/" in kept
    page.context.route("**/photos/v2/*", lambda route: route.fulfill(status=404))

    visit(settled=False)

    page.get_by_text("The new caption").wait_for()


@pytest.mark.parametrize(
    ("keep", "session", "local"),
    [("visit", True, False), ("month", False, True), ("none", False, False)],
)
def test_what_is_kept_is_where_the_attribute_says(visits, keep, session, local):
    page, _, visit = visits(f'keep="{keep}"')
    seen = visit()

    kept = [page.evaluate(f"JSON.stringify({{...{name}Storage}})") for name in ("session", "local")]

    assert [seen in text for text in kept] == [session, local]
    if keep == "none":
        assert kept == ["{}", "{}"]


def test_a_blog_keeps_nothing_beyond_the_tab(visits):
    page, _, visit = visits("")
    visit()

    assert page.evaluate("localStorage.length") == 0
