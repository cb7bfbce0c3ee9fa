"""How long a visitor waits for the first photo: page and embed, function warm and cold.

Chromium as on a phone network (1.6 Mbit/s, 150 ms), an empty cache, a proxy before the function
that holds all requests until so long after the first one. The clock runs from the navigation to
the decoded photo.
"""

import os
import shutil
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from bench.rows import Row, Section, at_most
from tests.conftest import LocalCloud
from tests.web.gallery import ROOT, Blog, Gallery, chromium

__all__ = ["measure"]

_COLD = 5.0  # seconds; a Python function with Flask takes about as long from nothing
_NETWORK = {
    "offline": False,
    "latency": 150,  # milliseconds, there and back
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
_SHOWN = """() => {
  const root = document.querySelector("random-photo")?.shadowRoot ?? document;
  return root.querySelector("[data-image=shown]") && performance.now();
}"""


def measure(quick: bool) -> list[Section]:
    """Measure page and embed in turns; a row for each."""
    runs = 3 if quick else 7
    with _gallery() as (proxy, urls), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium())
        times: dict[tuple[str, float], list[float]] = {}
        for _ in range(runs):
            for name, url in urls.items():
                for delay in (0.0, _COLD):
                    proxy.rest(delay)
                    times.setdefault((name, delay), []).append(_wait(browser, url))
        browser.close()
    rows = [_row(name, times[name, 0.0], times[name, _COLD]) for name in urls]
    text = (
        "Chromium at 1.6 Mbit/s and 150 ms, nothing cached, a gallery of one photo; the function"
        f" answers at once, or {_COLD:g} s after the first request. Median of {runs}, from"
        " navigation to the decoded photo."
    )
    columns = ("warm", "cold", "ratio")
    return [Section(title="First photo", text=text, columns=columns, rows=tuple(rows))]


def _row(name: str, warm: list[float], cold: list[float]) -> Row:
    figures = (median(warm), median(cold))
    ratio = figures[1] / figures[0]
    written = (f"{figures[0] / 1000:.2f} s", f"{figures[1] / 1000:.2f} s", f"{ratio:.2f}")
    return at_most(name, written, ratio, 1.3)


def _wait(browser: Browser, url: str) -> float:
    """Open a page in a context of its own; return when its photo was decoded, in milliseconds."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", _NETWORK)
    page.goto(url, wait_until="commit")
    shown = page.wait_for_function(_SHOWN, timeout=60_000).json_value()
    context.close()
    return float(shown)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that has left before its answer came."""


class _Proxy:
    """Before the function: holds every request until a while after the first one."""

    def __init__(self) -> None:
        self.target = ""
        self._delay, self._first = 0.0, 0.0
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                proxy.hold()
                self._pass_on(None)

            def do_POST(self) -> None:
                self._pass_on(self.rfile.read(int(self.headers["Content-Length"])))

            def _pass_on(self, body: bytes | None) -> None:
                headers = {"Origin": self.headers["Origin"]} if self.headers["Origin"] else {}
                request = urllib.request.Request(proxy.target + self.path, body, headers)
                try:
                    answer = urllib.request.urlopen(request, timeout=30)
                except urllib.error.HTTPError as error:
                    answer = error
                with answer:
                    data = answer.read()
                    self.send_response(answer.status)
                    for name, value in answer.headers.items():
                        if name.lower() not in (
                            "connection",
                            "transfer-encoding",
                            "content-length",
                        ):
                            self.send_header(name, value)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self.server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def rest(self, delay: float) -> None:
        """Be cold from the next request on, for so many seconds."""
        self._delay, self._first = delay, 0.0

    def hold(self) -> None:
        """Wait until the function would have started."""
        self._first = self._first or time.monotonic()
        time.sleep(max(0.0, self._first + self._delay - time.monotonic()))

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@contextmanager
def _gallery() -> Iterator[tuple[_Proxy, dict[str, str]]]:
    """A gallery of one photo behind the proxy: its page, and a blog with the embed."""
    os.environ["DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA"] = "true"
    with tempfile.TemporaryDirectory() as folder:
        cloud, blog, proxy = LocalCloud(Path(folder) / "local"), Blog(), _Proxy()
        cloud.start()
        gallery = Gallery(cloud, "first-photo", [blog.origin])
        one = Path(folder) / "photos"
        one.mkdir()
        shutil.copy(ROOT / "photos" / "outdoors" / "picos-de-europa.jpg", one)
        gallery.fill(one)
        gallery.start_function()
        proxy.target = f"http://127.0.0.1:{gallery.port}"
        gallery.api_url = proxy.url
        gallery.publish_site()
        post = blog.publish("/", f"<h1>A post</h1><random-photo></random-photo>{gallery.embed}")
        try:
            yield proxy, {"page": gallery.page_url, "embed on a blog": post}
        finally:
            gallery.stop_function()
            proxy.stop()
            blog.stop()
            cloud.stop()
