"""How each resource that has behaviour is made on the local cloud, and removed again.

A maker gets the inputs as Pulumi names them (camelCase, as in Google's REST API) and returns the
id and what Google would compute. Making is idempotent: what is there is changed, not made twice.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

from local.runner.cloud import Cloud
from local.runner.errors import CloudRefusalError

__all__ = ["MAKERS", "Made", "Maker"]

Inputs = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Made:
    """The id of a resource, and its computed properties."""

    id: str
    outputs: Inputs


@dataclass(frozen=True, kw_only=True)
class Maker:
    """Two verbs of one resource type."""

    make: Callable[[Cloud, Inputs], Made]
    remove: Callable[[Cloud, str, Inputs], None]


def _make_bucket(cloud: Cloud, inputs: Inputs) -> Made:
    buckets = cloud.endpoint("storage") + "b"
    body = {
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
            {
                "origin": rule["origins"],
                "method": rule["methods"],
                "responseHeader": rule["responseHeaders"],
                "maxAgeSeconds": rule["maxAgeSeconds"],
            }
            for rule in inputs.get("cors", [])
        ],
    }
    url = f"{buckets}/{inputs['name']}"
    if cloud.find(url) is None:
        bucket = cloud.call("POST", f"{buckets}?project={cloud.project}", body)
    else:
        bucket = cloud.call("PATCH", url, {k: v for k, v in body.items() if k != "name"})
    number = int(bucket.get("projectNumber", 0))
    return Made(
        id=inputs["name"], outputs={"projectNumber": number, "url": f"gs://{bucket['name']}"}
    )


def _remove_bucket(cloud: Cloud, id_: str, inputs: Inputs) -> None:
    url = f"{cloud.endpoint('storage')}b/{id_}"
    if inputs.get("forceDestroy"):
        while items := (cloud.find(f"{url}/o?fields=items(name)") or {}).get("items"):
            for item in items:
                cloud.remove(f"{url}/o/{quote(item['name'], safe='')}")
    cloud.remove(url)


def _make_object(cloud: Cloud, inputs: Inputs) -> Made:
    """Upload where content or headers differ from what is there, so that generations stay."""
    content = _content(inputs)
    path = f"b/{inputs['bucket']}/o"
    found = cloud.find(f"{cloud.endpoint('storage')}{path}/{quote(inputs['name'], safe='')}")
    md5 = hashlib.md5(content, usedforsecurity=False).digest().hex()
    headers = {
        key: inputs[key] for key in ("contentType", "cacheControl") if inputs.get(key) is not None
    }
    wanted = {**headers, "metadata": {"md5": md5}}
    if found is None or any(found.get(key) != value for key, value in wanted.items()):
        found = _upload(cloud, path, {**wanted, "name": inputs["name"]}, content)
    outputs = {"generation": int(found["generation"]), "outputName": inputs["name"]}
    return Made(id=f"{inputs['bucket']}-{inputs['name']}", outputs=outputs)


def _upload(cloud: Cloud, path: str, metadata: Inputs, content: bytes) -> Inputs:
    boundary = "gallery" + hashlib.sha256(content).hexdigest()
    parts = (
        f"--{boundary}\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"
        f"{json.dumps(metadata)}\r\n"
        f"--{boundary}\r\nContent-Type: {metadata.get('contentType', 'text/plain')}\r\n\r\n"
    ).encode()
    answer: Inputs = cloud.call(
        "POST",
        f"{cloud.origin}/upload/storage/v1/{path}?uploadType=multipart",
        data=parts + content + f"\r\n--{boundary}--\r\n".encode(),
        content_type=f"multipart/related; boundary={boundary}",
    )
    return answer


def _content(inputs: Inputs) -> bytes:
    source = inputs.get("source")
    if source:
        return Path(source["path"]).read_bytes()
    return str(inputs["content"]).encode()


def _remove_object(cloud: Cloud, _: str, inputs: Inputs) -> None:
    name = quote(inputs["name"], safe="")
    cloud.remove(f"{cloud.endpoint('storage')}b/{inputs['bucket']}/o/{name}")


def _make_bucket_member(cloud: Cloud, inputs: Inputs) -> Made:
    def add(bindings: list[Inputs]) -> list[Inputs]:
        return [
            *_without(bindings, inputs),
            {"role": inputs["role"], "members": [inputs["member"]]},
        ]

    _edit_policy(cloud, inputs["bucket"], add)
    id_ = f"b/{inputs['bucket']}/{inputs['role']}/{inputs['member']}"
    return Made(id=id_, outputs={"etag": ""})


def _remove_bucket_member(cloud: Cloud, _: str, inputs: Inputs) -> None:
    try:
        _edit_policy(cloud, inputs["bucket"], lambda bindings: _without(bindings, inputs))
    except CloudRefusalError as refusal:
        if refusal.status != HTTPStatus.NOT_FOUND:  # the bucket went first, its policy with it
            raise


def _edit_policy(cloud: Cloud, bucket: str, edit: Callable[[list[Inputs]], list[Inputs]]) -> None:
    url = f"{cloud.endpoint('storage')}b/{bucket}/iam"
    policy = cloud.call("GET", f"{url}?optionsRequestedPolicyVersion=3")
    bindings = edit(policy.get("bindings", []))
    if bindings != policy.get("bindings", []):
        cloud.call("PUT", url, {**policy, "bindings": bindings})


def _without(bindings: list[Inputs], inputs: Inputs) -> list[Inputs]:
    kept = []
    for binding in bindings:
        members = binding["members"]
        if binding["role"] == inputs["role"] and not binding.get("condition"):
            members = [member for member in members if member != inputs["member"]]
        if members:
            kept.append({**binding, "members": members})
    return kept


def _make_secret(cloud: Cloud, inputs: Inputs) -> Made:
    secrets = f"{cloud.endpoint('secretManager')}projects/{cloud.project}/secrets"
    name = f"projects/{cloud.project}/secrets/{inputs['secretId']}"
    if cloud.find(f"{secrets}/{inputs['secretId']}") is None:
        body = {"replication": {"automatic": {}}, "labels": inputs.get("labels", {})}
        cloud.call("POST", f"{secrets}?secretId={inputs['secretId']}", body)
    return Made(id=name, outputs={"name": name})


def _remove_secret(cloud: Cloud, id_: str, _: Inputs) -> None:
    cloud.remove(cloud.endpoint("secretManager") + id_)


def _make_secret_version(cloud: Cloud, inputs: Inputs) -> Made:
    data = base64.b64encode(inputs["secretData"].encode()).decode()
    url = f"{cloud.endpoint('secretManager')}{inputs['secret']}"
    newest = cloud.find(f"{url}/versions/latest:access")
    if newest is None or newest["payload"]["data"] != data:
        newest = cloud.call("POST", f"{url}:addVersion", {"payload": {"data": data}})
    version = newest["name"].rpartition("/")[2]
    return Made(id=f"{inputs['secret']}/versions/{version}", outputs={"version": version})


def _remove_nothing(_: Cloud, __: str, ___: Inputs) -> None:
    """Do nothing: a version goes with its secret."""


def _make_api_key(cloud: Cloud, inputs: Inputs) -> Made:
    endpoint = cloud.endpoint("apikeys")
    parent = f"projects/{cloud.project}/locations/global/keys"
    name = f"{parent}/{inputs['name']}"
    found = cloud.find(endpoint + name)
    if found is None:
        body = {"displayName": inputs["displayName"], "restrictions": inputs["restrictions"]}
        url = f"{endpoint}{parent}?keyId={inputs['name']}"
        found = cloud.finish(endpoint, cloud.call("POST", url, body))
    string = cloud.call("GET", f"{endpoint}{name}/keyString")["keyString"]
    return Made(id=name, outputs={"keyString": string, "uid": found.get("uid", "")})


def _remove_api_key(cloud: Cloud, id_: str, _: Inputs) -> None:
    cloud.remove(cloud.endpoint("apikeys") + id_)


def _make_function(cloud: Cloud, inputs: Inputs) -> Made:
    endpoint = cloud.endpoint("cloudfunctions2")
    parent = f"projects/{cloud.project}/locations/{inputs['location']}/functions"
    name = f"{parent}/{inputs['name']}"
    body = {key: inputs[key] for key in ("buildConfig", "serviceConfig", "labels", "description")}
    if cloud.find(endpoint + name) is None:
        operation = cloud.call("POST", f"{endpoint}{parent}?functionId={inputs['name']}", body)
    else:
        mask = ",".join(body)
        operation = cloud.call("PATCH", f"{endpoint}{name}?updateMask={mask}", body)
    cloud.finish(endpoint, operation)
    function = cloud.call("GET", endpoint + name)
    outputs = {
        "url": function["url"],
        "state": function["state"],
        "serviceConfig": {**inputs["serviceConfig"], "uri": function["serviceConfig"]["uri"]},
    }
    return Made(id=name, outputs=outputs)


def _remove_function(cloud: Cloud, id_: str, _: Inputs) -> None:
    cloud.remove(cloud.endpoint("cloudfunctions2") + id_)


MAKERS = {
    "gcp:storage/bucket:Bucket": Maker(make=_make_bucket, remove=_remove_bucket),
    "gcp:storage/bucketObject:BucketObject": Maker(make=_make_object, remove=_remove_object),
    "gcp:storage/bucketIAMMember:BucketIAMMember": Maker(
        make=_make_bucket_member, remove=_remove_bucket_member
    ),
    "gcp:secretmanager/secret:Secret": Maker(make=_make_secret, remove=_remove_secret),
    "gcp:secretmanager/secretVersion:SecretVersion": Maker(
        make=_make_secret_version, remove=_remove_nothing
    ),
    "gcp:projects/apiKey:ApiKey": Maker(make=_make_api_key, remove=_remove_api_key),
    "gcp:cloudfunctionsv2/function:Function": Maker(make=_make_function, remove=_remove_function),
}
