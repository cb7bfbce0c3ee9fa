"""Methods of Google's that the local cloud knows by name and does not have: they answer 501."""

from typing import NoReturn

from local.cloud.cloud import Cloud
from local.cloud.errors import Unsupported
from local.cloud.web import Method, Request

__all__ = ["METHODS"]

_OBJECT = "/storage/v1/b/<bucket>/o/<name>"
_ROWS = (
    ("storage.objects.copy", "POST", f"{_OBJECT}/copyTo/b/<b>/o/<o>"),
    ("storage.objects.rewrite", "POST", f"{_OBJECT}/rewriteTo/b/<b>/o/<o>"),
    ("storage.objects.move", "POST", f"{_OBJECT}/moveTo/o/<o>"),
    ("storage.objects.compose", "POST", f"{_OBJECT}/compose"),
    ("storage.objects.restore", "POST", f"{_OBJECT}/restore"),
    ("storage.objectAccessControls.list", "GET", f"{_OBJECT}/acl"),
    ("storage.objectAccessControls.insert", "POST", f"{_OBJECT}/acl"),
    ("storage.objects.watchAll", "POST", "/storage/v1/b/<bucket>/o/watch"),
    ("storage.objects.bulkRestore", "POST", "/storage/v1/b/<bucket>/o/bulkRestore"),
    ("storage.bucketAccessControls.list", "GET", "/storage/v1/b/<bucket>/acl"),
    ("storage.bucketAccessControls.insert", "POST", "/storage/v1/b/<bucket>/acl"),
    ("storage.defaultObjectAccessControls.list", "GET", "/storage/v1/b/<bucket>/defaultObjectAcl"),
    ("storage.notifications.list", "GET", "/storage/v1/b/<bucket>/notificationConfigs"),
    ("storage.folders.list", "GET", "/storage/v1/b/<bucket>/folders"),
    ("storage.managedFolders.list", "GET", "/storage/v1/b/<bucket>/managedFolders"),
    ("storage.buckets.lockRetentionPolicy", "POST", "/storage/v1/b/<bucket>/lockRetentionPolicy"),
    ("storage.projects.serviceAccount.get", "GET", "/storage/v1/projects/<p>/serviceAccount"),
    ("run.projects.locations.services.list", "GET", "/run/v2/projects/<p>/locations/<l>/services"),
    (
        "run.projects.locations.services.create",
        "POST",
        "/run/v2/projects/<p>/locations/<l>/services",
    ),
    (
        "run.projects.locations.services.get",
        "GET",
        "/run/v2/projects/<p>/locations/<l>/services/<id:s>",
    ),
    (
        "apigateway.projects.locations.apis.create",
        "POST",
        "/apigateway/v1/projects/<p>/locations/<l>/apis",
    ),
    (
        "apigateway.projects.locations.apis.get",
        "GET",
        "/apigateway/v1/projects/<p>/locations/<l>/apis/<a>",
    ),
)


def _method(name: str, verb: str, path: str) -> Method:
    def refuse(_: Cloud, __: Request, **___: str) -> NoReturn:
        raise Unsupported(f"The local cloud does not have the method {name}")

    return Method(name, verb, path, refuse)


METHODS = [_method(*row) for row in _ROWS]
