"""A gallery of sixty photos, a blog at another origin: made once for all tests."""

import shutil

import pytest

from tests.conftest import LocalCloud
from tests.web.firefox import FIREFOX, Firefox
from tests.web.gallery import ROOT, Blog, Gallery, draw_photos
from tests.web.webdriver import Driver


@pytest.fixture(scope="session")
def blog():
    blog = Blog()
    yield blog
    blog.stop()


@pytest.fixture(scope="session")
def web_cloud(tmp_path_factory):
    cloud = LocalCloud(tmp_path_factory.mktemp("web") / "local")
    cloud.start()
    yield cloud
    cloud.stop()


@pytest.fixture(scope="session")
def sixty(browser, web_cloud, blog, tmp_path_factory):
    """A gallery of sixty photos; the function may be stopped, `gallery` starts it again."""
    gallery = Gallery(web_cloud, "sixty", [blog.origin])
    folder = tmp_path_factory.mktemp("photos")
    draw_photos(folder, 60)
    gallery.fill(folder)
    gallery.start_function()
    gallery.publish_site()
    yield gallery
    gallery.stop_function()


@pytest.fixture
def gallery(sixty):
    sixty.cloud.clear_faults()
    if not sixty.process:
        sixty.start_function()
    return sixty


@pytest.fixture(scope="session")
def empty(browser, web_cloud):
    gallery = Gallery(web_cloud, "empty")
    gallery.leave_empty()
    gallery.start_function()
    gallery.publish_site()
    yield gallery
    gallery.stop_function()


@pytest.fixture
def open_page(browser):
    """Open an address in a context of its own; what goes wrong there gathers in `page.errors`."""
    contexts = []

    def open_(url, *, width=1280, height=800, script=None, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.set_default_timeout(30_000)
        if script:
            context.add_init_script(script)
        page = context.new_page()
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on("console", lambda line: line.type == "error" and page.errors.append(line.text))
        page.goto(url)
        return page

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe():
    """Count accessibility violations, by axe's own source."""
    source = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
    if not source.exists():
        pytest.skip("web/node_modules is missing; `npm ci` in web/ brings axe")
    text = source.read_text(encoding="utf-8")

    def run(page):
        page.evaluate(text)
        result = page.evaluate("axe.run()")
        return [f"{found['id']}: {found['nodes'][0]['html']}" for found in result["violations"]]

    return run


@pytest.fixture(scope="session")
def many(browser, web_cloud):
    """A gallery of ten thousand photos, of which there is the catalog alone."""
    gallery = Gallery(web_cloud, "many")
    gallery.pretend(10_000)
    gallery.start_function()
    gallery.publish_site()
    yield gallery
    gallery.stop_function()


@pytest.fixture(scope="session", params=["firefox", "webkit"])
def driver(request, tmp_path_factory):
    """Another engine than Chromium, with one tab."""
    if request.param == "firefox":
        if not FIREFOX:
            pytest.skip("no Firefox; on Debian: apt install firefox-esr")
        driver = Firefox(tmp_path_factory.mktemp("firefox"))
    else:
        if not shutil.which("WebKitWebDriver"):
            pytest.skip("no WebKit; on Debian: apt install webkit2gtk-driver xvfb xauth")
        driver = Driver(tmp_path_factory.mktemp("webkit") / "log")
    yield driver
    driver.stop()
