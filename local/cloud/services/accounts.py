"""Service accounts and the project: remembered, for nothing here asks who is asking."""

import hashlib

from local.cloud.cloud import Cloud
from local.cloud.errors import NotFound
from local.cloud.policies import policy_methods
from local.cloud.services.recorded import Collection, methods
from local.cloud.storage.buckets import PROJECT_NUMBER
from local.cloud.web import Method, Record, Request

__all__ = ["ACCOUNTS", "METHODS"]


def _email(id_: str, path: dict[str, str]) -> str:
    return f"{id_}@{path['project']}.iam.gserviceaccount.com"


def _computed(name: str, email: str) -> Record:
    digits = str(int(hashlib.sha256(name.encode()).hexdigest(), 16))[:20]
    project = name.split("/")[1]
    return {
        "email": email,
        "projectId": project,
        "uniqueId": f"1{digits}",
        "oauth2ClientId": digits,
    }


ACCOUNTS = Collection(
    api="iam.projects.serviceAccounts",
    root="/iam/v1/",
    kind="serviceAccounts",
    id_from=("accountId",),
    wrapped="serviceAccount",
    policy="POST",
    full_id=_email,
    computed=_computed,
)


def _get_project(_: Cloud, __: Request, project: str) -> Record:
    """Every project exists, and is the same one."""
    numbers = {"projectId": project, "projectNumber": PROJECT_NUMBER}
    return {**numbers, "name": project, "lifecycleState": "ACTIVE"}


def _get_by_number(_: Cloud, __: Request, project: str) -> Record:
    """The provider asks for a project by its number, and goes on without."""
    raise NotFound(f"The resource 'projects/{project}' was not found")


def _policy_key(_: Cloud, project: str) -> str:
    return f"cloudresourcemanager/projects/{project}"


_PROJECT = "/crm/v1/projects/<id:project>"
METHODS = [
    *methods(ACCOUNTS),
    Method("cloudresourcemanager.projects.get", "GET", _PROJECT, _get_project),
    *policy_methods("cloudresourcemanager.projects", _PROJECT, "POST", _policy_key),
    Method("compute.projects.get", "GET", "/compute/v1/projects/<project>", _get_by_number),
]
