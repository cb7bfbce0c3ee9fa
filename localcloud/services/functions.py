"""Cloud Functions, second generation, and the Cloud Run services that they are.

A function's archive is fetched when it is deployed and kept unpacked, so it runs on when the
object is gone. What is declared and what runs change together: a deployment that fails leaves
the former function as it was, and a first one leaves none.
"""

import threading
from typing import Any

from localcloud.cloud import Cloud
from localcloud.errors import BuildFailed, CloudError, Conflict, Invalid, NotFound
from localcloud.policies import grants, is_set, read_policy, remove_policy, set_policy
from localcloud.runtime.supervisor import Revision
from localcloud.services import operations, records
from localcloud.services.recorded import policy_methods
from localcloud.services.secrets import secret_text
from localcloud.storage.objects import read_object
from localcloud.store import now
from localcloud.web import Answer, Method, Request, Response, json_body

__all__ = ["COLLECTION", "METHODS", "start_all"]

COLLECTION = "cloudfunctions.projects.locations.functions"
_RUNNING = "localcloud.functions"
_INVOKERS = frozenset({"roles/run.invoker", "roles/run.admin"})


def start_all(cloud: Cloud) -> None:
    """At the start of the local cloud: every function on its former port, each in a thread."""
    running = dict(records.every(cloud.store, _RUNNING))
    cloud.functions.sweep({record["folder"] for record in running.values()})
    for name, function in records.every(cloud.store, COLLECTION):
        if name not in running:
            records.remove(cloud.store, COLLECTION, name)
            continue
        threading.Thread(
            target=_start, args=(cloud, name, function, running[name]), daemon=True
        ).start()


def _start(cloud: Cloud, name: str, function: dict[str, Any], running: dict[str, Any]) -> None:
    short = name.rpartition("/")[2]
    try:
        cloud.functions.reserve(short, running["port"])
        _set_open(cloud, name)
        cloud.functions.deploy(_revision(cloud, name, function, running["folder"]))
    except BuildFailed as error:
        cloud.functions.logs.write(short, f"Not started again: {error}")


def create(cloud: Cloud, request: Request, project: str, location: str) -> dict[str, Any]:
    """Deploy a new function."""
    id_ = request.args.get("functionId", "")
    if not id_.replace("-", "").isalnum() or not id_.isascii() or len(id_) > 63:
        raise Invalid(f"Invalid functionId: {id_!r}")
    function = _checked(json_body(request))
    parent = f"projects/{project}/locations/{location}"
    name = f"{parent}/functions/{id_}"
    record = {**function, "name": name, "createTime": now(), "environment": "GEN_2"}
    with cloud.store.transaction():
        if records.find(cloud.store, COLLECTION, name):
            raise Conflict(f"Resource '{name}' already exists")
        records.put(cloud.store, COLLECTION, name, {**record, "state": "DEPLOYING"})
    return operations.start(cloud, parent, lambda: _create(cloud, name, record))


def _create(cloud: Cloud, name: str, function: dict[str, Any]) -> dict[str, Any]:
    try:
        return _deploy(cloud, name, function)
    except (BuildFailed, CloudError):
        cloud.functions.remove(name.rpartition("/")[2])
        records.remove(cloud.store, COLLECTION, name)
        raise


def _deploy(cloud: Cloud, name: str, function: dict[str, Any]) -> dict[str, Any]:
    """Run what is declared, then write that it runs."""
    short = name.rpartition("/")[2]
    source = function["buildConfig"]["source"]["storageSource"]
    archive = read_object(cloud, source["bucket"], source["object"])
    folder = cloud.functions.unpack(cloud.blobs.path(archive.blob).read_bytes())
    port = cloud.functions.reserve(short)
    cloud.functions.deploy(_revision(cloud, name, function, folder.name))
    record = _with_outputs(cloud, name, function, port, folder.name)
    with cloud.store.transaction():
        records.put(cloud.store, COLLECTION, name, record)
        records.put(cloud.store, _RUNNING, name, {"port": port, "folder": folder.name})
    return record


