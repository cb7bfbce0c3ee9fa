"""IAM policies of every kind of resource: read, changed, written with the etag that was read."""

import base64
import json
import os
from typing import Any

from localcloud.cloud import Cloud
from localcloud.errors import Aborted, Invalid
from localcloud.store import Store
from localcloud.web import Request, json_body

__all__ = [
    "PUBLIC",
    "grants",
    "is_set",
    "read_policy",
    "remove_policy",
    "set_policy",
    "write_policy",
]

PUBLIC = ("allUsers", "allAuthenticatedUsers")


def read_policy(store: Store, resource: str) -> dict[str, Any]:
    """The policy of a resource; one that was never set is empty and has an etag all the same."""
    row = store.row("SELECT policy FROM policies WHERE resource = ?", resource)
    policy: dict[str, Any] = json.loads(row[0]) if row else {"version": 1, "etag": "ACAB"}
    return policy


def is_set(store: Store, resource: str) -> bool:
    """Whether the policy of a resource was ever written."""
    return store.row("SELECT 1 FROM policies WHERE resource = ?", resource) is not None


def write_policy(
    store: Store, resource: str, policy: Any, *, stale: type[Exception] = Aborted
) -> dict[str, Any]:
    """Replace a policy; raises `stale` if it was written since the etag was read."""
    _check(policy)
    with store.transaction():
        etag = policy.get("etag")
        if etag and etag != read_policy(store, resource)["etag"]:
            raise stale("There were concurrent policy changes. Please retry the whole read.")
        written = {**policy, "etag": base64.b64encode(os.urandom(6)).decode()}
        written.setdefault("version", 1)
        sql = "INSERT OR REPLACE INTO policies VALUES (?, ?)"
        store.run(sql, resource, json.dumps(written))
    return written


def remove_policy(store: Store, resource: str) -> None:
    """Forget the policy together with its resource."""
    store.run("DELETE FROM policies WHERE resource = ?", resource)


def set_policy(cloud: Cloud, request: Request, resource: str) -> dict[str, Any]:
    """The method `setIamPolicy` as most services have it."""
    return write_policy(cloud.store, resource, json_body(request).get("policy"))


def grants(policy: dict[str, Any], roles: frozenset[str]) -> bool:
    """Whether the policy gives one of the roles to everybody, under no condition."""
    return any(
        binding["role"] in roles
        and "allUsers" in binding["members"]
        and not binding.get("condition")
        for binding in policy.get("bindings") or []
    )


def _check(policy: Any) -> None:
    if not isinstance(policy, dict) or not isinstance(policy.get("etag", ""), str):
        raise Invalid("A policy is an object with bindings and an etag")
    bindings = policy.get("bindings") or []
    if not isinstance(bindings, list):
        raise Invalid("The bindings of a policy are a list")
    for binding in bindings:
        if not isinstance(binding, dict) or not isinstance(binding.get("role"), str):
            raise Invalid("A binding names its role")
        members = binding.setdefault("members", [])
        if not isinstance(members, list) or not all(_is_member(member) for member in members):
            raise Invalid(f"Invalid members of role {binding['role']}")


def _is_member(member: Any) -> bool:
    return isinstance(member, str) and (member in PUBLIC or ":" in member)
