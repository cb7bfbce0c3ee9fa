"""Compute, as far as a load balancer needs it: remembered, and nothing listens at its address.

Google keeps its parts below `global/` or a region, writes them by operations, and changes some
fields by a method of their own (`setTarget`).
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from local.cloud.cloud import Cloud
from local.cloud.errors import Invalid
from local.cloud.services import records
from local.cloud.store import now
from local.cloud.web import Method, Record, Request, json_body

__all__ = ["METHODS"]

_ROOT = "/compute/v1/"
_LINK = "https://www.googleapis.com/compute/v1/"
_GLOBAL, _REGION = "projects/<project>/global", "projects/<project>/regions/<region>"
_OPERATIONS = "compute.operations"


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """A kind of resource: Google's names for it, what Google adds, and methods of single fields."""

    api: str
    plural: str
    kind: str
    parent: str = _GLOBAL
    computed: Callable[[Record], Record] = lambda _: {}
    with_fingerprint: bool = True
    update: tuple[str, str] | None = ("patch", "PATCH")
    setters: tuple[str, ...] = ()
    setters_at: str = _GLOBAL


def _methods(kind: _Kind) -> list[Method]:
    every, api = f"{_ROOT}{kind.parent}/{kind.plural}", f"compute.{kind.api}"
    made = [
        Method(f"{api}.insert", "POST", every, partial(_insert, kind)),
        Method(f"{api}.list", "GET", every, partial(_list, kind)),
        Method(f"{api}.get", "GET", f"{every}/<id:id_>", partial(_get, kind)),
        Method(f"{api}.delete", "DELETE", f"{every}/<id:id_>", partial(_delete, kind)),
    ]
    if kind.update:
        name, verb = kind.update
        made.append(Method(f"{api}.{name}", verb, f"{every}/<id:id_>", partial(_change, kind)))
    at = f"{_ROOT}{kind.setters_at}/{kind.plural}/<id:id_>"
    for name in kind.setters:
        handler = _RULES.get(name, _change)
        made.append(Method(f"{api}.{name}", "POST", f"{at}/{name}", partial(handler, kind)))
    return made


def _parent(kind: _Kind, path: dict[str, str]) -> str:
    parent = kind.parent.replace("<project>", path["project"])
    return parent.replace("<region>", path.get("region", ""))


def _name(kind: _Kind, path: dict[str, str]) -> str:
    return f"{_parent(kind, path)}/{kind.plural}/{path['id_']}"


def _insert(kind: _Kind, cloud: Cloud, request: Request, **path: str) -> Record:
    body = json_body(request)
    path["id_"] = str(body.get("name", ""))
    if not path["id_"]:
        raise Invalid("Required field 'resource.name' not specified")
    name = _name(kind, path)
    record = {
        "kind": f"compute#{kind.kind}",
        "id": _number(),
        "creationTimestamp": now(),
        "selfLink": _LINK + name,
        **{field: value for field, value in body.items() if value is not None},
    }
    record |= kind.computed(record)
    records.add(cloud.store, f"compute.{kind.api}", name, _printed(kind, record))
    return _done(cloud, kind, path, "insert")


def _get(kind: _Kind, cloud: Cloud, _: Request, **path: str) -> Record:
    return records.read(cloud.store, f"compute.{kind.api}", _name(kind, path))


def _list(kind: _Kind, cloud: Cloud, _: Request, **path: str) -> Record:
    items = records.children(cloud.store, f"compute.{kind.api}", _parent(kind, path))
    return {"kind": f"compute#{kind.kind}List", "items": items}


def _change(kind: _Kind, cloud: Cloud, request: Request, **path: str) -> Record:
    """Change the fields that the body holds; a null takes one away."""
    changed = json_body(request)
    return _write(kind, cloud, path, lambda record: {**record, **changed})


def _add_rule(kind: _Kind, cloud: Cloud, request: Request, **path: str) -> Record:
    rule = json_body(request)
    return _write(kind, cloud, path, lambda record: _with_rule(record, rule["priority"], rule))


def _patch_rule(kind: _Kind, cloud: Cloud, request: Request, **path: str) -> Record:
    rule, priority = json_body(request), int(request.args["priority"])
    return _write(kind, cloud, path, lambda record: _with_rule(record, priority, rule))


def _remove_rule(kind: _Kind, cloud: Cloud, request: Request, **path: str) -> Record:
    priority = int(request.args["priority"])
    return _write(kind, cloud, path, lambda record: _with_rule(record, priority, None))


def _with_rule(record: Record, priority: int, rule: Record | None) -> Record:
    others = [one for one in record.get("rules", []) if one["priority"] != priority]
    rules = [*others, *([{"priority": priority, **rule}] if rule else [])]
    return {**record, "rules": sorted(rules, key=lambda one: one["priority"])}


def _write(
    kind: _Kind, cloud: Cloud, path: dict[str, str], change: Callable[[Record], Record]
) -> Record:
    name, api = _name(kind, path), f"compute.{kind.api}"
    with cloud.store.transaction():
        record = change(records.read(cloud.store, api, name))
        record = {field: value for field, value in record.items() if value is not None}
        records.put(cloud.store, api, name, _printed(kind, record))
    return _done(cloud, kind, path, "patch")


def _delete(kind: _Kind, cloud: Cloud, _: Request, **path: str) -> Record:
    records.remove(cloud.store, f"compute.{kind.api}", _name(kind, path))
    return _done(cloud, kind, path, "delete")


