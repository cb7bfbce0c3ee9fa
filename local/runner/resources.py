"""How each type of resource is made on the local cloud: one table, and one way for its rows.

A row with a `service` has behaviour there: it is found, made or changed, waited for and removed at
its address. One without is only recorded: nothing on the local cloud behaves differently for it.
Inputs come as Pulumi names them, which is as Google's REST APIs do.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from local.runner.cloud import Cloud
from local.runner.errors import CloudRefusalError

__all__ = ["KINDS", "Inputs", "Kind", "Made", "make", "remove"]

Inputs = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Made:
    """The id of a resource, and its computed properties."""

    id: str
    outputs: Inputs


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A type of resource.

    `named` is the input that Pulumi fills with a name of its own; `service` the endpoint's name in
    the stack's configuration; `at` the resource's address below it and `create` where it is posted,
    both filled from inputs and project; `body` what is sent, of which `patched` says
    whether a mask names it; `outputs` what Google computes, from the inputs and the resource.
    """

    named: str = ""
    is_renamed: bool = False
    service: str = ""
    at: str = ""
    create: str = ""
    body: Callable[[Inputs], Inputs] = lambda _: {}
    has_mask: bool = True
    outputs: Callable[[Cloud, Inputs, Inputs], Inputs] = lambda _cloud, _inputs, _found: {}
    make: Callable[[Cloud, Inputs], Made] | None = None
    remove: Callable[[Cloud, str, Inputs], None] | None = None


def make(cloud: Cloud, kind: Kind, name: str, inputs: Inputs) -> Made:
    """Make a resource, or bring it up to date; raises RunnerError."""
    if kind.make:
        return kind.make(cloud, inputs)
    if not kind.service:
        outputs = kind.outputs(cloud, inputs, {})
        return Made(id=str(outputs.get("id", name)), outputs=outputs)
    endpoint, body = cloud.endpoint(kind.service), kind.body(inputs)
    at = _filled(cloud, kind.at, inputs)
    found = cloud.find(endpoint + at)
    if found is None:
        created = cloud.call("POST", endpoint + _filled(cloud, kind.create, inputs), body)
        cloud.finish(endpoint, created)
    elif not _covers(found, body) or found.get("state", "ACTIVE") != "ACTIVE":
        mask = f"?updateMask={','.join(body)}" if kind.has_mask else ""
        cloud.finish(endpoint, cloud.call("PATCH", endpoint + at + mask, body))
    outputs = kind.outputs(cloud, inputs, cloud.call("GET", endpoint + at))
    return Made(id=str(outputs.get("id", at)), outputs=outputs)


def remove(cloud: Cloud, kind: Kind, id_: str, inputs: Inputs) -> None:
    """Remove a resource; one that is gone is fine."""
    if kind.remove:
        kind.remove(cloud, id_, inputs)
    elif kind.service:
        cloud.remove(cloud.endpoint(kind.service) + _filled(cloud, kind.at, inputs))


def _filled(cloud: Cloud, template: str, inputs: Inputs) -> str:
    texts = {key: quote(value, safe="/") for key, value in inputs.items() if isinstance(value, str)}
    return template.format_map({"project": cloud.project, **texts})


