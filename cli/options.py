"""What several commands take, and the checkout that all of them are about."""

import os
from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "CHECKOUT", "Bucket", "Folder", "Json", "Port", "RemoveMany", "Stack", "State", "in_checkout",
    "printed",
]  # fmt: skip

CHECKOUT = Path(__file__).resolve().parents[1]

Stack = Annotated[str, typer.Option(help="Which gallery: local, dev, prod.")]
State = Annotated[
    Path, typer.Option(help="Folder of the local cloud.", resolve_path=True, hidden=True)
]
Port = Annotated[int | None, typer.Option(help="Port of the local cloud, if not the stack's.")]
Json = Annotated[bool, typer.Option("--json", help="For machines: one JSON object.")]
Bucket = Annotated[
    str | None,
    typer.Option(help="A gallery by its bucket, or gs://BUCKET, not by its stack."),
]
Folder = Annotated[
    Path | None,
    typer.Argument(
        metavar="DIR",
        resolve_path=True,
        help="Folder of photos (default: the stack's).",
        show_default=False,
    ),
]
RemoveMany = Annotated[
    int | None,
    typer.Option(metavar="N", help="Allows one large removal: the number that the refusal names."),
]


def in_checkout() -> None:
    """Work in the checkout, wherever the command was typed; call it when paths are resolved."""
    os.chdir(CHECKOUT)


def printed(folder: Path) -> str:
    """A folder as a person would type it here."""
    return os.path.relpath(folder) if folder.is_relative_to(Path.cwd()) else str(folder)