def _printed(kind: _Kind, record: Record) -> Record:
    """A new fingerprint with each writing, as far as the kind has one."""
    fresh = {"fingerprint": uuid.uuid4().hex[:11] + "="} if kind.with_fingerprint else {}
    return record | fresh


def _done(cloud: Cloud, kind: _Kind, path: dict[str, str], what: str) -> Record:
    """An operation that has ended when it is answered."""
    name = f"{_parent(kind, path)}/operations/operation-{uuid.uuid4().hex}"
    time = now()
    operation = {
        "kind": "compute#operation",
        "id": _number(),
        "name": name.rpartition("/")[2],
        "operationType": what,
        "targetId": _number(),
        "user": "local@example.com",
        "targetLink": _LINK + _name(kind, path),
        "status": "DONE",
        "progress": 100,
        "insertTime": time,
        "startTime": time,
        "endTime": time,
        "selfLink": _LINK + name,
    }
    return records.put(cloud.store, _OPERATIONS, name, operation)


def _operation(cloud: Cloud, _: Request, **path: str) -> Record:
    where = f"regions/{path['region']}" if "region" in path else "global"
    name = f"projects/{path['project']}/{where}/operations/{path['id_']}"
    return records.read(cloud.store, _OPERATIONS, name)


def _number() -> str:
    return str(uuid.uuid4().int % 10**19)


def _address(record: Record) -> Record:
    host = int(record["id"]) % 254 + 1  # of the block that is kept for documentation, RFC 5737
    return {
        "address": f"203.0.113.{host}",
        "labelFingerprint": "42WmSpB8rSM=",
    }


def _certificate(record: Record) -> Record:
    managed = {**record.get("managed", {}), "status": "PROVISIONING"}
    return {"managed": managed, "type": "MANAGED", "expireTime": record["creationTimestamp"]}


def _rule(record: Record) -> Record:
    ports = record.get("portRange", "")
    return {
        "IPProtocol": "TCP",
        "networkTier": "PREMIUM",
        "portRange": ports if "-" in ports else f"{ports}-{ports}",
        "labelFingerprint": "42WmSpB8rSM=",
    }


def _service(record: Record) -> Record:
    defaults = {"balancingMode": "UTILIZATION", "capacityScaler": 1.0}
    return {
        "affinityCookieTtlSec": 0,
        "connectionDraining": {"drainingTimeoutSec": 300},
        "sessionAffinity": "NONE",
        "timeoutSec": 30,
        **{key: value for key, value in record.items() if key != "backends"},
        "backends": [{**defaults, **backend} for backend in record.get("backends", [])],
    }


_RULES: dict[str, Callable[..., Any]] = {
    "addRule": _add_rule,
    "patchRule": _patch_rule,
    "removeRule": _remove_rule,
}
_PROJECT = "projects/<project>"
_KINDS = (
    _Kind(
        api="globalAddresses",
        plural="addresses",
        kind="address",
        computed=_address,
        with_fingerprint=False,
        update=None,
        setters=("setLabels",),
    ),
    _Kind(
        api="sslCertificates",
        plural="sslCertificates",
        kind="sslCertificate",
        computed=_certificate,
        with_fingerprint=False,
        update=None,
    ),
    _Kind(
        api="backendBuckets", plural="backendBuckets", kind="backendBucket",
        with_fingerprint=False, update=("update", "PUT"),
    ),
    _Kind(
        api="regionNetworkEndpointGroups", plural="networkEndpointGroups",
        kind="networkEndpointGroup", parent=_REGION,
        computed=lambda _: {"size": 0}, with_fingerprint=False, update=None,
    ),
    _Kind(
        api="securityPolicies", plural="securityPolicies", kind="securityPolicy",
        computed=lambda _: {"type": "CLOUD_ARMOR", "labelFingerprint": "42WmSpB8rSM="},
        setters=("addRule", "patchRule", "removeRule"),
    ),
    _Kind(
        api="backendServices", plural="backendServices", kind="backendService",
        computed=_service, update=("update", "PUT"), setters=("setSecurityPolicy",),
    ),
    _Kind(
        api="urlMaps", plural="urlMaps", kind="urlMap",
        with_fingerprint=False, update=("update", "PUT"),
    ),
    _Kind(
        api="targetHttpProxies", plural="targetHttpProxies", kind="targetHttpProxy",
        with_fingerprint=False,
        setters=("setUrlMap",), setters_at=_PROJECT,
    ),
    _Kind(
        api="targetHttpsProxies", plural="targetHttpsProxies", kind="targetHttpsProxy",
        computed=lambda _: {"quicOverride": "NONE", "tlsEarlyData": "DISABLED"},
        setters=("setUrlMap", "setSslCertificates"), setters_at=_PROJECT,
    ),
    _Kind(
        api="globalForwardingRules", plural="forwardingRules", kind="forwardingRule",
        computed=_rule, setters=("setLabels", "setTarget"),
    ),
)  # fmt: skip

METHODS = [
    *(method for kind in _KINDS for method in _methods(kind)),
    Method(
        "compute.globalOperations.get", "GET", f"{_ROOT}{_GLOBAL}/operations/<id:id_>", _operation
    ),
    Method(
        "compute.regionOperations.get", "GET", f"{_ROOT}{_REGION}/operations/<id:id_>", _operation
    ),
]
