"""What a visitor's browser loads: the bytes of the page and of the embed, as they are sent."""

import gzip
import re
from pathlib import Path

from bench.rows import Section, at_most

__all__ = ["measure"]

_SITE = Path(__file__).parents[1] / "site"


def measure(quick: bool) -> list[Section]:  # noqa: ARG001 - as every part has it
    """Measure; nothing here takes time."""
    page = [_SITE / "index.html", *sorted((_SITE / "assets").iterdir())]
    rows = tuple(
        at_most(what, (f"{size / 1000:.1f} kB",), size / 1000, goal, " kB")
        for what, size, goal in (
            ("page, with overview and large view", sum(map(_sent, page)), 30),
            ("embed", _sent(_SITE / "embed.js"), 14),
        )
    )
    text = (
        "Gzipped, as the stack stores them; 1 kB is 1,000 bytes. Photo client and component are"
        " held to their budgets by `make check`."
    )
    return [Section(title="The page", text=text, columns=("sent",), rows=rows)]


def _sent(path: Path) -> int:
    """Return the bytes of a file as it is sent; pictures are sent as they are."""
    content = path.read_bytes()
    is_text = re.search(r"\.(html|js|css|svg|json)$", path.name)
    return len(gzip.compress(content, 9) if is_text else content)
