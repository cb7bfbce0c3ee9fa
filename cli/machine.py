"""The gallery on this machine: up, destroy, status, outputs, key, embed, and the local cloud."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from cli.console import Reporter, error, print_json, print_lines, warn
from cli.exits import DONE, FAILED, NOT_ALL_SHOWN
from cli.options import CHECKOUT, Json, Port, RemoveMany, Stack, State, in_checkout

__all__ = ["CLOUD_COMMANDS", "COMMANDS"]

_HIDDEN = "[secret; ./gallery outputs --show-secrets]"
# What leads nowhere from this machine: there is no console of the local cloud's.
_ELSEWHERE = ("dashboardUrl",)

ShowSecrets = Annotated[bool, typer.Option("--show-secrets", help="The key too.")]


def up(
    *,
    photos: Annotated[str, typer.Option(help="Your own folder, from now on.")] = "",
    port: Port = None,
    remove_many: RemoveMany = None,
    stack: Stack = "local",
    state: State = CHECKOUT / ".local",
    as_json: Json = False,
    show_secrets: ShowSecrets = False,
) -> int:
    """Make the gallery on this machine, or bring it up to date, and leave it running."""
    from local.runner import commands
    from uploader.resource import PhotosProvider

    PhotosProvider.reporter = Reporter()
    chosen = str(Path(photos).expanduser().resolve()) if photos else ""
    in_checkout()
    made = commands.up(
        CHECKOUT, state=state, stack=stack, port=port, photos=chosen, remove_many=remove_many or 0
    )
    for photo in made.unsent:
        error(f"{photo} is not sent yet. The same command goes on.")
    if as_json:
        print_json(_shown(made.outputs, show_secrets=show_secrets))
    else:
        _print_end(made.outputs)
    return FAILED if made.unsent else NOT_ALL_SHOWN if made.unusable else DONE


def _print_end(outputs: dict[str, tuple[Any, bool]]) -> None:
    """Where to go on; the address comes last."""
    lines = ["", "The gallery runs on this machine; nothing was sent to Google."]
    lines += ["more:  ./gallery outputs"]
    lines += ["embed: ./gallery embed"] if "embed" in outputs else []
    lines += [f"page:  {outputs['siteUrl'][0]}"] if "siteUrl" in outputs else ["It has no page."]
    print_lines("\n".join(lines))


def destroy(
    *, stack: Stack = "local", port: Port = None, state: State = CHECKOUT / ".local"
) -> int:
    """Take the gallery on this machine away again, and stop the local cloud."""
    from local.runner import commands

    in_checkout()
    count = commands.destroy(CHECKOUT, state=state, stack=stack)
    print_lines(f"{count} resources removed." if count else "There was nothing to remove.")
    _name_occupant(stack, port, state)
    return DONE


def status(*, stack: Stack = "local", port: Port = None, state: State = CHECKOUT / ".local") -> int:
    """Say whether the gallery on this machine runs, and where. Exit code 1: it does not."""
    from local.cloud import server

    found = server.status(state)
    print_lines(f"Running at {found.url}, process {found.pid}." if found else "Not running.")
    if not found:
        in_checkout()
        _name_occupant(stack, port, state)
    return DONE if found else FAILED


def _name_occupant(stack: str, port: int | None, state: Path) -> None:
    """Say what else has the stack's port, if anything has."""
    from local.runner import commands

    if stranger := commands.occupant(CHECKOUT, state, stack, port):
        warn(commands.describe_stranger(stranger))


