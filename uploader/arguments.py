"""What the command line takes; `commands.py` does it."""

from __future__ import annotations

import argparse
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

__all__ = ["parser"]

_EXAMPLES = """examples:
  python -m uploader plan photos --bucket my-gallery     what would be done
  python -m uploader sync photos --bucket my-gallery     do it
  python -m uploader sources --bucket my-gallery         whose photos the gallery shows
  python -m uploader init photos                         captions.yaml with a place for each photo
  python -m uploader import photos                       captions of a Takeout or Flickr export
  python -m uploader captions photos                     write captions in the browser
  python -m uploader check photos --bucket my-gallery    what is missing or does not fit

The photos of a stack are the source “stack”, which `pulumi up` keeps in step; other folders are
sources of their own. The bucket is found with the application default credentials (gcloud auth
application-default login), or at STORAGE_EMULATOR_HOST. Exit codes: 0 done, 1 failed, 2 usage,
3 done, but some photos are unusable, 4 folder or captions cannot be read, 5 more would be removed
than was allowed, 130 interrupted.
"""


def parser() -> argparse.ArgumentParser:
    """The command line; what was given has the command's name as `command`."""
    whole = argparse.ArgumentParser(
        prog="python -m uploader",
        description="Keep a gallery's bucket in step with a folder of photos.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whole.add_argument("--version", action="version", version=_version())
    add = whole.add_subparsers(required=True, metavar="COMMAND", dest="command")
    for name, what in (("plan", "say what a sync would do"), ("sync", "make the gallery so")):
        command = _command(add, name, what)
        _takes_bucket(command)
        command.add_argument("--source", help="whose photos (default: by the folder's name)")
        command.add_argument(
            "--details", action="store_true", help="show camera and exposure as well"
        )
        _takes_remove_many(command)
        if name == "sync":
            command.add_argument("--dry-run", action="store_true", help="only say what it would do")
    _takes_bucket(_command(add, "sources", "say whose photos a gallery shows", of_folder=False))
    removal = _command(add, "remove-source", "take a source's photos out", of_folder=False)
    removal.add_argument("source", metavar="SOURCE", help="as `sources` names it")
    _takes_bucket(removal)
    _takes_remove_many(removal)
    check = _command(add, "check", "say what is missing or does not fit")
    check.add_argument("--bucket", help="the gallery's bucket, to look at that as well")
    _command(add, "init", "write or complete captions.yaml")
    import_ = _command(add, "import", "take over what Google, Flickr and others wrote")
    import_.add_argument(
        "--albums", action="store_true", help="move photos into a folder for their Flickr album"
    )
    import_.add_argument("--dry-run", action="store_true", help="only say what it would write")
    page = _command(add, "captions", "write captions in the browser")
    page.add_argument("--port", type=int, default=8470, help="on this machine (default: 8470)")
    return whole


def _command(
    add: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    what: str,
    *,
    of_folder: bool = True,
) -> argparse.ArgumentParser:
    command = add.add_parser(name, help=what, description=f"{what.capitalize()}.")
    if of_folder:
        command.add_argument("folder", type=Path, metavar="DIR", help="the folder of photos")
    command.add_argument("--json", action="store_true", help="the result as one JSON object")
    return command


def _takes_bucket(command: argparse.ArgumentParser) -> None:
    command.add_argument("--bucket", required=True, help="the gallery's bucket, or gs://BUCKET")


def _takes_remove_many(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--remove-many",
        type=int,
        metavar="N",
        help="permit to remove or empty exactly N, where that is half or more",
    )


def _version() -> str:
    try:
        return f"image-gallery {version('image-gallery')}"
    except PackageNotFoundError:  # run from a checkout
        from uploader.render.renditions import RECIPE

        return f"image-gallery, recipe {RECIPE}, Python {sys.version.split()[0]}"