def _with_outputs(
    cloud: Cloud, name: str, function: dict[str, Any], port: int, revision: str
) -> dict[str, Any]:
    """What Google computes: where it answers, and what it was built as."""
    short = name.rpartition("/")[2]
    parent = name.rpartition("/functions/")[0]
    service = {
        **function.get("serviceConfig", {}),
        "uri": f"http://127.0.0.1:{port}",
        "service": f"{parent}/services/{short}",
        "revision": f"{short}-{revision[:8]}",
    }
    build = {**function["buildConfig"], "build": f"{parent}/builds/{revision}"}
    return {
        **function,
        "buildConfig": build,
        "serviceConfig": service,
        "state": "ACTIVE",
        "updateTime": now(),
        "url": f"{cloud.url}/_functions/{short}",
    }


def _revision(cloud: Cloud, name: str, function: dict[str, Any], folder: str) -> Revision:
    service = function.get("serviceConfig", {})

    def environment() -> dict[str, str]:
        return {
            **service.get("environmentVariables", {}),
            **_secrets(cloud, service),
            **_platform(name),
        }

    return Revision(
        function=name.rpartition("/")[2],
        folder=cloud.functions.folder / folder,
        entry_point=function["buildConfig"]["entryPoint"],
        environment=environment,
        timeout=float(service.get("timeoutSeconds") or 60),
    )


def _platform(name: str) -> dict[str, str]:
    short = name.rpartition("/")[2]
    return {"K_SERVICE": short, "K_CONFIGURATION": short, "FUNCTION_SIGNATURE_TYPE": "http"}


def _secrets(cloud: Cloud, service: dict[str, Any]) -> dict[str, str]:
    """Environment from Secret Manager; raises BuildFailed where a version cannot be read."""
    values = {}
    for wanted in service.get("secretEnvironmentVariables", []):
        secret = str(wanted["secret"]).rpartition("/")[2]
        try:
            values[wanted["key"]] = secret_text(
                cloud, wanted["projectId"], secret, str(wanted.get("version", "latest"))
            )
        except CloudError as error:
            raise BuildFailed(f"secret {secret} of {wanted['key']}: {error.message}") from error
    return values


def _checked(body: dict[str, Any]) -> dict[str, Any]:
    """A declaration that can be run, as far as its shape goes; raises Invalid."""
    body = _without_nulls(body)
    try:
        source = body["buildConfig"]["source"]["storageSource"]
        texts = [source["bucket"], source["object"], body["buildConfig"]["entryPoint"]]
        service = body.get("serviceConfig", {})
        variables = service.get("environmentVariables", {})
        texts += [*variables, *variables.values()]
        for wanted in service.get("secretEnvironmentVariables", []):
            texts += [wanted["key"], wanted["projectId"], wanted["secret"]]
        float(service.get("timeoutSeconds") or 60)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Invalid(f"The function cannot be read: {error!r}") from error
    if not all(isinstance(text, str) and "\0" not in text for text in texts):
        raise Invalid("Source, entry point and environment variables are texts")
    return body


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(part) for name, part in value.items() if part is not None}
    return value


def patch(cloud: Cloud, request: Request, project: str, location: str, id_: str) -> dict[str, Any]:
    """Deploy a changed function in the former one's place."""
    parent = f"projects/{project}/locations/{location}"
    name = f"{parent}/functions/{id_}"
    former = records.read(cloud.store, COLLECTION, name)
    body = json_body(request)
    mask = request.args.get("updateMask")
    fields = [part.split(".")[0] for part in mask.split(",")] if mask else list(body)
    function = {**former, **{field: body.get(field) for field in fields if field != "name"}}
    function = _checked(function)
    return operations.start(cloud, parent, lambda: _deploy(cloud, name, function))


def get(cloud: Cloud, _: Request, project: str, location: str, id_: str) -> dict[str, Any]:
    """A function."""
    name = f"projects/{project}/locations/{location}/functions/{id_}"
    return records.read(cloud.store, COLLECTION, name)


