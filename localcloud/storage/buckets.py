"""Buckets and their policies."""

import json
import re
from typing import Any

from localcloud.cloud import Cloud
from localcloud.errors import Conflict, Invalid, NotFound, PreconditionFailed
from localcloud.policies import PUBLIC, read_policy, remove_policy, write_policy
from localcloud.storage.conditions import check_conditions
from localcloud.store import now
from localcloud.web import Method, Request, json_body

__all__ = ["METHODS", "PROJECT_NUMBER", "policy_name", "read_bucket"]

PROJECT_NUMBER = "123456789"

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")
_FIXED = ("kind", "id", "name", "selfLink", "projectNumber", "timeCreated", "location")


def read_bucket(cloud: Cloud, bucket: str) -> dict[str, Any]:
    """The record of a bucket; raises NotFound."""
    row = cloud.store.row("SELECT record FROM buckets WHERE name = ?", bucket)
    if row is None:
        raise NotFound("The specified bucket does not exist.")
    record: dict[str, Any] = json.loads(row[0])
    return record


def policy_name(bucket: str) -> str:
    """What a bucket's policy is kept under."""
    return f"storage/b/{bucket}"


def _view(cloud: Cloud, record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "selfLink": f"{cloud.url}/storage/v1/b/{record['name']}"}


def _write(cloud: Cloud, record: dict[str, Any]) -> dict[str, Any]:
    _check_shape(record)
    sql = "INSERT OR REPLACE INTO buckets VALUES (?, ?)"
    cloud.store.run(sql, record["name"], json.dumps(record))
    return _view(cloud, record)


def _check_shape(record: dict[str, Any]) -> None:
    """What other code reads must be readable."""
    access = record.setdefault("iamConfiguration", {})
    cors = record.get("cors") or []
    if not isinstance(access, dict) or not isinstance(cors, list):
        raise Invalid("iamConfiguration is an object, cors a list")
    prevention = access.setdefault("publicAccessPrevention", "inherited")
    if prevention not in ("inherited", "enforced"):
        raise Invalid(f"Invalid publicAccessPrevention: {prevention}")
    for rule in cors:
        lists = isinstance(rule, dict) and [
            rule.get(name) or [] for name in ("origin", "method", "responseHeader")
        ]
        if not lists or not all(_is_texts(texts) for texts in lists):
            raise Invalid("A CORS rule holds lists of origins, methods and response headers")


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def insert(cloud: Cloud, request: Request) -> dict[str, Any]:
    """Create a bucket."""
    body = json_body(request)
    name = body.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise Invalid(f"Invalid bucket name: '{name}'")
    if name in cloud.reserved:
        raise Conflict("The requested bucket name is not available. Please choose another.")
    record = {
        "location": "US",
        "locationType": "multi-region",
        "storageClass": "STANDARD",
        **body,
        "kind": "storage#bucket",
        "id": name,
        "projectNumber": PROJECT_NUMBER,
        "generation": str(cloud.store.next_generation()),
        "metageneration": "1",
        "etag": "CAE=",
        "timeCreated": (time := now()),
        "updated": time,
    }
    with cloud.store.transaction():
        if cloud.store.row("SELECT 1 FROM buckets WHERE name = ?", name):
            message = (
                "Your previous request to create the named bucket succeeded and you already own it."
            )
            raise Conflict(message)
        return _write(cloud, record)


def get(cloud: Cloud, request: Request, bucket: str) -> dict[str, Any]:
    """Read a bucket."""
    record = read_bucket(cloud, bucket)
    check_conditions(request.args, 0, int(record["metageneration"]), reading=True)
    return _view(cloud, record)


def list_(cloud: Cloud, request: Request) -> dict[str, Any]:
    """Every bucket, by prefix; a machine of one's own has few, so there is one page."""
    prefix = request.args.get("prefix", "")
    rows = cloud.store.rows("SELECT record FROM buckets ORDER BY name")
    records = [_view(cloud, json.loads(row[0])) for row in rows]
    return {
        "kind": "storage#buckets",
        "items": [record for record in records if record["name"].startswith(prefix)],
    }


