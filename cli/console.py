"""What a person reads: colour and tables on a terminal, plain lines in a pipe."""

import json
import sys
from collections.abc import Sequence
from typing import Any

__all__ = ["Progress", "Reporter", "error", "print_json", "print_lines", "print_table", "warn"]

# The first character of a line of a plan, and its style.
_STYLES = {"+": "green", "~": "yellow", "-": "red", "!": "bold red", "?": "yellow", " ": "dim"}


def print_json(data: Any) -> None:
    """One JSON value, as text that any program can read."""
    sys.stdout.write(json.dumps(data, indent=2) + "\n")
    sys.stdout.flush()


def print_lines(text: str, *, to_stderr: bool = False) -> None:
    """Lines as they are; on a terminal those of a plan in their colours."""
    stream = sys.stderr if to_stderr else sys.stdout
    if not stream.isatty():
        stream.write(text + "\n")
        stream.flush()
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False, soft_wrap=True)
    for line in text.split("\n"):
        console.print(Text(line, style=_STYLES.get(line[:1] if line[1:2] == " " else "", "")))


def warn(text: str) -> None:
    """One line that is no error."""
    print_lines(f"! {text}", to_stderr=True)


def error(text: str) -> None:
    """One line about what failed."""
    sys.stderr.write(f"error: {text}\n")
    sys.stderr.flush()


def print_table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table; its first column is text, the others are numbers."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, head in enumerate(heads):
        table.add_column(head, justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row))
    # In a pipe nothing is folded: whoever reads it wants whole lines.
    width = None if sys.stdout.isatty() else 200
    Console(highlight=False, width=width).print(table)


class Progress:
    """One bar for rendering and sending, closed with its last state; plain lines in a pipe."""

    def __init__(self, total: int) -> None:
        from uploader.sync.progress import Lines

        self._lines = Lines(total)
        self._bar: Any = None
        if total and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            self._bar = Bar(
                TextColumn("Photos"), BarColumn(), MofNCompleteColumn(),
                TextColumn("{task.fields[sent]}"), TimeRemainingColumn(),
                console=Console(file=sys.stderr),
            )  # fmt: skip
            self._task = self._bar.add_task("photos", total=total, sent="")
            self._bar.start()
        self._sent = 0

    def __call__(self, sent: int) -> None:
        """One more photo is done, with so many bytes."""
        from uploader.sync.describe import megabytes

        if not self._bar:
            self._lines(sent)
            return
        self._sent += sent
        self._bar.update(self._task, advance=1, sent=f"{megabytes(self._sent)} sent")

    def close(self) -> None:
        """Leave the last state, and the terminal as it was."""
        if self._bar:
            self._bar.stop()


class Reporter:
    """What the stack's photos say while `up` runs, for a person at a terminal."""

    def say(self, lines: str) -> None:
        """Lines of a plan, or one that warns."""
        print_lines(lines, to_stderr=True)

    def progress(self, total: int) -> Progress:
        """Count photos from now on."""
        return Progress(total)
