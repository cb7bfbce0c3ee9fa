"""The least that an answer costs under the framework: always the bytes of one photo."""

from flask import Request, Response

_BODY = b'{"id":"9f86d081884c7d65"' + 720 * b" " + b"}"
_HEADERS = [
    ("Content-Type", "application/json"),
    ("Cache-Control", "no-store"),
    ("Vary", "Origin"),
    ("X-Gallery-Count", "1000"),
]


def choose_image(request: Request) -> Response:  # noqa: ARG001 - the framework hands it over
    """Answer what a photo would be."""
    return Response(_BODY, 200, _HEADERS)
