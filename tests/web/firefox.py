"""Firefox by WebDriver BiDi, which it speaks itself: no driver is needed beside it."""

import json
import os
import shutil
import subprocess
import time
from itertools import count

from websockets.sync.client import connect

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
# Pages of these tests are on http and on loopback; nothing else is to be asked for.
PREFERENCES = {
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "remote.prefs.recommended": True,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}


class Firefox:
    """A Firefox with one tab; the same commands as `webdriver.Driver`."""

    def __init__(self, folder):
        profile = folder / "profile"
        profile.mkdir()
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items()]
        (profile / "user.js").write_text("\n".join(lines))
        self.log = (folder / "firefox.log").open("w+")
        self.process = subprocess.Popen(
            [FIREFOX, "--headless", "--no-remote", "--profile", str(profile),
             "--remote-debugging-port", "0"],
            stdout=self.log, stderr=self.log, env={**os.environ, "HOME": str(folder)},
        )  # fmt: skip
        self.ids = count(1)
        self.socket = connect(f"{self._address(folder)}/session", max_size=None, open_timeout=60)
        self._call("session.new", capabilities={})
        self.tab = self._call("browsingContext.getTree")["contexts"][0]["context"]

    def _address(self, folder):
        """Where it listens: it says so once it does."""
        start = "WebDriver BiDi listening on "
        deadline = time.monotonic() + 90
        while True:
            lines = (folder / "firefox.log").read_text().splitlines()
            if found := [line for line in lines if line.startswith(start)]:
                return found[0].removeprefix(start)
            assert self.process.poll() is None, lines
            assert time.monotonic() < deadline, lines
            time.sleep(0.05)

    def _call(self, method, **parameters):
        number = next(self.ids)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv(timeout=120))
            if answer.get("id") == number:
                assert answer["type"] == "success", answer
                return answer["result"]

    def size(self, width, height):
        """Make the viewport so large, in pixels."""
        viewport = {"width": width, "height": height}
        self._call("browsingContext.setViewport", context=self.tab, viewport=viewport)

    def go(self, url):
        self._call("browsingContext.navigate", context=self.tab, url=url, wait="complete")

    def back(self):
        self._call("browsingContext.traverseHistory", context=self.tab, delta=-1)

    def click(self, selector):
        """Click the middle of an element, as a visitor does."""
        x, y = self.run(
            f"const box = document.querySelector({json.dumps(selector)}).getBoundingClientRect();"
            "return [box.left + box.width / 2, box.top + box.height / 2].map(Math.round)"
        )
        steps = [
            {"type": "pointerMove", "x": x, "y": y},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        mouse = {"type": "pointer", "id": "mouse", "actions": steps}
        self._call("input.performActions", context=self.tab, actions=[mouse])

    def run(self, script):
        """What a script returns, by way of JSON."""
        result = self._call(
            "script.evaluate",
            expression=f"JSON.stringify((() => {{ {script} }})() ?? null)",
            target={"context": self.tab},
            awaitPromise=False,
        )
        assert result["type"] == "success", result
        return json.loads(result["result"]["value"])

    def wait(self, expression, seconds=30):
        """Until an expression is true; returns it."""
        deadline = time.monotonic() + seconds
        while not (value := self.run(f"return {expression}")):
            assert time.monotonic() < deadline, f"{expression} stays false"
            time.sleep(0.05)
        return value

    def stop(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait(30)
        self.log.close()