def outputs(
    name: Annotated[str, typer.Argument(help="Of these only, such as apiUrl or apiKey.")] = "",
    *,
    stack: Stack = "local",
    port: Port = None,  # noqa: ARG001 as make hands it to every command
    state: State = CHECKOUT / ".local",
    as_json: Json = False,
    show_secrets: ShowSecrets = False,
) -> int:
    """Print what a stack gave at its last `up`: addresses, bucket, key."""
    made = _outputs_of(stack, state)
    if name and name not in made:
        error(f"There is no output {name}. There are: {', '.join(made)}.")
        return FAILED
    if name:
        print_lines(str(made[name][0]))
        return DONE
    shown = _shown(made, show_secrets=show_secrets)
    if as_json:
        print_json(shown)
        return DONE
    kept = {each: value for each, value in shown.items() if each not in _ELSEWHERE}
    width = max(map(len, kept), default=0)
    print_lines("\n".join(f"{each + ':':{width + 1}} {value}" for each, value in kept.items()))
    return DONE


def _outputs_of(stack: str, state: Path) -> dict[str, tuple[Any, bool]]:
    """A stack's outputs: of the runner, or as Pulumi's engine keeps them. Raises LocalError."""
    from local.errors import LocalError
    from local.runner import commands

    if stack == "local" or (state / f"outputs-{stack}.json").exists():
        return commands.outputs(state, stack)
    from doctor.stack import read_stack

    in_checkout()
    made = read_stack(stack, state, None).outputs
    if not made:
        raise LocalError(f"The stack {stack} has no gallery yet. Make it: pulumi up -s {stack}")
    return {name: (value, name == "apiKey") for name, value in made.items()}


def _shown(made: dict[str, tuple[Any, bool]], *, show_secrets: bool) -> dict[str, Any]:
    return {
        name: _HIDDEN if secret and not show_secrets else value
        for name, (value, secret) in made.items()
    }


def key(*, stack: Stack = "local", state: State = CHECKOUT / ".local") -> int:
    """Print the API key that page and embed use."""
    return outputs("apiKey", stack=stack, state=state)


def embed(*, stack: Stack = "local", state: State = CHECKOUT / ".local") -> int:
    """Print the HTML to paste into a page."""
    return outputs("embed", stack=stack, state=state)


def logs(
    *,
    function: Annotated[str, typer.Option(help="Of this function only.")] = "",
    state: State = CHECKOUT / ".local",
) -> int:
    """Print what the functions on this machine wrote, a JSON line each."""
    from local.cloud import server

    sys.stdout.write(server.fetch(state, f"/_local/logs?function={function}").decode())
    return DONE


def serve(
    *,
    port: Annotated[int | None, typer.Option(help="The stack's; 0: any that is free.")] = None,
    background: Annotated[
        bool, typer.Option("--background", help="Return once it answers.")
    ] = False,
    state: State = CHECKOUT / ".local",
) -> int:
    """Serve the local cloud alone, until stopped: for Pulumi's engine."""
    from local.cloud import server
    from local.runner.stack import read_configuration

    if port is None:
        config = read_configuration(CHECKOUT, "local", state=state)
        port = urlsplit(config["gcp:storageCustomEndpoint"]).port or 0
    in_checkout()
    if background:
        print_lines(f"The local cloud answers at {server.start(state, port).url}")
    else:
        server.serve(state, port)
    return DONE


def stop(*, state: State = CHECKOUT / ".local") -> int:
    """Stop the local cloud and everything it started; what it keeps stays."""
    from local.cloud import server

    print_lines("Stopped." if server.stop(state) else "No local cloud was running.")
    return DONE


def token(*, state: State = CHECKOUT / ".local") -> int:
    """Print what the local cloud's secret methods want: for Pulumi's engine and gcloud."""
    from local.cloud import server
    from local.cloud.guard import token_of

    if server.status(state) is None:
        error("No local cloud runs here. Start it: ./gallery serve --background")
        return FAILED
    print_lines(token_of(state))
    return DONE


COMMANDS: dict[str, Callable[..., int]] = {
    "up": up, "destroy": destroy, "status": status, "outputs": outputs, "key": key, "embed": embed,
    "logs": logs,
}  # fmt: skip
CLOUD_COMMANDS: dict[str, Callable[..., int]] = {"serve": serve, "stop": stop, "token": token}
