"""IAM policies of every kind of resource: read, changed, written with the etag that was read."""

import base64
import json
import os
from collections.abc import Callable
from typing import Any

from local.cloud.cloud import Cloud
from local.cloud.errors import Aborted, CloudError, Invalid
from local.cloud.store import Store
from local.cloud.web import Method, Record, Request, json_body

__all__ = [
    "PUBLIC",
    "grants",
    "is_set",
    "policy_methods",
    "read_policy",
    "remove_policy",
    "write_policy",
]

PUBLIC = ("allUsers", "allAuthenticatedUsers")


def is_set(store: Store, resource: str) -> bool:
    """Whether the policy of a resource was ever written."""
    return store.row("SELECT 1 FROM policies WHERE resource = ?", resource) is not None


def read_policy(store: Store, resource: str) -> Record:
    """The policy of a resource; one that was never set is empty and has an etag all the same."""
    row = store.row("SELECT policy FROM policies WHERE resource = ?", resource)
    return dict(json.loads(row[0])) if row else {"version": 1, "etag": "ACAB"}


def write_policy(
    store: Store, resource: str, policy: Any, *, stale: type[CloudError] = Aborted
) -> Record:
    """Replace a policy; raises `stale` if it was written since the etag was read."""
    if not isinstance(policy, dict) or not _is_list(policy.get("bindings"), _is_binding):
        raise Invalid("A policy holds bindings, each of a role and its members")
    with store.transaction():
        if policy.get("etag") not in (None, "", read_policy(store, resource)["etag"]):
            raise stale("There were concurrent policy changes. Please retry the whole read.")
        etag = base64.b64encode(os.urandom(6)).decode()
        written = {"version": 1, **policy, "etag": etag}
        sql = "INSERT OR REPLACE INTO policies VALUES (?, ?)"
        store.run(sql, resource, json.dumps(written))
    return written


def remove_policy(store: Store, resource: str) -> None:
    """Forget the policy together with its resource."""
    store.run("DELETE FROM policies WHERE resource = ?", resource)


def grants(store: Store, resource: str, roles: frozenset[str]) -> bool:
    """Whether the policy gives one of the roles to everybody, under no condition."""
    return any(
        binding["role"] in roles and "allUsers" in binding["members"]
        for binding in read_policy(store, resource).get("bindings") or []
        if not binding.get("condition")
    )


def policy_methods(
    api: str, path: str, verb: str, resource: Callable[..., str], *, access: str = ""
) -> list[Method]:
    """The three methods of a policy; `resource(cloud, **path)` names what it is kept under."""

    def get(cloud: Cloud, _: Request, **path: str) -> Record:
        return read_policy(cloud.store, resource(cloud, **path))

    def set_(cloud: Cloud, request: Request, **path: str) -> Record:
        policy = json_body(request).get("policy")
        return write_policy(cloud.store, resource(cloud, **path), policy)

    def test(cloud: Cloud, request: Request, **path: str) -> Record:
        resource(cloud, **path)
        return {"permissions": json_body(request).get("permissions", [])}

    rows = (
        ("getIamPolicy", verb, get, ("options.requestedPolicyVersion",) if verb == "GET" else ()),
        ("setIamPolicy", "POST", set_, ()),
        ("testIamPermissions", "POST", test, ()),
    )
    return [
        Method(f"{api}.{name}", http, f"{path}:{name}", handler, parameters, access)
        for name, http, handler, parameters in rows
    ]


def _is_list(value: Any, is_item: Callable[[Any], bool]) -> bool:
    return value is None or (isinstance(value, list) and all(map(is_item, value)))


def _is_binding(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("role"), str):
        return False
    return _is_list(value.setdefault("members", []), _is_member)


def _is_member(value: Any) -> bool:
    return isinstance(value, str) and (value in PUBLIC or ":" in value)
