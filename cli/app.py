"""All commands in one tree, and how each kind of end becomes an exit code."""

import os
import signal
import sys
from collections.abc import Callable

import typer
from typer._click.exceptions import ClickException  # typer's own copy; it exports it nowhere else

from cli import machine, photos, questions
from cli.exits import FAILED, INTERRUPTED

__all__ = ["app", "main"]

_HELP = """\
Your own photographs on your own web page.

Examples:

  ./gallery up --photos ~/Pictures/blog      a gallery of your photos, on this machine

  ./gallery captions                         write captions in the browser

  ./gallery doctor --stack dev               what could stop the one on Google

Exit codes: 0 done, 1 failed, 2 usage, 3 done but some photos are not shown, 4 folder or captions
cannot be read, 5 more would be removed than was allowed, 130 interrupted.
"""

app = typer.Typer(
    name="./gallery",
    help=_HELP,
    no_args_is_help=True,
    rich_markup_mode=None if os.environ.get("TERM") == "dumb" else "rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_PANELS: dict[str, dict[str, Callable[..., int]]] = {
    "On this machine": machine.COMMANDS,
    "Photos": photos.COMMANDS,
    "Questions": questions.COMMANDS,
    "The local cloud": machine.CLOUD_COMMANDS,
}
for _panel, _commands in _PANELS.items():
    for _name, _command in _commands.items():
        app.command(_name, rich_help_panel=_panel)(_command)


def main(words: list[str]) -> int:
    """Run one command; the exit code."""
    from local.errors import LocalError
    from uploader.errors import UploaderError

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # terminals know fewer letters
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have had it ignored
    for name in ("no_proxy", "NO_PROXY"):  # loopback is never a proxy's
        os.environ[name] = ",".join(filter(None, [os.environ.get(name), "127.0.0.1,localhost"]))
    try:
        code = app(words, prog_name="./gallery", standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):
        return _interrupted()
    except BrokenPipeError:
        sys.stderr.close()
    except LocalError as error:
        sys.stderr.write(f"error: {error}\n")
    except UploaderError as error:
        from uploader.sync.describe import printable

        sys.stderr.write(f"{printable(str(error))}\n")
        return error.exit_code
    except PermissionError as error:
        sys.stderr.write(f"error: {error.strerror}: {error.filename}. Is it another user's?\n")
    except OSError as error:  # a full disk, a folder that is not there
        sys.stderr.write(f"error: {error.strerror}: {error.filename}\n")
    except ClickException as error:
        error.show()
        return int(error.exit_code)
    else:
        return _interrupted() if code == INTERRUPTED else int(code or 0)  # as typer returns it
    return FAILED


def _interrupted() -> int:
    """Say so, and leave at once: calls in threads may still wait, which a usual end waits for."""
    sys.stderr.write("Stopped. The same command goes on where this one ended.\n")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(INTERRUPTED)
