"""Everything the local cloud refuses, and the one place where a refusal becomes an answer.

CloudError (any code): an answer that is not a success
├── NotModified (304)   ├── Invalid (400)     ├── Forbidden (403)   ├── NotFound (404)
├── Conflict (409)      ├── Aborted (409)     ├── PreconditionFailed (412)
└── Unsupported (400, `notImplemented`)
BuildFailed: why a function cannot be built or started, in one line
ServeError: why the server cannot be started, stopped or asked, in one line
"""

from typing import Any

from local.errors import LocalError

__all__ = [
    "Aborted",
    "BuildFailed",
    "CloudError",
    "Conflict",
    "Forbidden",
    "Invalid",
    "NotFound",
    "NotModified",
    "PreconditionFailed",
    "ServeError",
    "Unsupported",
]

# code → `status` of Google's newer APIs, `reason` of its older ones
_KINDS = {
    304: ("OK", "notModified"),
    400: ("INVALID_ARGUMENT", "invalid"),
    401: ("UNAUTHENTICATED", "required"),
    403: ("PERMISSION_DENIED", "forbidden"),
    404: ("NOT_FOUND", "notFound"),
    409: ("ALREADY_EXISTS", "conflict"),
    412: ("FAILED_PRECONDITION", "conditionNotMet"),
    413: ("INVALID_ARGUMENT", "uploadTooLarge"),
    416: ("OUT_OF_RANGE", "requestedRangeNotSatisfiable"),
    429: ("RESOURCE_EXHAUSTED", "rateLimitExceeded"),
    503: ("UNAVAILABLE", "backendError"),
}


class ServeError(LocalError):
    """The message says what to do."""


class BuildFailed(Exception):
    """The message is the reason of a failed operation."""


class CloudError(Exception):
    """An HTTP code, and a message for the caller."""

    code = 500
    status = reason = ""

    def __init__(self, message: str, *, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code or self.code

    def envelope(self, service: str) -> dict[str, Any]:
        """Google's JSON body of an error.

        Storage and Compute have a list of `errors`, newer services a `status`, IAM has both.
        """
        status, reason = _KINDS.get(self.code, ("INTERNAL", "internalError"))
        error: dict[str, Any] = {"code": self.code, "message": str(self)}
        if service not in ("storage", "compute"):
            error["status"] = self.status or status
        if service in ("storage", "compute", "iam") or self.reason:
            detail = {"message": str(self), "domain": "global", "reason": self.reason or reason}
            error["errors"] = [detail]
        return {"error": error}


class NotModified(CloudError):
    """The caller has this one already."""

    code = 304


class Invalid(CloudError):
    """The request makes no sense."""

    code = 400


class Forbidden(CloudError):
    """The caller may not do this."""

    code = 403


class NotFound(CloudError):
    """There is no such thing."""

    code = 404


class Conflict(CloudError):
    """It is there already, or something else is in the way."""

    code = 409


class Aborted(CloudError):
    """Somebody else wrote in between: read again, and try again."""

    code, status = 409, "ABORTED"


class PreconditionFailed(CloudError):
    """A condition of the request does not hold."""

    code = 412


class Unsupported(CloudError):
    """Something of Google's that the local cloud does not have.

    Not 501: Google's clients for Go and C++ take it for a reason to try again, for minutes.
    """

    code, reason = 400, "notImplemented"
