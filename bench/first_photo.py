"""How long a visitor waits for the first photo; measured where galleries and browsers are made."""

import importlib
import shutil

from bench.rows import Section

__all__ = ["measure"]


def measure(quick: bool) -> list[Section]:
    """Measure page and embed, with a warm and with a cold function; wants Chromium on PATH."""
    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        text = "Left out: no Chromium was on PATH."
        return [Section(title="First photo", text=text, columns=(), rows=())]
    # By name: the tests are not typed, and are part of no other room.
    sections: list[Section] = importlib.import_module("tests.web.first_photo").measure(quick)
    return sections
