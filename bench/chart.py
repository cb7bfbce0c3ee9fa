"""A chart of lines over two logarithmic axes, drawn by matplotlib as an SVG for light and dark."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["chart"]

_GREY = "#808080"  # is read on white and on black


def chart(title: str, across: str, lines: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """Draw lines by name; their points are x and milliseconds, both above 0."""
    import matplotlib as mpl  # a second, which other runs do not need
    from matplotlib.figure import Figure

    style: dict[Any, Any] = {
        "svg.fonttype": "none", "svg.hashsalt": "bench", "text.color": _GREY,
        "axes.labelcolor": _GREY, "axes.edgecolor": _GREY, "xtick.color": _GREY,
        "ytick.color": _GREY, "font.family": "sans-serif",
    }  # fmt: skip
    with mpl.rc_context(style):
        figure = Figure(figsize=(6.4, 3.6), layout="constrained")
        axes = figure.add_subplot(xscale="log", yscale="log", title=title, xlabel=across)
        axes.set_ylabel("ms")
        axes.grid(axis="y", color=_GREY, alpha=0.3)
        for name, points in lines.items():
            axes.plot(*zip(*points, strict=True), marker="o", label=name)
        axes.legend(frameon=False)
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None})
    return drawn.getvalue()
