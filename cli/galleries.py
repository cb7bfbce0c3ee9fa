"""Which gallery and which folder a command is about: by a stack, or by a bucket's name."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cli.options import CHECKOUT

if TYPE_CHECKING:
    from uploader.sync.bucket import Bucket

__all__ = ["folder_of", "open_bucket", "publish"]


def folder_of(given: Path | None, stack: str, state: Path) -> Path:
    """The folder that was named, else the stack's own, as a person would type it here."""
    from local.runner.stack import project_name, read_local_configuration

    if given is not None:
        return given
    config = read_local_configuration(CHECKOUT, stack, state=state)
    return Path(config[f"{project_name(CHECKOUT)}:photosDir"]).expanduser()


def is_of_stack(folder: Path, stack: str, state: Path) -> bool:
    """Whether a folder is the one that a stack keeps in step with its gallery."""
    return folder.resolve() == folder_of(None, stack, state).resolve()


def open_bucket(bucket: str | None, stack: str, state: Path) -> "Bucket":
    """The bucket that was named, else the stack's, by that stack's address and credentials.

    Raises UploaderError where the stack has no gallery yet.
    """
    from doctor.stack import read_stack
    from local.cloud.guard import token_of
    from uploader.credentials import credentials_from
    from uploader.errors import StorageError
    from uploader.sync.bucket import connect

    if bucket is not None:
        return connect(bucket)
    found = read_stack(stack, state, None)
    if not found.outputs:
        raise StorageError(f"The stack {stack} has no gallery yet. Make it: {found.up}")
    endpoint = found.config.get("gcp:storageCustomEndpoint", "")
    token = token_of(state) if found.is_local else found.config.get("gcp:accessToken")
    return connect(
        str(found.outputs["bucket"]),
        endpoint=endpoint.removesuffix("/").removesuffix("/storage/v1") or None,
        credentials=credentials_from(
            token or os.environ.get("GOOGLE_OAUTH_ACCESS_TOKEN"),
            found.config.get("gcp:credentials") or os.environ.get("GOOGLE_CREDENTIALS"),
        ),
    )


def publish(stack: str) -> str:
    """What to type so that the gallery shows what was written."""
    return "./gallery up" if stack == "local" else f"pulumi up -s {stack}"
