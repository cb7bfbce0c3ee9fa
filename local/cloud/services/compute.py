"""Compute, as far as a load balancer needs it: remembered, and nothing listens at its address.

Google keeps its parts below `global/` or a region, changes them by operations of a kind of their
own, and some fields by methods of their own (`setTarget`).
"""

import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from local.cloud.cloud import Cloud
from local.cloud.errors import Invalid
from local.cloud.services import records
from local.cloud.services.collections import Collection, methods
from local.cloud.services.operations import finish_compute
from local.cloud.store import now
from local.cloud.web import Method, Record, Request, json_body

__all__ = ["COLLECTIONS", "METHODS"]

_LINK = "https://www.googleapis.com/compute/v1/"
_OWN = re.compile(r"^http://[^/]+/compute/v1/")
_PROJECT = "/compute/v1/projects/<project>"
_LABELS = {"labelFingerprint": "42WmSpB8rSM="}
_KEPT = ("insert", "list", "get", "delete")


def _row(
    kind: str,
    plural: str,
    *verbs: str,
    api: str = "",
    scope: str = "global",
    fingerprint: bool = False,
    computed: Callable[[Record], Record] = lambda _: {},
) -> Collection:
    """A kind of Compute's; `verbs` are those beside `_KEPT`, `computed` what else Google adds."""

    def fill(name: str, former: Record) -> Record:
        # Ids fit a signed 64-bit number: the provider reads them into one.
        common = {
            "kind": f"compute#{kind}",
            "id": former.get("id") or str(uuid.uuid4().int % 2**63),
            "name": name.rpartition("/")[2],
            "creationTimestamp": former.get("creationTimestamp") or now(),
            "selfLink": _LINK + name,
        }
        if fingerprint:
            common["fingerprint"] = uuid.uuid4().hex[:11] + "="
        linked = {field: _linked(value) for field, value in former.items()}
        return {**linked, **common, **computed({**linked, **common})}

    return Collection(
        api=f"compute.{api or plural}",
        path=f"{_PROJECT}/{scope}/{plural}",
        verbs=(*_KEPT, *verbs),
        id_from="name",
        listed="items",
        computed=fill,
        finish=finish_compute,
        replaces=False,
        missing="The resource '{name}' was not found",
    )


def _linked(value: Any) -> Any:
    """Links as Google answers them: to itself, by whatever address a client came."""
    if isinstance(value, dict):
        return {key: _linked(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_linked(one) for one in value]
    return _OWN.sub(_LINK, value) if isinstance(value, str) else value


def _address(record: Record) -> Record:
    host = int(record["id"]) % 254 + 1  # of the block that is kept for documentation, RFC 5737
    return {"address": record.get("address") or f"203.0.113.{host}", **_LABELS}


def _certificate(record: Record) -> Record:
    managed = {**record.get("managed", {}), "status": "PROVISIONING"}
    return {"managed": managed, "type": "MANAGED", "expireTime": record["creationTimestamp"]}


def _forwarding(record: Record) -> Record:
    ports = record.get("portRange", "")
    defaults = {"IPProtocol": "TCP", "networkTier": "PREMIUM", **_LABELS}
    return {**defaults, "portRange": ports if "-" in ports else f"{ports}-{ports}"}


def _service(record: Record) -> Record:
    defaults = {
        "affinityCookieTtlSec": 0,
        "connectionDraining": {"drainingTimeoutSec": 300},
        "sessionAffinity": "NONE",
        "timeoutSec": 30,
    }
    share = {"balancingMode": "UTILIZATION", "capacityScaler": 1.0}
    backends = [{**share, **backend} for backend in record.get("backends", [])]
    return {
        **{field: record.get(field, value) for field, value in defaults.items()},
        **({"backends": backends} if backends else {}),
    }


_POLICIES = _row(
    "securityPolicy", "securityPolicies", "patch", "setLabels", fingerprint=True,
    computed=lambda _: {"type": "CLOUD_ARMOR", **_LABELS},
)  # fmt: skip
COLLECTIONS = (
    _row("address", "addresses", "setLabels", api="globalAddresses", computed=_address),
    _row("sslCertificate", "sslCertificates", computed=_certificate),
    _row("backendBucket", "backendBuckets", "update"),
    _row(
        "networkEndpointGroup", "networkEndpointGroups", api="regionNetworkEndpointGroups",
        scope="regions/<region>", computed=lambda _: {"size": 0},
    ),
    _POLICIES,
    _row(
        "backendService", "backendServices", "update", "setSecurityPolicy", fingerprint=True,
        computed=_service,
    ),
    _row("urlMap", "urlMaps", "update"),
    _row("targetHttpProxy", "targetHttpProxies", "patch", "setUrlMap"),
    _row(
        "targetHttpsProxy", "targetHttpsProxies", "patch", "setUrlMap", "setSslCertificates",
        fingerprint=True, computed=lambda _: {"quicOverride": "NONE", "tlsEarlyData": "DISABLED"},
    ),
    _row(
        "forwardingRule", "forwardingRules", "patch", "setLabels", "setTarget", fingerprint=True,
        api="globalForwardingRules", computed=_forwarding,
    ),
)  # fmt: skip


def _edit_rule(verb: str, cloud: Cloud, request: Request, **path: str) -> Record:
    """Add, change or remove the rule of one priority; rules stay in the order of theirs."""
    rule = json_body(request) if verb != "removeRule" else {}
    try:
        priority = int(request.args.get("priority") or rule["priority"])
    except (KeyError, TypeError, ValueError):
        raise Invalid("A rule has a priority") from None
    name = _POLICIES.name(path)
    with cloud.store.transaction():
        policy = _POLICIES.read(cloud, name)
        rules = [one for one in policy.get("rules", []) if one["priority"] != priority]
        if verb == "patchRule":  # what the body does not hold stays, as under its mask
            former = [one for one in policy.get("rules", []) if one["priority"] == priority]
            rule = {**(former[0] if former else {}), **rule}
        rules += [{"priority": priority, **rule}] if rule else []
        policy["rules"] = sorted(rules, key=lambda one: int(one["priority"]))
        policy |= _POLICIES.computed(name, policy)
        records.put(cloud.store, _POLICIES.api, name, policy)
    return finish_compute(cloud, verb, name, policy)


def _placed(method: Method) -> Method:
    """Setters of proxies are not below `global/`, for both kinds of proxies share them."""
    is_setter = ".targetHttp" in method.name and ".set" in method.name
    return replace(method, path=method.path.replace("/global/", "/")) if is_setter else method


_RULES = {"addRule": (), "patchRule": ("priority", "updateMask"), "removeRule": ("priority",)}
METHODS = [
    *(_placed(method) for collection in COLLECTIONS for method in methods(collection)),
    *(
        Method(
            f"{_POLICIES.api}.{verb}", "POST", f"{_POLICIES.path}/<id:id_>/{verb}",
            partial(_edit_rule, verb), parameters,
        )
        for verb, parameters in _RULES.items()
    ),
]  # fmt: skip
