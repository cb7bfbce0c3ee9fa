"""What a visitor's browser loads: the bytes of the page and of the embed, as they are sent."""

import gzip
import re
from pathlib import Path

from bench.rows import Section, at_most

__all__ = ["measure"]

_ROOT = Path(__file__).parents[1]
_SITE = _ROOT / "site"
_KB = 1024


def measure(quick: bool) -> list[Section]:  # noqa: ARG001 - as every part has it
    """Measure; nothing here takes time."""
    page = [_SITE / "index.html", *sorted((_SITE / "assets").iterdir())]
    rows = tuple(
        at_most(what, (f"{size / _KB:.1f} kB",), size / _KB, goal, " kB")
        for what, size, goal in (
            ("page, with overview and large view", sum(map(_sent, page)), 30),
            ("embed, with a gallery's configuration", _zipped(_embed()), 14),
        )
    )
    text = (
        "Gzipped, as the stack stores them; 1 kB is 1,024 bytes. Photo client and component are"
        " held to their budgets by `make check`."
    )
    return [Section(title="The page", text=text, columns=("sent",), rows=rows)]


def _embed() -> bytes:
    config = (_ROOT / "tests" / "contract" / "site-config.json").read_bytes()
    return b"const GALLERY_CONFIG = " + config + b";\n" + (_SITE / "embed.js").read_bytes()


def _sent(path: Path) -> int:
    """Return the bytes of a file as it is sent; pictures are sent as they are."""
    content = path.read_bytes()
    is_text = re.search(r"\.(html|js|css|svg|json)$", path.name)
    return _zipped(content) if is_text else len(content)


def _zipped(content: bytes) -> int:
    return len(gzip.compress(content, 9))
