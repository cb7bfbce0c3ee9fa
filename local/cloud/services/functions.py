"""Cloud Functions, second generation, and the Cloud Run services that they are.

A function's archive is fetched when it is deployed and kept unpacked, so it runs on when the
object is gone. What is declared and what runs change together: a deployment that fails leaves
the former function as it was; a first one leaves a function that is FAILED, which the next
deployment mends.
"""

import re
import threading
from dataclasses import replace
from functools import partial
from typing import Any

from local.cloud.cloud import Cloud
from local.cloud.errors import BuildFailed, CloudError, Invalid, NotFound
from local.cloud.functions.supervisor import Revision
from local.cloud.policies import grants, is_set, policy_methods, remove_policy
from local.cloud.services import operations, records
from local.cloud.services.secrets import secret_text
from local.cloud.storage.objects import read_object
from local.cloud.store import now
from local.cloud.web import Answer, Method, Record, Request, Response, camel, json_body

__all__ = ["METHODS", "start_all"]

_API = "cloudfunctions.projects.locations.functions"
_MESSAGE = "google.cloud.functions.v2.Function"
_FIELDS = {
    "buildConfig", "description", "environment", "eventTrigger", "kmsKeyName", "labels", "name",
    "serviceConfig",
}  # fmt: skip
_RUNNING = "local.functions"  # the port and the folder of each
_INVOKERS = frozenset({"roles/run.invoker", "roles/run.admin"})


def start_all(cloud: Cloud) -> None:
    """At the start of the local cloud: every function on its former port, each in a thread."""
    running = dict(records.every(cloud.store, _RUNNING))
    cloud.functions.sweep({record["folder"] for record in running.values()})
    for name, function in records.every(cloud.store, _API):
        if name in running:
            arguments = (cloud, name, function, running[name])
            threading.Thread(target=_start, args=arguments, daemon=True).start()
        elif function["state"] == "DEPLOYING":  # its first deployment was interrupted
            _fail(cloud, name, function, "The local cloud was stopped meanwhile.")


def _start(cloud: Cloud, name: str, function: Record, running: Record) -> None:
    try:
        cloud.functions.reserve(_short(name), running["port"])
        _set_open(cloud, name)
        cloud.functions.deploy(_revision(cloud, name, function, running["folder"]))
    except BuildFailed as error:
        cloud.functions.logs.write(_short(name), f"Not started again: {error}")


def _name(path: dict[str, str]) -> str:
    return f"projects/{path['project']}/locations/{path['location']}/functions/{path['id_']}"


def _parent(name: str) -> str:
    return name.rpartition("/functions/")[0]


def _short(name: str) -> str:
    return name.rpartition("/")[2]


def _create(cloud: Cloud, request: Request, **path: str) -> Record:
    path["id_"] = request.args.get("functionId") or request.args.get("function_id", "")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,62}", path["id_"]):
        raise Invalid(f"Invalid functionId: {path['id_']!r}")
    name = _name(path)
    made = {"name": name, "createTime": now(), "environment": "GEN_2", "state": "DEPLOYING"}
    function = {**_checked(json_body(request)), **made}
    records.add(cloud.store, _API, name, function)
    work = partial(_deploy_first, cloud, name, function)
    return operations.start(cloud, _parent(name), _MESSAGE, work)


def _deploy_first(cloud: Cloud, name: str, function: Record) -> Record:
    try:
        return _deploy(cloud, name, function)
    except (BuildFailed, CloudError) as error:
        cloud.functions.remove(_short(name))
        _fail(cloud, name, function, str(error))
        raise


def _fail(cloud: Cloud, name: str, function: Record, reason: str) -> None:
    message = {"severity": "ERROR", "type": "CloudRunServiceNotFound", "message": reason}
    failed = {**function, "state": "FAILED", "stateMessages": [message], "updateTime": now()}
    records.put(cloud.store, _API, name, failed)


def _patch(cloud: Cloud, request: Request, **path: str) -> Record:
    """Deploy a changed function in the former one's place."""
    name, body = _name(path), json_body(request)
    former = _read(cloud, name)
    mask = request.args.get("updateMask") or request.args.get("update_mask")
    fields = {camel(part.split(".")[0]) for part in mask.split(",")} if mask else set(body)
    if unknown := fields - _FIELDS:
        raise Invalid(f"Invalid updateMask path: {min(unknown)}")
    changed = {field: body.get(field) for field in fields - {"name"}}
    function = _checked({**former, **changed})
    return operations.start(cloud, _parent(name), _MESSAGE, lambda: _deploy(cloud, name, function))


