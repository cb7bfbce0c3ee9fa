"""Everything that ends a run, or costs it one file.

UploaderError                 one line that says what was wrong and what to do
├── FolderError          4    the photo folder is missing, empty or no folder
│   └── NotImported           it is an export of another program
├── CaptionsError        4    captions.yaml cannot be read; with file and line
├── CatalogError              the bucket's catalog is none that this version reads
│   └── Outdated              a newer version of this program wrote to the bucket
├── RemovalRefused       5    more would be removed than was allowed
├── StorageError              a call to the bucket failed for good
│   ├── PreconditionFailed    somebody else wrote the object in the meantime
│   └── NotThere              the object, or the bucket, does not exist
├── Incomplete                done but for some photos, which the message names
└── Stopped                   asked to stop, or the parent process is gone
Unusable                      one file is no photo that can be shown; its message is the reason
"""

from __future__ import annotations

__all__ = [
    "CaptionsError",
    "CatalogError",
    "FolderError",
    "Incomplete",
    "NotImported",
    "NotThere",
    "Outdated",
    "PreconditionFailed",
    "RemovalRefused",
    "Stopped",
    "StorageError",
    "Unusable",
    "UploaderError",
]


class UploaderError(Exception):
    """The run ends; the message is one line for a person."""

    exit_code = 1
    """Of the command line; the numbers above are those of some kinds."""


class FolderError(UploaderError):
    """The photo folder is missing, empty or no folder."""

    exit_code = 4


class NotImported(FolderError):
    """The folder is an export whose hidden photos are not known yet; nothing is published."""


class CaptionsError(UploaderError):
    """A captions file cannot be read; going on would wipe its text from the gallery."""

    exit_code = 4


class CatalogError(UploaderError):
    """The bucket's catalog is none that this version reads; overwriting it could lose photos."""


class Outdated(CatalogError):
    """A newer version of this program wrote to the bucket; nothing is written over that."""


class RemovalRefused(UploaderError):
    """At least half of a source would be removed, and the exact number was not said."""

    exit_code = 5


class StorageError(UploaderError):
    """A call to the bucket failed, and trying again did not help."""


class PreconditionFailed(StorageError):
    """The object is not, or no longer, at the expected generation."""


class NotThere(StorageError):
    """The object, or the bucket, does not exist."""


class Incomplete(UploaderError):
    """Everything was done but for some photos, which could not be sent."""


class Stopped(UploaderError):
    """The run was asked to stop; nothing is half done that a second run does not mend."""


class Unusable(Exception):
    """One file cannot be shown; the message says why.

    `transient` is true where the trouble is not the photo's: memory, time, a process that was
    killed, a file that is being written. The next run tries again.
    """

    def __init__(self, reason: str, *, transient: bool = False) -> None:
        super().__init__(reason)
        self.transient = transient
