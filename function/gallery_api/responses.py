"""HTTP responses: made from a handler's result, and finished for the client."""

import gzip
import json
from collections.abc import Collection
from typing import Any

from flask import Request, Response

from gallery_api.errors import Problem

__all__ = [
    "KEPT_BRIEFLY",
    "accepted_type",
    "encode",
    "finish",
    "json_response",
    "problem_response",
    "redirect",
]

KEPT_BRIEFLY = "max-age=30"  # as long as an instance itself keeps a catalog
_EXPOSED = "X-Gallery-Count, Retry-After, Age, ETag"
_LARGE = 1000  # bytes; below, gzip saves nothing worth its time

encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


def json_response(body: str, cache_control: str = "no-store", **headers: str) -> Response:
    """Return JSON that is encoded already; a header's name is given with underscores."""
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(
        body.encode(errors="backslashreplace"),  # a lone surrogate has no UTF-8; its escape is JSON
        mimetype="application/json",
        headers={"Cache-Control": cache_control, "Vary": "Origin"} | more,
    )


def redirect(address: str, cache_control: str, **headers: str) -> Response:
    """Return a redirect to an image; which one may hang on what the caller accepts."""
    response = json_response("", cache_control, Location=address, Vary="Accept, Origin", **headers)
    response.status_code = 302
    return response


def problem_response(problem: Problem) -> Response:
    """Return a refusal as RFC 9457 has it."""
    response = json_response(encode(problem.body))
    response.status_code, response.mimetype = problem.status, "application/problem+json"
    response.headers.update(problem.headers)
    return response


def finish(response: Response, request: Request, origins: Collection[str]) -> Response:
    """Let the page of an allowed origin read it; send no body that is known, and less of others."""
    headers: dict[str, Any] = request.environ
    if (origin := headers.get("HTTP_ORIGIN")) in origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = _EXPOSED
    body = response.get_data()
    if not body:
        del response.headers["Content-Type"]
        return response
    if response.status_code == 200 and "max-age" in response.headers["Cache-Control"]:
        response.add_etag(weak=True)  # weak: the same for the compressed body
        response.make_conditional(request)
    if response.status_code != 304 and len(body) > _LARGE:
        response.vary.add("Accept-Encoding")
        if "gzip" in headers.get("HTTP_ACCEPT_ENCODING", "") and request.accept_encodings["gzip"]:
            response.data = gzip.compress(body, 6, mtime=0)
            response.headers["Content-Encoding"] = "gzip"
    return response


def accepted_type(request: Request) -> str:
    """Return `jpeg` for mail and feed readers: they name image types, but neither WebP nor any."""
    if "image/" not in request.environ.get("HTTP_ACCEPT", ""):
        return "webp"
    return "webp" if request.accept_mimetypes["image/webp"] else "jpeg"
