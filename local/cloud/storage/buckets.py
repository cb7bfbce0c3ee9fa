"""Buckets and their policies."""

import json
import re
from typing import Any

from local.cloud.cloud import Cloud
from local.cloud.errors import Conflict, Invalid, NotFound, PreconditionFailed
from local.cloud.policies import PUBLIC, read_policy, remove_policy, write_policy
from local.cloud.storage.conditions import CONDITIONS, check_conditions
from local.cloud.store import now
from local.cloud.web import Method, Record, Request, json_body

__all__ = ["METHODS", "PROJECT_NUMBER", "policy_name", "read_bucket"]

PROJECT_NUMBER = "123456789"

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")
_FIXED = (
    "kind", "id", "name", "projectNumber", "timeCreated", "location", "metageneration",
    "generation",
)  # fmt: skip
_DEFAULTS = {
    "location": "US", "locationType": "multi-region", "storageClass": "STANDARD", "rpo": "DEFAULT",
    "softDeletePolicy": {"retentionDurationSeconds": "604800"},
}  # fmt: skip


def read_bucket(cloud: Cloud, bucket: str) -> Record:
    """The record of a bucket; raises NotFound."""
    row = cloud.store.row("SELECT record FROM buckets WHERE name = ?", bucket)
    if row is None:
        raise NotFound("The specified bucket does not exist.")
    return dict(json.loads(row[0]))


def policy_name(bucket: str) -> str:
    """What a bucket's policy is kept under."""
    return f"storage/b/{bucket}"


def _view(cloud: Cloud, record: Record) -> Record:
    return {**record, "selfLink": f"{cloud.url}/storage/v1/b/{record['name']}"}


def _write(cloud: Cloud, record: Record) -> Record:
    """Keep what other code can read; raises Invalid."""
    access = record.setdefault("iamConfiguration", {})
    if not isinstance(access, dict):
        raise Invalid("iamConfiguration is an object")
    if access.setdefault("publicAccessPrevention", "inherited") not in ("inherited", "enforced"):
        raise Invalid("publicAccessPrevention is inherited or enforced")
    if uniform := access.get("uniformBucketLevelAccess"):
        access["bucketPolicyOnly"] = uniform  # Google's former name of it
    if not _is_list(record.get("cors"), dict) or not all(
        _is_list(rule.get(part), str)
        for rule in record.get("cors") or []
        for part in ("origin", "method", "responseHeader")
    ):
        raise Invalid("A CORS rule holds lists of origins, methods and response headers")
    sql = "INSERT OR REPLACE INTO buckets VALUES (?, ?)"
    cloud.store.run(sql, record["name"], json.dumps(record))
    return _view(cloud, record)


def _is_list(value: Any, kind: type) -> bool:
    return value is None or (
        isinstance(value, list) and all(isinstance(item, kind) for item in value)
    )


def _insert(cloud: Cloud, request: Request) -> Record:
    body = json_body(request)
    name = body.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise Invalid(f"Invalid bucket name: '{name}'")
    if name in cloud.reserved:
        raise Conflict("The requested bucket name is not available. Please choose another.")
    time = now()
    named = {"kind": "storage#bucket", "id": name, "projectNumber": PROJECT_NUMBER}
    made = {"metageneration": "1", "etag": "CAE=", "timeCreated": time, "updated": time}
    made["generation"] = str(cloud.store.next_generation())
    with cloud.store.transaction():
        if cloud.store.row("SELECT 1 FROM buckets WHERE name = ?", name):
            raise Conflict("Your previous request to create the named bucket succeeded.")
        return _write(cloud, {**_DEFAULTS, **body, **named, **made})


def _get(cloud: Cloud, request: Request, bucket: str) -> Record:
    record = read_bucket(cloud, bucket)
    check_conditions(request.args, 0, int(record["metageneration"]))
    return _view(cloud, record)


def _list(cloud: Cloud, request: Request) -> Record:
    """Every bucket: a machine of one's own has few, so there is one page."""
    prefix = request.args.get("prefix", "")
    rows = cloud.store.rows("SELECT record FROM buckets ORDER BY name")
    records = [_view(cloud, json.loads(row[0])) for row in rows]
    found = [record for record in records if record["name"].startswith(prefix)]
    return {"kind": "storage#buckets", "items": found}