def patch(cloud: Cloud, request: Request, bucket: str) -> dict[str, Any]:
    """Change what the body names; null removes."""
    body = json_body(request)
    with cloud.store.transaction():
        record = read_bucket(cloud, bucket)
        check_conditions(request.args, 0, int(record["metageneration"]))
        for name, value in body.items():
            if name in _FIXED:
                continue
            if isinstance(value, dict) and isinstance(record.get(name), dict):
                value = {**record[name], **value}
                value = {key: part for key, part in value.items() if part is not None}
            record[name] = value
        record = {name: value for name, value in record.items() if value is not None}
        return _write(cloud, _touched(record))


def update(cloud: Cloud, request: Request, bucket: str) -> dict[str, Any]:
    """Replace all that may be changed."""
    body = json_body(request)
    with cloud.store.transaction():
        record = read_bucket(cloud, bucket)
        check_conditions(request.args, 0, int(record["metageneration"]))
        kept = {name: record[name] for name in (*_FIXED, "metageneration") if name in record}
        return _write(cloud, _touched({"storageClass": "STANDARD", **body, **kept}))


def _touched(record: dict[str, Any]) -> dict[str, Any]:
    metageneration = str(int(record["metageneration"]) + 1)
    return {
        **record,
        "metageneration": metageneration,
        "etag": f"CAE{metageneration}",
        "updated": now(),
    }


def delete(cloud: Cloud, request: Request, bucket: str) -> None:
    """Remove an empty bucket."""
    with cloud.store.transaction():
        record = read_bucket(cloud, bucket)
        check_conditions(request.args, 0, int(record["metageneration"]))
        if cloud.store.row("SELECT 1 FROM objects WHERE bucket = ? LIMIT 1", bucket):
            raise Conflict("The bucket you tried to delete is not empty.")
        cloud.store.run("DELETE FROM buckets WHERE name = ?", bucket)
        remove_policy(cloud.store, policy_name(bucket))


def get_policy(cloud: Cloud, _: Request, bucket: str) -> dict[str, Any]:
    """Who may do what in the bucket."""
    read_bucket(cloud, bucket)
    policy = read_policy(cloud.store, policy_name(bucket))
    return {"kind": "storage#policy", "resourceId": f"projects/_/buckets/{bucket}", **policy}


def put_policy(cloud: Cloud, request: Request, bucket: str) -> dict[str, Any]:
    """Set it; nobody in general, where public access is prevented."""
    policy = json_body(request)
    record = read_bucket(cloud, bucket)
    policy.pop("kind", None)
    policy.pop("resourceId", None)
    enforced = record["iamConfiguration"]["publicAccessPrevention"] == "enforced"
    members = json.dumps(policy.get("bindings"))
    if enforced and any(f'"{member}"' in members for member in PUBLIC):
        raise PreconditionFailed(
            "The member bindings allUsers and allAuthenticatedUsers are not allowed since public"
            " access prevention is enforced."
        )
    write_policy(cloud.store, policy_name(bucket), policy, stale=PreconditionFailed)
    return get_policy(cloud, request, bucket)


def test_permissions(cloud: Cloud, request: Request, bucket: str) -> dict[str, Any]:
    """Whoever asks through the API may do everything."""
    read_bucket(cloud, bucket)
    permissions = request.args.getlist("permissions")
    return {"kind": "storage#testIamPermissionsResponse", "permissions": permissions}


def no_caches(cloud: Cloud, _: Request, bucket: str) -> dict[str, Any]:
    """There are no caches here."""
    read_bucket(cloud, bucket)
    return {"kind": "storage#anywhereCaches", "items": []}


_ONE = "/storage/v1/b/<bucket>"
METHODS = [
    Method("storage.buckets.list", "GET", "/storage/v1/b", list_),
    Method("storage.buckets.insert", "POST", "/storage/v1/b", insert),
    Method("storage.buckets.get", "GET", _ONE, get),
    Method("storage.buckets.patch", "PATCH", _ONE, patch),
    Method("storage.buckets.update", "PUT", _ONE, update),
    Method("storage.buckets.delete", "DELETE", _ONE, delete),
    Method("storage.buckets.getIamPolicy", "GET", f"{_ONE}/iam", get_policy),
    Method("storage.buckets.setIamPolicy", "PUT", f"{_ONE}/iam", put_policy),
    Method(
        "storage.buckets.testIamPermissions", "GET", f"{_ONE}/iam/testPermissions", test_permissions
    ),
    Method("storage.anywhereCaches.list", "GET", f"{_ONE}/anywhereCaches/", no_caches),
]
