"""WebKit by the W3C WebDriver protocol, of which the tests need a few commands."""

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request


class Driver:
    """A driver process with one session."""

    def __init__(self, log):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = log.open("w")
        # It has no headless mode.
        command = ["xvfb-run", "--auto-servernum", "WebKitWebDriver", f"--port={self.port}"]
        environment = {
            **os.environ,
            "HOME": str(log.parent),
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
        }
        self.process = subprocess.Popen(
            command, stdout=self.log, stderr=self.log, env=environment, start_new_session=True
        )
        self.session = self._begin({"browserName": "MiniBrowser"})

    def _begin(self, capabilities):
        deadline = time.monotonic() + 60
        while True:
            try:
                body = {"capabilities": {"alwaysMatch": capabilities}}
                return self._call("POST", "/session", body)["sessionId"]
            except ConnectionError:
                assert self.process.poll() is None, "the driver ended"
                assert time.monotonic() < deadline, "the driver did not start"
                time.sleep(0.05)

    def _call(self, method, path, body=None):
        url = f"http://127.0.0.1:{self.port}{path}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            url, data, {"Content-Type": "application/json"}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as response:
                return json.loads(response.read())["value"]
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(error.read().decode()) from None
        except urllib.error.URLError as error:
            raise ConnectionError(str(error)) from None

    def size(self, width, height):
        """Make the window so large, in pixels."""
        rectangle = {"width": width, "height": height, "x": 0, "y": 0}
        self._call("POST", f"/session/{self.session}/window/rect", rectangle)

    def go(self, url):
        self._call("POST", f"/session/{self.session}/url", {"url": url})

    def back(self):
        self._call("POST", f"/session/{self.session}/back", {})

    def click(self, selector):
        """Click as a visitor does: WebKit's Back skips what no visitor has asked for."""
        found = {"using": "css selector", "value": selector}
        element = self._call("POST", f"/session/{self.session}/element", found)
        (name,) = element.values()
        self._call("POST", f"/session/{self.session}/element/{name}/click", {})

    def run(self, script):
        """What a script returns."""
        body = {"script": script, "args": []}
        return self._call("POST", f"/session/{self.session}/execute/sync", body)

    def wait(self, expression, seconds=30):
        """Until an expression is true; returns it."""
        deadline = time.monotonic() + seconds
        while not (value := self.run(f"return {expression}")):
            assert time.monotonic() < deadline, f"{expression} stays false"
            time.sleep(0.05)
        return value

    def stop(self):
        try:
            self._call("DELETE", f"/session/{self.session}")
        finally:
            os.killpg(self.process.pid, 15)
            self.process.wait(30)
            self.log.close()
