"""A part of the page that is gone, or lost on its way: said, and asked for again."""

import pytest

SHOWN = '.layer:not([data-leaving]) [data-image="shown"]'
TILE = ".row > a"
LARGE = "dialog[open], .pswp--open"


class Parts:
    """Lets the page's later parts come, or not."""

    def __init__(self, page, pattern):
        self.how, self.asked = "come", 0
        page.route(pattern, self._answer)

    def _answer(self, route):
        self.asked += 1
        if self.how == "gone":
            return route.fulfill(status=404, body="gone")
        return route.abort() if self.how == "lost" else route.continue_()


@pytest.fixture
def page(gallery, open_page):
    return open_page("about:blank", reduced_motion="reduce")


@pytest.mark.parametrize("how", ["gone", "lost"])
@pytest.mark.parametrize("wait", [200, pytest.param(3500, marks=pytest.mark.deep)])
def test_an_overview_that_does_not_come_is_said_and_comes_later(gallery, page, axe, how, wait):
    """Before it was fetched ahead of time, and after."""
    parts = Parts(page, "**/assets/all-*.js")
    parts.how = how
    page.goto(gallery.page_url)
    page.wait_for_selector(SHOWN)
    page.wait_for_timeout(wait)

    page.locator("nav a").last.click()

    page.get_by_role("alert").wait_for()
    assert "did not arrive" in page.get_by_role("alert").inner_text()
    assert axe(page) == []
    parts.how = "come"
    page.get_by_role("button", name="Try again").click()
    page.wait_for_selector(TILE)


def test_after_a_deployment_the_page_is_loaded_once_and_goes_on(gallery, page):
    """The part that the open page names is gone; the page as it is now names another."""
    parts = Parts(page, "**/assets/all-*.js")
    page.goto(gallery.page_url)
    page.wait_for_selector(SHOWN)
    parts.how = "gone"
    loads = []
    page.on("load", lambda: (loads.append(1), setattr(parts, "how", "come")))

    page.locator("nav a").last.click()

    page.wait_for_selector(TILE)
    assert len(loads) == 1
    assert page.url.endswith("#/all")


@pytest.mark.parametrize("how", ["gone", "lost"])
def test_without_the_large_view_the_keys_work_and_there_is_a_way_back(gallery, page, how):
    Parts(page, "**/assets/{large,viewer}-*.js").how = how
    page.goto(gallery.page_url)
    page.wait_for_selector(SHOWN)

    page.locator(".picture").last.click()
    page.get_by_role("alert").wait_for()
    before = page.url
    page.keyboard.press("ArrowRight")
    page.wait_for_url(lambda url: url != before)
    page.keyboard.press("Escape")

    page.wait_for_url("**#/photos/*")
    page.wait_for_selector(SHOWN)
    assert page.get_by_role("alert").count() == 0