def _patch(cloud: Cloud, request: Request, bucket: str) -> Record:
    """Change what the body names; null removes."""
    body = json_body(request)
    with cloud.store.transaction():
        record = read_bucket(cloud, bucket)
        metageneration = int(record["metageneration"])
        check_conditions(request.args, 0, metageneration)
        if not body.keys() - set(_FIXED):
            return _view(cloud, record)
        for name in body.keys() - set(_FIXED):
            value = body[name]
            if isinstance(value, dict) and isinstance(record.get(name), dict):
                merged = {**record[name], **value}
                value = {key: part for key, part in merged.items() if part is not None}
            record[name] = value
        record = {name: value for name, value in record.items() if value is not None}
        record["metageneration"] = str(metageneration + 1)
        return _write(cloud, {**record, "etag": f"CAE{metageneration + 1}", "updated": now()})


def _delete(cloud: Cloud, request: Request, bucket: str) -> None:
    with cloud.store.transaction():
        record = read_bucket(cloud, bucket)
        check_conditions(request.args, 0, int(record["metageneration"]))
        if cloud.store.row("SELECT 1 FROM objects WHERE bucket = ? LIMIT 1", bucket):
            raise Conflict("The bucket you tried to delete is not empty.")
        cloud.store.run("DELETE FROM buckets WHERE name = ?", bucket)
        remove_policy(cloud.store, policy_name(bucket))


def _get_policy(cloud: Cloud, _: Request, bucket: str) -> Record:
    read_bucket(cloud, bucket)
    policy = read_policy(cloud.store, policy_name(bucket))
    return {"kind": "storage#policy", "resourceId": f"projects/_/buckets/{bucket}", **policy}


def _set_policy(cloud: Cloud, request: Request, bucket: str) -> Record:
    """Nobody in general, where public access is prevented."""
    policy = json_body(request)
    access = read_bucket(cloud, bucket)["iamConfiguration"]
    members = json.dumps(policy.get("bindings"))
    if access["publicAccessPrevention"] == "enforced" and any(m in members for m in PUBLIC):
        raise PreconditionFailed(
            "The member bindings allUsers and allAuthenticatedUsers are not allowed since public"
            " access prevention is enforced."
        )
    policy = {part: policy[part] for part in policy.keys() - {"kind", "resourceId"}}
    write_policy(cloud.store, policy_name(bucket), policy, stale=PreconditionFailed)
    return _get_policy(cloud, request, bucket)


def _get_layout(cloud: Cloud, _: Request, bucket: str) -> Record:
    """No folders here, only names with slashes in them."""
    record = read_bucket(cloud, bucket)
    where = {part: record[part] for part in ("location", "locationType")}
    kind = {"kind": "storage#storageLayout", "bucket": bucket}
    return {**kind, **where, "hierarchicalNamespace": {"enabled": False}}


def _list_caches(cloud: Cloud, _: Request, bucket: str) -> Record:
    read_bucket(cloud, bucket)
    return {"kind": "storage#anywhereCaches", "items": []}


def _list_folders(cloud: Cloud, _: Request, bucket: str) -> Record:
    read_bucket(cloud, bucket)
    return {"kind": "storage#managedFolders"}


_ONE = "/storage/v1/b/<bucket>"
_CONDITIONS = tuple(name for name in CONDITIONS if "Metageneration" in name)
_LISTED, _VERSION = ("project", "prefix", "maxResults"), ("optionsRequestedPolicyVersion",)
METHODS = [
    Method("storage.buckets.list", "GET", "/storage/v1/b", _list, _LISTED),
    Method("storage.buckets.insert", "POST", "/storage/v1/b", _insert, ("project",)),
    Method("storage.buckets.get", "GET", _ONE, _get, _CONDITIONS),
    Method("storage.buckets.patch", "PATCH", _ONE, _patch, _CONDITIONS),
    Method("storage.buckets.delete", "DELETE", _ONE, _delete, _CONDITIONS),
    Method("storage.buckets.getIamPolicy", "GET", f"{_ONE}/iam", _get_policy, _VERSION),
    Method("storage.buckets.setIamPolicy", "PUT", f"{_ONE}/iam", _set_policy),
    Method("storage.buckets.getStorageLayout", "GET", f"{_ONE}/storageLayout", _get_layout),
    Method(
        "storage.managedFolders.list",
        "GET",
        f"{_ONE}/managedFolders",
        _list_folders,
        ("prefix", "pageSize", "pageToken"),
    ),
    Method("storage.anywhereCaches.list", "GET", f"{_ONE}/anywhereCaches/", _list_caches),
]