def _deploy(cloud: Cloud, name: str, function: Record) -> Record:
    """Run what is declared, then write that it runs."""
    source = function["buildConfig"]["source"]["storageSource"]
    archive = read_object(cloud, source["bucket"], source["object"])
    if not archive.trusted:
        raise BuildFailed(f"{source['object']} was uploaded without the token; it is not run")
    folder = cloud.functions.unpack(cloud.blobs.path(archive.blob).read_bytes())
    port = cloud.functions.reserve(_short(name))
    cloud.functions.deploy(_revision(cloud, name, function, folder.name))
    with cloud.store.transaction():
        records.put(cloud.store, _RUNNING, name, {"port": port, "folder": folder.name})
        function = {**function, **_outputs(cloud, name, function, port, folder.name)}
        function.pop("stateMessages", None)
        return records.put(cloud.store, _API, name, function)


def _outputs(cloud: Cloud, name: str, function: Record, port: int, revision: str) -> Record:
    """What Google computes: where it answers, and what it was built as."""
    short, parent = _short(name), _parent(name)
    service = {
        "uri": f"http://127.0.0.1:{port}",
        "service": f"{parent}/services/{short}",
        "revision": f"{short}-{revision[:8]}",
    }
    return {
        "buildConfig": {**function["buildConfig"], "build": f"{parent}/builds/{revision}"},
        "serviceConfig": {**function.get("serviceConfig", {}), **service},
        "state": "ACTIVE",
        "updateTime": now(),
        "url": f"{cloud.url}/_functions/{short}",
    }


def _revision(cloud: Cloud, name: str, function: Record, folder: str) -> Revision:
    service = function.get("serviceConfig", {})

    def environment() -> dict[str, str]:
        declared = service.get("environmentVariables", {})
        timeout = str(service.get("timeoutSeconds", 60))
        platform = {"K_SERVICE": _short(name), "CLOUD_RUN_TIMEOUT_SECONDS": timeout}
        return {**declared, **_secrets(cloud, service), **platform}

    return Revision(
        function=_short(name),
        folder=cloud.functions.folder / folder,
        entry_point=function["buildConfig"]["entryPoint"],
        environment=environment,
    )


def _secrets(cloud: Cloud, service: Record) -> dict[str, str]:
    """Environment from Secret Manager; raises BuildFailed where a version cannot be read."""
    values = {}
    for wanted in service.get("secretEnvironmentVariables", []):
        secret, version = wanted["secret"].rpartition("/")[2], wanted.get("version", "latest")
        try:
            values[wanted["key"]] = secret_text(cloud, wanted["projectId"], secret, version)
        except CloudError as error:
            raise BuildFailed(f"secret {secret} of {wanted['key']}: {error}") from error
    return values


def _checked(body: Record) -> Record:
    """A declaration that can be run, as far as its shape goes; raises Invalid."""
    body = _without_nulls(body)
    try:
        build, service = body["buildConfig"], body.get("serviceConfig", {})
        source, variables = (
            build["source"]["storageSource"],
            service.get("environmentVariables", {}),
        )
        texts = [source["bucket"], source["object"], build["entryPoint"], *variables.values()]
        for wanted in service.get("secretEnvironmentVariables", []):
            texts += [wanted["key"], wanted["projectId"], wanted["secret"]]
            texts.append(wanted.get("version", "latest"))
        float(service.get("timeoutSeconds", 60))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Invalid(f"The function cannot be read: {error!r}") from error
    if not all(isinstance(text, str) and "\0" not in text for text in (*texts, *variables)):
        raise Invalid("Source, entry point, variables and secrets are texts")
    return dict(body)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(part) for name, part in value.items() if part is not None}
    return value


def _read(cloud: Cloud, name: str) -> Record:
    function = records.find(cloud.store, _API, name)
    if function is None:
        raise NotFound(f"Resource '{name}' was not found")
    return function


def _get(cloud: Cloud, _: Request, **path: str) -> Record:
    return _read(cloud, _name(path))


def _list(cloud: Cloud, _: Request, **path: str) -> Record:
    parent = _parent(_name({**path, "id_": ""}))
    found = records.children(cloud.store, _API, parent)
    return {"functions": found} if found else {}


