"""What the public sees: `/<bucket>/<object>`, under the bucket's policy and its CORS rules."""

from xml.sax.saxutils import escape

from local.cloud.cloud import Cloud
from local.cloud.errors import NotFound
from local.cloud.policies import grants
from local.cloud.storage.buckets import policy_name, read_bucket
from local.cloud.storage.downloads import download
from local.cloud.storage.listing import Page
from local.cloud.web import Answer, Method, Record, Request, Response

__all__ = ["METHODS"]


def _roles(*names: str) -> frozenset[str]:
    return frozenset(f"roles/storage.{name}" for name in (*names, "objectAdmin", "admin"))


_READERS = _roles("objectViewer", "legacyObjectReader", "legacyObjectOwner")
_LISTERS = _roles("objectViewer", "legacyBucketReader", "legacyBucketWriter", "legacyBucketOwner")


def _get(cloud: Cloud, request: Request, bucket: str, name: str) -> Response:
    """An object, to whoever may read it; 403 where it may not be known that there is none."""
    try:
        if not _may(cloud, bucket, _READERS):
            return _error(403, "AccessDenied", "Access denied.")
        response = download(cloud, request, bucket, name)
    except NotFound:
        if _bucket(cloud, bucket) and not _may(cloud, bucket, _LISTERS):
            return _error(403, "AccessDenied", "Access denied.")
        return _error(404, "NoSuchKey", "The specified key does not exist.")
    response.headers.setdefault("Cache-Control", "public, max-age=3600")
    return response


def _list(cloud: Cloud, request: Request, bucket: str) -> Response:
    """The first thousand names in a bucket, to whoever may list it."""
    if not _may(cloud, bucket, _LISTERS):
        return _error(403, "AccessDenied", "Access denied.")
    page = Page(bucket, request.args)
    page.fill(cloud)
    items = (f"<Contents><Key>{escape(stored.name)}</Key></Contents>" for stored in page.items)
    return _xml(200, f"<ListBucketResult>{''.join(items)}</ListBucketResult>")


def _may(cloud: Cloud, bucket: str, roles: frozenset[str]) -> bool:
    """May everybody do what these roles allow? Raises NotFound for the bucket."""
    access = read_bucket(cloud, bucket)["iamConfiguration"]
    prevented = access["publicAccessPrevention"] == "enforced"
    return not prevented and grants(cloud.store, policy_name(bucket), roles)


def _bucket(cloud: Cloud, bucket: str) -> Record:
    try:
        return read_bucket(cloud, bucket)
    except NotFound:
        return {}


def _xml(status: int, body: str) -> Response:
    text = f"<?xml version='1.0' encoding='UTF-8'?>{body}"
    return Answer(text, status=status, mimetype="application/xml")


def _error(status: int, code: str, message: str) -> Response:
    response = _xml(status, f"<Error><Code>{code}</Code><Message>{message}</Message></Error>")
    response.headers["Cache-Control"] = "private, max-age=0"
    return response


def _shared(cloud: Cloud, request: Request, bucket: str, name: str = "") -> Response:
    """What `_get` and `_list` answer, with the headers that let other sites read it."""
    response = _get(cloud, request, bucket, name) if name else _list(cloud, request, bucket)
    if rule := _rule(cloud, request, bucket, request.method):
        _allow(response, request, rule)
        if exposed := rule.get("responseHeader"):
            response.headers["Access-Control-Expose-Headers"] = ", ".join(exposed)
    return response


def _preflight(cloud: Cloud, request: Request, bucket: str, name: str) -> Response:  # noqa: ARG001 in the path
    """A browser's question before it asks."""
    response = Answer(status=200)
    method = request.headers.get("Access-Control-Request-Method", "")
    if rule := _rule(cloud, request, bucket, method):
        _allow(response, request, rule)
        allowed = {"Methods": "method", "Headers": "responseHeader"}
        for header, part in allowed.items():
            response.headers[f"Access-Control-Allow-{header}"] = ", ".join(rule.get(part) or [])
        response.headers["Access-Control-Max-Age"] = str(rule.get("maxAgeSeconds", 3600))
    return response


def _rule(cloud: Cloud, request: Request, bucket: str, method: str) -> Record | None:
    """The first of the bucket's CORS rules that fits origin and method."""
    origin = request.headers.get("Origin")
    for rule in _bucket(cloud, bucket).get("cors") or [] if origin else []:
        origins, methods = rule.get("origin") or [], rule.get("method") or []
        if {"*", origin} & set(origins) and {"*", method} & set(methods):
            return dict(rule)
    return None


def _allow(response: Response, request: Request, rule: Record) -> None:
    if "*" in rule["origin"]:
        response.headers["Access-Control-Allow-Origin"] = "*"
    else:
        response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
        response.headers["Vary"] = "Origin"


_OBJECT = "/<bucket>/<rest:name>"
METHODS = [
    Method("storage.public.get", "GET", _OBJECT, _shared, None, "public"),
    Method("storage.public.list", "GET", "/<bucket>", _shared, None, "public"),
    Method("storage.public.options", "OPTIONS", _OBJECT, _preflight, None, "public"),
]