def _covers(found: Any, wanted: Any) -> bool:
    """Whether what is there holds all that is wanted; Google adds fields of its own."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(_covers(found.get(k), v) for k, v in wanted.items())
    if isinstance(wanted, list):
        same = isinstance(found, list) and len(found) == len(wanted)
        return same and all(map(_covers, found, wanted))
    return bool(found == wanted)


def _bucket_body(inputs: Inputs) -> Inputs:
    names = {"origins": "origin", "methods": "method", "responseHeaders": "responseHeader"}
    return {
        "name": inputs["name"],
        "location": inputs["location"],
        "labels": inputs.get("labels", {}),
        "iamConfiguration": {
            "uniformBucketLevelAccess": {"enabled": inputs["uniformBucketLevelAccess"]},
            "publicAccessPrevention": inputs["publicAccessPrevention"],
        },
        "softDeletePolicy": {
            "retentionDurationSeconds": str(inputs["softDeletePolicy"]["retentionDurationSeconds"])
        },
        "cors": [
            {names.get(key, key): value for key, value in rule.items()}
            for rule in inputs.get("cors", [])
        ],
    }


def _remove_bucket(cloud: Cloud, id_: str, inputs: Inputs) -> None:
    url = f"{cloud.endpoint('storage')}b/{id_}"
    if inputs.get("forceDestroy"):
        while items := (cloud.find(f"{url}/o") or {}).get("items"):
            for item in items:
                cloud.remove(f"{url}/o/{quote(item['name'], safe='')}")
    cloud.remove(url)


def _object_url(cloud: Cloud, inputs: Inputs) -> str:
    name = quote(inputs["name"], safe="")
    return f"{cloud.endpoint('storage')}b/{inputs['bucket']}/o/{name}"


def _make_object(cloud: Cloud, inputs: Inputs) -> Made:
    """Upload where content or headers differ from what is there, so that generations stay."""
    source = inputs.get("source")
    content = Path(source["path"]).read_bytes() if source else str(inputs["content"]).encode()
    md5 = hashlib.md5(content, usedforsecurity=False).digest()
    wanted = {key: inputs[key] for key in ("contentType", "cacheControl") if inputs.get(key)}
    wanted |= {key: inputs[key] for key in ("contentEncoding", "metadata") if inputs.get(key)}
    wanted["md5Hash"] = base64.b64encode(md5).decode()
    found = cloud.find(_object_url(cloud, inputs))
    if found is None or not _covers(found, wanted):
        found = _upload(cloud, inputs["bucket"], {**wanted, "name": inputs["name"]}, content)
    outputs = {"generation": int(found["generation"]), "outputName": inputs["name"]}
    return Made(id=f"{inputs['bucket']}-{inputs['name']}", outputs=outputs)


def _upload(cloud: Cloud, bucket: str, metadata: Inputs, content: bytes) -> Inputs:
    boundary = "gallery" + hashlib.sha256(content).hexdigest()
    head = f"--{boundary}\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"
    end = f"\r\n--{boundary}--\r\n"
    between = f"\r\n--{boundary}\r\nContent-Type: application/octet-stream\r\n\r\n"
    answer: Inputs = cloud.call(
        "POST",
        f"{cloud.origin}/upload/storage/v1/b/{bucket}/o?uploadType=multipart",
        data=f"{head}{json.dumps(metadata)}{between}".encode() + content + end.encode(),
        content_type=f"multipart/related; boundary={boundary}",
    )
    return answer


def _edit_policy(cloud: Cloud, inputs: Inputs, members: list[str]) -> Made:
    """Give the role, unconditionally, to `members` in place of the one that inputs name."""
    url = f"{cloud.endpoint('storage')}b/{inputs['bucket']}/iam"
    policy = cloud.call("GET", f"{url}?optionsRequestedPolicyVersion=3")
    former = policy.get("bindings", [])
    bindings = [{**one, "members": list(one["members"])} for one in former]
    for one in bindings:
        if one["role"] == inputs["role"] and not one.get("condition"):
            one["members"] = [member for member in one["members"] if member != inputs["member"]]
    bindings = [one for one in bindings if one["members"]]
    bindings += [{"role": inputs["role"], "members": members}] if members else []
    if bindings != former:
        cloud.call("PUT", url, {**policy, "bindings": bindings})
    return Made(
        id=f"b/{inputs['bucket']}/{inputs['role']}/{inputs['member']}", outputs={"etag": ""}
    )


def _remove_member(cloud: Cloud, _: str, inputs: Inputs) -> None:
    try:
        _edit_policy(cloud, inputs, [])
    except CloudRefusalError as refusal:
        if refusal.status != 404:  # the bucket went first, its policy with it
            raise


def _make_version(cloud: Cloud, inputs: Inputs) -> Made:
    data = base64.b64encode(inputs["secretData"].encode()).decode()
    url = f"{cloud.endpoint('secretManager')}{inputs['secret']}"
    newest = cloud.find(f"{url}/versions/latest:access")
    if newest is None or newest["payload"]["data"] != data:
        newest = cloud.call("POST", f"{url}:addVersion", {"payload": {"data": data}})
    version = newest["name"].rpartition("/")[2]
    return Made(id=f"{inputs['secret']}/versions/{version}", outputs={"version": version})


def _remove_version(cloud: Cloud, id_: str, _: Inputs) -> None:
    """Forget its data, as the engine does; the number stays taken."""
    url = cloud.endpoint("secretManager") + id_
    if (cloud.find(url) or {}).get("state") == "ENABLED":
        cloud.call("POST", f"{url}:destroy", {})


def _account(cloud: Cloud, inputs: Inputs, _: Inputs) -> Inputs:
    email = f"{inputs['accountId']}@{cloud.project}.iam.gserviceaccount.com"
    name = f"projects/{cloud.project}/serviceAccounts/{email}"
    return {"email": email, "member": f"serviceAccount:{email}", "name": name, **_unique(email)}


def _unique(text: str) -> Inputs:
    return {"uniqueId": str(int(hashlib.sha256(text.encode()).hexdigest()[:15], 16))}


def _numbered(kind: str, **outputs: str) -> Kind:
    """A recorded kind whose name Google makes up; `outputs` are filled with it, as `{name}`."""

    def computed(cloud: Cloud, inputs: Inputs, _: Inputs) -> Inputs:
        number = _unique(kind + str(inputs.get("displayName", "")))["uniqueId"]
        name = f"projects/{cloud.project}/{kind}/{number}"
        return {key: text.format(name=name, number=number) for key, text in outputs.items()}

    return Kind(outputs=computed)


def _repository(cloud: Cloud, inputs: Inputs, _: Inputs) -> Inputs:
    parent = f"projects/{cloud.project}/locations/{inputs['location']}/repositories"
    return {"id": f"{parent}/{inputs['repositoryId']}", "name": inputs["repositoryId"]}


_KEYS = "projects/{project}/locations/global/keys"
_FUNCTIONS = "projects/{project}/locations/{location}/functions"
_SECRETS = "projects/{project}/secrets"
KINDS = {
    "gcp:storage/bucket:Bucket": Kind(
        named="name", service="storage", at="b/{name}", create="b?project={project}",
        body=_bucket_body, has_mask=False, remove=_remove_bucket,
        outputs=lambda _, inputs, found: {
            "id": inputs["name"],
            "projectNumber": int(found.get("projectNumber", 0)),
            "url": f"gs://{inputs['name']}",
        },
    ),
    "gcp:storage/bucketObject:BucketObject": Kind(
        make=_make_object,
        remove=lambda cloud, _, inputs: cloud.remove(_object_url(cloud, inputs)),
    ),
    "gcp:storage/bucketIAMMember:BucketIAMMember": Kind(
        make=lambda cloud, inputs: _edit_policy(cloud, inputs, [inputs["member"]]),
        remove=_remove_member,
    ),
    "gcp:secretmanager/secret:Secret": Kind(
        named="secretId", service="secretManager", at=_SECRETS + "/{secretId}",
        create=_SECRETS + "?secretId={secretId}",
        body=lambda inputs: {
            "replication": {"automatic": {}}, "labels": inputs.get("labels", {})
        },
        outputs=lambda _cloud, _inputs, found: {"name": found["name"]},
    ),
    "gcp:secretmanager/secretVersion:SecretVersion": Kind(
        make=_make_version, remove=_remove_version
    ),
    "gcp:projects/apiKey:ApiKey": Kind(
        named="name", is_renamed=True, service="apikeys", at=_KEYS + "/{name}",
        create=_KEYS + "?keyId={name}",
        body=lambda inputs: {key: inputs[key] for key in ("displayName", "restrictions")},
        outputs=lambda cloud, _, found: {
            "uid": found["uid"],
            **cloud.call("GET", f"{cloud.endpoint('apikeys')}{found['name']}/keyString"),
        },
    ),
    "gcp:cloudfunctionsv2/function:Function": Kind(
        named="name", service="cloudfunctions2", at=_FUNCTIONS + "/{name}",
        create=_FUNCTIONS + "?functionId={name}",
        body=lambda inputs: {
            key: inputs[key] for key in ("buildConfig", "serviceConfig", "labels", "description")
        },
        outputs=lambda _, inputs, found: {
            "url": found["url"],
            "state": found["state"],
            "serviceConfig": {**inputs["serviceConfig"], "uri": found["serviceConfig"]["uri"]},
        },
    ),
    "gcp:serviceaccount/account:Account": Kind(named="accountId", outputs=_account),
    "gcp:artifactregistry/repository:Repository": Kind(outputs=_repository),
    "gcp:logging/metric:Metric": Kind(named="name"),
    "gcp:logging/projectExclusion:ProjectExclusion": Kind(named="name"),
    "gcp:monitoring/dashboard:Dashboard": _numbered("dashboards", id="{name}"),
    "gcp:monitoring/notificationChannel:NotificationChannel": _numbered(
        "notificationChannels", name="{name}"
    ),
    "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig": _numbered(
        "uptimeCheckConfigs", name="{name}", uptimeCheckId="{number}"
    ),
    "gcp:compute/globalAddress:GlobalAddress": Kind(
        outputs=lambda *_: {"address": "203.0.113.1"}  # kept for documentation: RFC 5737
    ),
    **dict.fromkeys(
        (
            "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
            "gcp:billing/budget:Budget",
            "gcp:cloudrunv2/serviceIamMember:ServiceIamMember",
            "gcp:compute/backendBucket:BackendBucket",
            "gcp:compute/backendService:BackendService",
            "gcp:compute/globalForwardingRule:GlobalForwardingRule",
            "gcp:compute/managedSslCertificate:ManagedSslCertificate",
            "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup",
            "gcp:compute/securityPolicy:SecurityPolicy",
            "gcp:compute/targetHttpProxy:TargetHttpProxy",
            "gcp:compute/targetHttpsProxy:TargetHttpsProxy",
            "gcp:compute/uRLMap:URLMap",
            "gcp:monitoring/alertPolicy:AlertPolicy",
            "gcp:projects/iAMMember:IAMMember",
            "gcp:projects/service:Service",
            "gcp:secretmanager/secretIamMember:SecretIamMember",
        ),
        Kind(),
    ),
}  # fmt: skip
