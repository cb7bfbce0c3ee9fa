"""Code blocks out of the Markdown pages, with what stands before each."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")],
    key=lambda page: page.as_posix(),
)
_FENCE = re.compile(
    r"^(?P<indent> *)(?:<!-- (?P<marker>\w+) -->\n(?P=indent))?```(?P<language>\w*)\n"
    r"(?P<text>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """One fenced block; `marker` is the comment above it: Google, engine, yours or none."""

    page: str
    line: int
    marker: str
    language: str
    text: str


def blocks_of(page):
    """Return all blocks of a page, in order."""
    source = page.read_text(encoding="utf-8")
    return [
        Block(
            page=page.relative_to(ROOT).as_posix(),
            line=source.count("\n", 0, match.start()) + 1,
            marker=match["marker"] or "",
            language=match["language"],
            text=re.sub(rf"^{match['indent']}", "", match["text"], flags=re.MULTILINE),
        )
        for match in _FENCE.finditer(source)
    ]


def prose_of(page):
    """Return a page without its blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


BLOCKS = [block for page in PAGES for block in blocks_of(page)]
