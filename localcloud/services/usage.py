"""Which services a project has enabled: remembered; here every service works anyway."""

from typing import Any

from localcloud.cloud import Cloud
from localcloud.errors import Invalid
from localcloud.services import operations, records
from localcloud.storage.buckets import PROJECT_NUMBER
from localcloud.web import Method, Request, json_body

__all__ = ["COLLECTION", "METHODS"]

COLLECTION = "serviceusage.services"


def _view(service: str, state: str) -> dict[str, Any]:
    name = f"projects/{PROJECT_NUMBER}/services/{service}"
    return {
        "name": name,
        "parent": f"projects/{PROJECT_NUMBER}",
        "state": state,
        "config": {"name": service},
    }


def _enable(cloud: Cloud, project: str, services: list[str]) -> list[dict[str, Any]]:
    views = [_view(service, "ENABLED") for service in services]
    for service, view in zip(services, views, strict=True):
        records.put(cloud.store, COLLECTION, f"projects/{project}/services/{service}", view)
    return views


def list_(cloud: Cloud, request: Request, project: str) -> dict[str, Any]:
    """Those that are enabled; there are no others here."""
    if request.args.get("filter", "state:ENABLED") != "state:ENABLED":
        raise Invalid("The only filter is state:ENABLED")
    return {"services": records.children(cloud.store, COLLECTION, f"projects/{project}")}


def get(cloud: Cloud, _: Request, project: str, service: str) -> dict[str, Any]:
    """One of them, enabled or not."""
    found = records.find(cloud.store, COLLECTION, f"projects/{project}/services/{service}")
    return found or _view(service, "DISABLED")


def enable(cloud: Cloud, _: Request, project: str, service: str) -> dict[str, Any]:
    """Enable one."""
    view = _enable(cloud, project, [service])[0]
    return operations.done(cloud, "", {"service": view})


def batch_enable(cloud: Cloud, request: Request, project: str) -> dict[str, Any]:
    """Enable several."""
    services = json_body(request).get("serviceIds")
    if not isinstance(services, list) or not all(isinstance(name, str) for name in services):
        raise Invalid("serviceIds is a list of names")
    return operations.done(cloud, "", {"services": _enable(cloud, project, services)})


def disable(cloud: Cloud, _: Request, project: str, service: str) -> dict[str, Any]:
    """Disable one."""
    records.remove(cloud.store, COLLECTION, f"projects/{project}/services/{service}")
    return operations.done(cloud, "", {"service": _view(service, "DISABLED")})


_ALL = "/serviceusage/v1/projects/<project>/services"
METHODS = [
    Method("serviceusage.services.list", "GET", _ALL, list_),
    Method("serviceusage.services.get", "GET", f"{_ALL}/<id:service>", get),
    Method("serviceusage.services.enable", "POST", f"{_ALL}/<id:service>:enable", enable),
    Method("serviceusage.services.batchEnable", "POST", f"{_ALL}:batchEnable", batch_enable),
    Method("serviceusage.services.disable", "POST", f"{_ALL}/<id:service>:disable", disable),
]
