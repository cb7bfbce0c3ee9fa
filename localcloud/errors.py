"""Everything the local cloud refuses, and the one place where a refusal becomes an answer.

CloudError
├── Invalid (400)         ├── NotFound (404)      ├── PreconditionFailed (412)
├── Denied (403)          ├── Conflict (409)      ├── Unsatisfiable (416)
├── TooLarge (413)        ├── Aborted (409)       ├── Unsupported (501)
├── NotModified (304)     └── Unavailable (any status, by a fault)

BuildFailed is the reason of a failed operation: a function that cannot be built or started.
ServeError is for the command line: one line, and an exit code.
"""

from typing import Any

__all__ = [
    "Aborted",
    "BuildFailed",
    "CloudError",
    "Conflict",
    "Denied",
    "Invalid",
    "NotFound",
    "NotModified",
    "PreconditionFailed",
    "ServeError",
    "TooLarge",
    "Unavailable",
    "Unsatisfiable",
    "Unsupported",
    "envelope",
]


class ServeError(Exception):
    """The server cannot be started, stopped or asked; the message says what to do."""


class BuildFailed(Exception):
    """A function could not be built or did not start; the message is the reason, in one line."""


class CloudError(Exception):
    """An answer that is not a success: HTTP code, Google's status and reason."""

    code = 500
    status = "INTERNAL"
    reason = "internalError"

    def __init__(self, message: str, *, reason: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason or self.reason


class Invalid(CloudError):
    """The request makes no sense."""

    code, status, reason = 400, "INVALID_ARGUMENT", "invalid"


class Denied(CloudError):
    """The caller may not."""

    code, status, reason = 403, "PERMISSION_DENIED", "forbidden"


class NotFound(CloudError):
    """There is no such thing."""

    code, status, reason = 404, "NOT_FOUND", "notFound"


class Conflict(CloudError):
    """It is there already, or something else is in the way."""

    code, status, reason = 409, "ALREADY_EXISTS", "conflict"


class Aborted(CloudError):
    """Somebody else wrote in between: read again, and try again."""

    code, status, reason = 409, "ABORTED", "aborted"


class PreconditionFailed(CloudError):
    """A condition of the request does not hold."""

    code, status, reason = 412, "FAILED_PRECONDITION", "conditionNotMet"


class TooLarge(CloudError):
    """More bytes than this way of sending them takes."""

    code, status, reason = 413, "INVALID_ARGUMENT", "uploadTooLarge"


class Unsatisfiable(CloudError):
    """The range is not within the object."""

    code, status, reason = 416, "OUT_OF_RANGE", "requestedRangeNotSatisfiable"


class Unsupported(CloudError):
    """A method of Google's that the local cloud does not have."""

    code, status, reason = 501, "UNIMPLEMENTED", "notImplemented"


class NotModified(CloudError):
    """The caller has this one already."""

    code, status, reason = 304, "OK", "notModified"


class Unavailable(CloudError):
    """A fault on purpose, of any status."""

    status, reason = "UNAVAILABLE", "backendError"

    def __init__(self, message: str, *, code: int = 503) -> None:
        super().__init__(message)
        self.code = code


def envelope(error: CloudError) -> dict[str, Any]:
    """Google's JSON body of an error: both its newer `status` and its older `errors`."""
    detail = {"message": error.message, "domain": "global", "reason": error.reason}
    return {
        "error": {
            "code": error.code,
            "message": error.message,
            "status": error.status,
            "errors": [detail],
        }
    }
