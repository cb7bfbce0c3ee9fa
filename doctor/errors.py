"""What can go wrong while asking.

DoctorError
├── RefusedError      answered, with an error
└── UnreachableError  nothing answered
"""

__all__ = ["DoctorError", "RefusedError", "UnreachableError"]


class DoctorError(Exception):
    """A question without an answer; the message is one line."""


class RefusedError(DoctorError):
    """The other side answered with an error."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


class UnreachableError(DoctorError):
    """Nothing answered."""
