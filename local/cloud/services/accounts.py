"""Service accounts and the project: remembered, for nothing here asks who is asking."""

import base64
import hashlib
import os

from local.cloud.cloud import Cloud
from local.cloud.errors import NotFound
from local.cloud.policies import policy_methods
from local.cloud.services.collections import Collection, methods
from local.cloud.storage.buckets import PROJECT_NUMBER
from local.cloud.web import Method, Record, Request

__all__ = ["ACCOUNTS", "METHODS"]

_HOST = ".iam.gserviceaccount.com"


def _computed(name: str, _former: Record) -> Record:
    digits = str(int(hashlib.sha256(name.encode()).hexdigest(), 16))[:20]
    return {
        "email": name.rpartition("/")[2],
        "projectId": name.split("/")[1],
        "uniqueId": f"1{digits}",
        "oauth2ClientId": digits,
        "etag": base64.b64encode(os.urandom(8)).decode(),
    }


class _Accounts(Collection):
    """Named by an address, which is made of the id and the project."""

    def name(self, path: dict[str, str], id_: str = "") -> str:
        """The full name; a new one has an id and no address yet.

        The project of an address may be left out as `-`:
        cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/get
        """
        address = id_ or path["id_"]
        if path["project"] == "-" and "@" in address:
            path = {**path, "project": address.partition("@")[2].removesuffix(_HOST)}
        if id_ and "@" not in id_:
            id_ = f"{id_}@{path['project']}{_HOST}"
        return super().name(path, id_)


ACCOUNTS = _Accounts(
    api="iam.projects.serviceAccounts",
    path="/iam/v1/projects/<project>/serviceAccounts",
    id_from="accountId",
    listed="accounts",
    wrapped="serviceAccount",
    computed=_computed,
    policy="POST",
    missing="Unknown service account",
)


def _get_project(_: Cloud, __: Request, project: str) -> Record:
    """Every project exists, and is the same one."""
    numbers = {"projectId": project, "projectNumber": PROJECT_NUMBER}
    created = "2024-01-01T00:00:00.000Z"
    return {**numbers, "name": project, "lifecycleState": "ACTIVE", "createTime": created}


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
