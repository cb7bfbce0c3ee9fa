"""What the public sees: `/<bucket>/<object>`, under the bucket's policy and its CORS rules."""

from xml.sax.saxutils import escape

from localcloud.cloud import Cloud
from localcloud.errors import NotFound
from localcloud.policies import grants, read_policy
from localcloud.storage.buckets import policy_name, read_bucket
from localcloud.storage.downloads import download
from localcloud.storage.listing import names
from localcloud.web import Answer, Method, Request, Response

__all__ = ["METHODS"]

_READERS = frozenset(
    f"roles/storage.{role}"
    for role in ("legacyObjectReader", "legacyObjectOwner", "objectViewer", "objectAdmin", "admin")
)
_LISTERS = frozenset(
    f"roles/storage.{role}"
    for role in ("legacyBucketReader", "legacyBucketWriter", "objectViewer", "objectAdmin", "admin")
)


def get(cloud: Cloud, request: Request, bucket: str, name: str) -> Response:
    """An object, to whoever asks; 403 where it may not be known that there is none."""
    try:
        response = _get(cloud, request, bucket, name)
    except NotFound:
        response = _error(404, "NoSuchKey", "The specified key does not exist.")
    return _with_cors(cloud, request, bucket, response)


def _get(cloud: Cloud, request: Request, bucket: str, name: str) -> Response:
    may_read, may_list = _rights(cloud, bucket)
    if not may_read:
        return _denied()
    try:
        response = download(cloud, request, bucket, name)
    except NotFound:
        if may_list:
            raise
        return _denied()
    response.headers.setdefault("Cache-Control", "public, max-age=3600")
    return response


def list_(cloud: Cloud, request: Request, bucket: str) -> Response:
    """The names in a bucket, to whoever may list it."""
    if not _rights(cloud, bucket)[1]:
        return _with_cors(cloud, request, bucket, _denied())
    keys = names(cloud, bucket, request.args.get("prefix", ""))
    items = "".join(f"<Contents><Key>{escape(key)}</Key></Contents>" for key in keys)
    body = f"<?xml version='1.0' encoding='UTF-8'?><ListBucketResult>{items}</ListBucketResult>"
    return _with_cors(cloud, request, bucket, Answer(body, mimetype="application/xml"))


def preflight(cloud: Cloud, request: Request, bucket: str, name: str = "") -> Response:  # noqa: ARG001 in the path
    """A browser's question before it asks."""
    response = Answer(status=200)
    wanted = request.headers.get("Access-Control-Request-Method", "")
    rule = _rule(cloud, request, bucket, wanted)
    if rule is not None:
        exposed = rule.get("responseHeader") or []
        _allow(response, request, rule)
        response.headers["Access-Control-Allow-Methods"] = ", ".join(rule.get("method") or [])
        response.headers["Access-Control-Allow-Headers"] = ", ".join(exposed)
        response.headers["Access-Control-Max-Age"] = str(rule.get("maxAgeSeconds", 3600))
    return response


def _rights(cloud: Cloud, bucket: str) -> tuple[bool, bool]:
    """May everybody read objects, and list them? Raises NotFound for the bucket."""
    record = read_bucket(cloud, bucket)
    if record["iamConfiguration"]["publicAccessPrevention"] == "enforced":
        return False, False
    policy = read_policy(cloud.store, policy_name(bucket))
    return grants(policy, _READERS), grants(policy, _LISTERS)


def _with_cors(cloud: Cloud, request: Request, bucket: str, response: Response) -> Response:
    rule = _rule(cloud, request, bucket, request.method)
    if rule is not None:
        _allow(response, request, rule)
        if exposed := rule.get("responseHeader"):
            response.headers["Access-Control-Expose-Headers"] = ", ".join(exposed)
    return response


def _rule(cloud: Cloud, request: Request, bucket: str, method: str) -> dict[str, list[str]] | None:
    """The first of the bucket's CORS rules that fits origin and method."""
    origin = request.headers.get("Origin")
    try:
        rules = read_bucket(cloud, bucket).get("cors") or [] if origin else []
    except NotFound:
        return None
    for rule in rules:
        origins, methods = rule.get("origin") or [], rule.get("method") or []
        if ("*" in origins or origin in origins) and ("*" in methods or method in methods):
            return dict(rule)
    return None


def _allow(response: Response, request: Request, rule: dict[str, list[str]]) -> None:
    everybody = "*" in rule["origin"]
    response.headers["Access-Control-Allow-Origin"] = (
        "*" if everybody else request.headers["Origin"]
    )
    if not everybody:
        response.headers["Vary"] = "Origin"


def _denied() -> Response:
    return _error(403, "AccessDenied", "Access denied.")


def _error(status: int, code: str, message: str) -> Response:
    body = (
        "<?xml version='1.0' encoding='UTF-8'?>"
        f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    )
    headers = {"Cache-Control": "private, max-age=0"}
    return Answer(body, status=status, mimetype="application/xml", headers=headers)


METHODS = [
    Method("storage.public.get", "GET", "/<bucket>/<path:name>", get),
    Method("storage.public.list", "GET", "/<bucket>", list_),
    Method("storage.public.options", "OPTIONS", "/<bucket>/<path:name>", preflight),
]
