"""A chart of lines over two logarithmic axes, as an SVG that is read on light and dark."""

import math
from collections.abc import Mapping, Sequence

__all__ = ["chart"]

_WIDTH, _HEIGHT = 640, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 84, 112, 40, 48
_COLOURS = ("#c2410c", "#2563eb", "#6b7280")
_Points = Sequence[tuple[float, float]]


def chart(title: str, across: str, lines: Mapping[str, _Points]) -> str:
    """Draw lines by name; their points are x and y, both above 0."""
    points = [point for line in lines.values() for point in line]
    x_low, x_high = _decades([x for x, _ in points])
    y_low, y_high = _decades([y for _, y in points])

    def place(x: float, y: float) -> tuple[float, float]:
        right = (math.log10(x) - x_low) / (x_high - x_low)
        up = (math.log10(y) - y_low) / (y_high - y_low)
        return (
            round(_LEFT + right * (_WIDTH - _LEFT - _RIGHT), 1),
            round(_HEIGHT - _BOTTOM - up * (_HEIGHT - _TOP - _BOTTOM), 1),
        )

    parts = [_text(_LEFT, 22, title, "start", bold=True)]
    parts.append(_text(_LEFT, _HEIGHT - 10, across, "start"))
    for power in range(y_low, y_high + 1):
        x, y = place(10.0**x_low, 10.0**power)
        parts.append(f'<path d="M{x} {y}H{_WIDTH - _RIGHT}" stroke="#8888" />')
        parts.append(_text(x - 8, y + 4, f"{10.0**power:,g} ms", "end"))
    for power in range(x_low, x_high + 1):
        x, y = place(10.0**power, 10.0**y_low)
        parts.append(_text(x, y + 18, f"{10**power:,}", "middle"))
    named: list[float] = []  # the heights of the names so far, which keep clear of each other
    for (name, line), colour in zip(lines.items(), _COLOURS, strict=False):
        placed = [place(*point) for point in line]
        path = " ".join(f"{x},{y}" for x, y in placed)
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5" />'
        )
        parts += [f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}" />' for x, y in placed]
        right, height = placed[-1]
        height = next((other + 16 for other in named if abs(other - height) < 16), height)
        named.append(height)
        parts.append(_text(right + 10, height + 4, name, "start", colour))
    return _frame(title, parts)


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _text(
    x: float, y: float, words: str, anchor: str, colour: str = "#808080", *, bold: bool = False
) -> str:
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{colour}"{weight}>{words}</text>'


def _frame(title: str, parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"'
        f' aria-label="{title}" font-family="system-ui, sans-serif" font-size="13">'
    )
    return "\n".join([head, *parts, "</svg>", ""])