def _delete(cloud: Cloud, _: Request, **path: str) -> Record:
    name = _name(path)
    with cloud.store.transaction():
        records.remove(cloud.store, _API, name)
        cloud.store.run("DELETE FROM resources WHERE collection = ? AND name = ?", _RUNNING, name)
        for key in (f"cloudfunctions/{name}", _service_key(name)):
            remove_policy(cloud.store, key)
    cloud.functions.remove(_short(name))
    metadata = "google.cloud.functions.v2.OperationMetadata"
    return operations.done(cloud, _parent(name), "google.protobuf.Empty", {}, metadata)


def _call(cloud: Cloud, request: Request, id_: str, rest: str = "") -> Response:
    """The address with the function's name as a path leads to the one with its port."""
    port = cloud.functions.port(id_)
    if port is None:
        raise NotFound(f"There is no function {id_}")
    query = request.environ["QUERY_STRING"]
    location = f"http://127.0.0.1:{port}/{rest}" + (f"?{query}" if query else "")
    return Answer(status=307, headers={"Location": location})


def _service_key(name: str) -> str:
    """The policy of the Cloud Run service behind a function."""
    return "run/" + name.replace("/functions/", "/services/")


def _function_policy(cloud: Cloud, **path: str) -> str:
    _read(cloud, _name(path))
    return f"cloudfunctions/{_name(path)}"


def _service_policy(cloud: Cloud, **path: str) -> str:
    return _service_key(_function_policy(cloud, **path).removeprefix("cloudfunctions/"))


def _set_open(cloud: Cloud, name: str) -> None:
    """Once a policy was written, only whom it grants; until then, everybody."""
    key = _service_key(name)
    is_open = not is_set(cloud.store, key) or grants(cloud.store, key, _INVOKERS)
    cloud.functions.set_open(_short(name), is_open)


def _opening(method: Method) -> Method:
    """A written policy decides at once who may call."""

    def handler(cloud: Cloud, request: Request, **path: str) -> Any:
        result = method.handler(cloud, request, **path)
        _set_open(cloud, _name(path))
        return result

    return replace(method, handler=handler)


def _list_locations(_: Cloud, __: Request, project: str) -> Record:
    """The regions that the sample stacks name; a function runs here in any."""
    return {
        "locations": [
            {
                "name": f"projects/{project}/locations/{region}",
                "locationId": region,
                "displayName": region,
                "metadata": {
                    "@type": "type.googleapis.com/google.cloud.functions.v2.LocationMetadata",
                    "environments": ["GEN_1", "GEN_2"],
                },
            }
            for region in _REGIONS
        ]
    }


_REGIONS = ("europe-west1", "europe-west3", "us-central1", "us-east1")
_LOCAL = "projects/<project>/locations/<location>"
_ALL = f"/cloudfunctions/v2/{_LOCAL}/functions"
_ONE = f"{_ALL}/<id:id_>"

_ROWS = (
    (f"{_API}.create", "POST", _ALL, _create, "functionId"),
    (f"{_API}.list", "GET", _ALL, _list, "pageSize"),
    (f"{_API}.get", "GET", _ONE, _get, "revision"),
    (f"{_API}.patch", "PATCH", _ONE, _patch, "updateMask"),
    (f"{_API}.delete", "DELETE", _ONE, _delete, ""),
)
_CALL = "/_functions/<id_>/<rest:rest>"
METHODS = [
    *(
        Method(name, verb, path, handler, (parameter,), "private")
        for name, verb, path, handler, parameter in _ROWS
    ),
    Method(
        "cloudfunctions.projects.locations.list",
        "GET",
        "/cloudfunctions/v2/projects/<project>/locations",
        _list_locations,
        ("pageSize",),
        "private",
    ),
    Method("cloudfunctions.call", "*", "/_functions/<id_>", _call, None, "public"),
    Method("cloudfunctions.call.path", "*", _CALL, _call, None, "public"),
    *policy_methods(_API, _ONE, "GET", _function_policy, access="private"),
    *(
        _opening(method)
        for method in policy_methods(
            "run.projects.locations.services",
            f"/run/v2/{_LOCAL}/services/<id:id_>",
            "GET",
            _service_policy,
            access="private",
        )
    ),
]
