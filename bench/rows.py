"""What a measurement returns: sections of rows; a row with a goal ends in a verdict."""

from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["Row", "Section", "at_least", "at_most"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing measured: its figures, one for each column of its section, with their units."""

    what: str
    figures: tuple[str, ...]
    goal: str = ""
    holds: bool | None = None  # None: nothing was promised

    @property
    def verdict(self) -> str:
        """How the row ends."""
        return {None: "", True: "holds", False: "falls short"}[self.holds]


@dataclass(frozen=True, kw_only=True)
class Section:
    """A table under a heading, with a sentence or two on how it was measured."""

    title: str
    text: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    pictures: dict[str, str] = field(default_factory=dict)  # SVG, by name of file below docs/

    def markdown(self) -> str:
        """Write it as Markdown."""
        return "\n".join([f"## {self.title}", "", self.text, "", *self._table(), ""])

    def _table(self) -> Iterator[str]:
        promised = any(row.goal for row in self.rows)
        ends = ("goal", "") if promised else ()
        yield _line("", *self.columns, *ends)
        yield _line("---", *("---:" for _ in self.columns), *("---" for _ in ends))
        for row in self.rows:
            yield _line(row.what, *row.figures, *((row.goal, row.verdict) if promised else ()))


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def at_least(what: str, figures: tuple[str, ...], value: float, goal: float, unit: str = "") -> Row:
    """Return a row that holds if the value reaches the goal."""
    return Row(what=what, figures=figures, goal=f"≥ {goal:,g}{unit}", holds=value >= goal)


def at_most(what: str, figures: tuple[str, ...], value: float, goal: float, unit: str = "") -> Row:
    """Return a row that holds if the value stays within the goal."""
    return Row(what=what, figures=figures, goal=f"≤ {goal:,g}{unit}", holds=value <= goal)