def list_(cloud: Cloud, _: Request, project: str, location: str) -> dict[str, Any]:
    """All functions of a location."""
    parent = f"projects/{project}/locations/{location}"
    return {"functions": records.children(cloud.store, COLLECTION, parent)}


def delete(cloud: Cloud, _: Request, project: str, location: str, id_: str) -> dict[str, Any]:
    """End a function."""
    parent = f"projects/{project}/locations/{location}"
    name = f"{parent}/functions/{id_}"
    with cloud.store.transaction():
        records.remove(cloud.store, COLLECTION, name)
        cloud.store.run("DELETE FROM resources WHERE collection = ? AND name = ?", _RUNNING, name)
        remove_policy(cloud.store, _service_key(name))
        remove_policy(cloud.store, f"cloudfunctions/{name}")
    cloud.functions.remove(id_)
    return operations.done(cloud, parent, {})


def call(cloud: Cloud, request: Request, id_: str, rest: str = "") -> Response:
    """The address with the function's name as a path leads to the one with its port."""
    port = cloud.functions.port(id_)
    if port is None:
        raise NotFound(f"There is no function {id_}")
    query = f"?{request.environ['QUERY_STRING']}" if request.environ["QUERY_STRING"] else ""
    return Answer(status=307, headers={"Location": f"http://127.0.0.1:{port}/{rest}{query}"})


def _service_key(name: str) -> str:
    """The policy of the Cloud Run service behind a function."""
    return "run/" + name.replace("/functions/", "/services/")


def _function_policy(cloud: Cloud, id_: str, **path: str) -> str:
    name = f"projects/{path['project']}/locations/{path['location']}/functions/{id_}"
    records.read(cloud.store, COLLECTION, name)
    return f"cloudfunctions/{name}"


def _service_policy(cloud: Cloud, id_: str, **path: str) -> str:
    return "run/" + _function_policy(cloud, id_, **path).removeprefix("cloudfunctions/").replace(
        "/functions/", "/services/"
    )


def set_service_policy(cloud: Cloud, request: Request, **path: str) -> dict[str, Any]:
    """Who may call the function."""
    policy = set_policy(cloud, request, _service_policy(cloud, **path))
    _set_open(
        cloud, f"projects/{path['project']}/locations/{path['location']}/functions/{path['id_']}"
    )
    return policy


def _set_open(cloud: Cloud, name: str) -> None:
    """Once a policy was written, only what it grants; until then, everybody."""
    key = _service_key(name)
    is_open = not is_set(cloud.store, key) or grants(read_policy(cloud.store, key), _INVOKERS)
    cloud.functions.set_open(name.rpartition("/")[2], is_open)


_LOCAL = "projects/<project>/locations/<location>"
_ALL = f"/cloudfunctions/v2/{_LOCAL}/functions"
_ONE = f"{_ALL}/<id:id_>"


def _service_methods(version: str) -> list[Method]:
    api = (
        "run.projects.locations.services"
        if version == "v2"
        else "run.v1.projects.locations.services"
    )
    path = f"/run/{version}/{_LOCAL}/services/<id:id_>"
    made = policy_methods(api, path, "GET", _service_policy)
    return [
        Method(m.name, m.verb, m.path, set_service_policy if "setIam" in m.name else m.handler)
        for m in made
    ]


METHODS = [
    Method("cloudfunctions.call", "*", "/_functions/<id_>", call),
    Method("cloudfunctions.call.path", "*", "/_functions/<id_>/<path:rest>", call),
    Method(f"{COLLECTION}.create", "POST", _ALL, create),
    Method(f"{COLLECTION}.list", "GET", _ALL, list_),
    Method(f"{COLLECTION}.get", "GET", _ONE, get),
    Method(f"{COLLECTION}.patch", "PATCH", _ONE, patch),
    Method(f"{COLLECTION}.delete", "DELETE", _ONE, delete),
    *policy_methods(COLLECTION, _ONE, "GET", _function_policy),
    *_service_methods("v2"),
    *_service_methods("v1"),
]
