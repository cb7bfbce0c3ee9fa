"""What can go wrong, each as one line that says what to do.

RunnerError
├── CloudUnreachableError   the local cloud does not answer
└── CloudRefusalError       the local cloud answered with an error
"""

from local.errors import LocalError

__all__ = ["CloudRefusalError", "CloudUnreachableError", "RunnerError"]


class RunnerError(LocalError):
    """One line for the person who typed the command."""


class CloudUnreachableError(RunnerError):
    """Nothing answers at the local cloud's address."""


class CloudRefusalError(RunnerError):
    """The local cloud said no; `status` is its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
