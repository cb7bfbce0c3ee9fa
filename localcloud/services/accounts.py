"""Service accounts and the project: remembered, for nothing here asks who is asking."""

import hashlib
from typing import Any

from localcloud.cloud import Cloud
from localcloud.errors import NotFound
from localcloud.services import records
from localcloud.services.recorded import Collection, methods, policy_methods
from localcloud.storage.buckets import PROJECT_NUMBER
from localcloud.web import Method, Request

__all__ = ["METHODS"]


def _email(id_: str, path: dict[str, str]) -> str:
    return f"{id_}@{path['project']}.iam.gserviceaccount.com"


def _computed(name: str, email: str) -> dict[str, Any]:
    digits = str(int(hashlib.sha256(name.encode()).hexdigest()[:20], 16))[:20].rjust(20, "0")
    project = name.split("/")[1]
    return {
        "email": email,
        "projectId": project,
        "uniqueId": f"1{digits}",
        "oauth2ClientId": digits,
    }


_ACCOUNTS = Collection(
    api="iam.projects.serviceAccounts",
    root="/iam/v1/",
    parent="projects/<project>",
    kind="serviceAccounts",
    id_from=("accountId",),
    wrapped="serviceAccount",
    policy="POST",
    full_id=_email,
    computed=_computed,
)


def _switch(disabled: bool, cloud: Cloud, project: str, id_: str) -> dict[str, Any]:
    name = _ACCOUNTS.name({"project": project}, id_)
    with cloud.store.transaction():
        record = records.read(cloud.store, _ACCOUNTS.api, name)
        records.put(cloud.store, _ACCOUNTS.api, name, {**record, "disabled": disabled})
    return {}


def enable(cloud: Cloud, _: Request, project: str, id_: str) -> dict[str, Any]:
    """Let it be used again."""
    return _switch(False, cloud, project, id_)


def disable(cloud: Cloud, _: Request, project: str, id_: str) -> dict[str, Any]:
    """Let it not be used."""
    return _switch(True, cloud, project, id_)


def get_project(_: Cloud, __: Request, project: str) -> dict[str, Any]:
    """Every project exists, and is the same one."""
    return {
        "projectId": project,
        "projectNumber": PROJECT_NUMBER,
        "name": project,
        "lifecycleState": "ACTIVE",
    }


def get_compute_project(_: Cloud, __: Request, project: str) -> dict[str, Any]:
    """The provider asks for a project by its number, and goes on without."""
    raise NotFound(f"The resource 'projects/{project}' was not found")


def _policy_of(_: Cloud, project: str) -> str:
    return f"cloudresourcemanager/projects/{project}"


_ONE = "/iam/v1/projects/<project>/serviceAccounts/<id:id_>"
METHODS = [
    *methods(_ACCOUNTS),
    Method(f"{_ACCOUNTS.api}.enable", "POST", f"{_ONE}:enable", enable),
    Method(f"{_ACCOUNTS.api}.disable", "POST", f"{_ONE}:disable", disable),
    Method(
        "cloudresourcemanager.projects.get", "GET", "/crm/v1/projects/<id:project>", get_project
    ),
    Method("compute.projects.get", "GET", "/compute/v1/projects/<project>", get_compute_project),
    *policy_methods(
        "cloudresourcemanager.projects", "/crm/v1/projects/<id:project>", "POST", _policy_of
    ),
]
