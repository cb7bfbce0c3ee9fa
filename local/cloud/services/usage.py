"""Which services a project has enabled: remembered; here every service works anyway."""

from local.cloud.cloud import Cloud
from local.cloud.errors import Invalid
from local.cloud.services import operations, records
from local.cloud.storage.buckets import PROJECT_NUMBER
from local.cloud.web import Method, Record, Request, json_body

__all__ = ["METHODS"]

_COLLECTION = "serviceusage.services"
_MESSAGES = "google.api.serviceusage.v1"


def _enable(cloud: Cloud, project: str, services: list[str]) -> list[Record]:
    views = [
        {
            "name": f"projects/{PROJECT_NUMBER}/services/{service}",
            "parent": f"projects/{PROJECT_NUMBER}",
            "state": "ENABLED",
            "config": {"name": service},
        }
        for service in services
    ]
    for service, view in zip(services, views, strict=True):
        records.put(cloud.store, _COLLECTION, f"projects/{project}/services/{service}", view)
    return views


def _list(cloud: Cloud, request: Request, project: str) -> Record:
    """Those that are enabled; there are no others here."""
    if request.args.get("filter", "state:ENABLED") != "state:ENABLED":
        raise Invalid("The only filter is state:ENABLED")
    found = records.children(cloud.store, _COLLECTION, f"projects/{project}")
    return {"services": found} if found else {}


def _enable_one(cloud: Cloud, _: Request, project: str, service: str) -> Record:
    (view,) = _enable(cloud, project, [service])
    message = f"{_MESSAGES}.EnableServiceResponse"
    return operations.done(cloud, "", message, {"service": view}, "google.protobuf.Empty")


def _enable_several(cloud: Cloud, request: Request, project: str) -> Record:
    services = json_body(request).get("serviceIds")
    if not isinstance(services, list) or not all(isinstance(name, str) for name in services):
        raise Invalid("serviceIds is a list of names")
    views = {"services": _enable(cloud, project, services)}
    return operations.done(cloud, "", f"{_MESSAGES}.BatchEnableServicesResponse", views)


def _disable(cloud: Cloud, _: Request, project: str, service: str) -> Record:
    records.remove(cloud.store, _COLLECTION, f"projects/{project}/services/{service}")
    response = {"service": {"name": f"projects/{PROJECT_NUMBER}/services/{service}"}}
    message = f"{_MESSAGES}.DisableServiceResponse"
    return operations.done(cloud, "", message, response, "google.protobuf.Empty")


_ALL = "/serviceusage/v1/projects/<project>/services"
METHODS = [
    Method("serviceusage.services.list", "GET", _ALL, _list, ("filter", "pageSize")),
    Method("serviceusage.services.enable", "POST", f"{_ALL}/<id:service>:enable", _enable_one),
    Method("serviceusage.services.batchEnable", "POST", f"{_ALL}:batchEnable", _enable_several),
    Method("serviceusage.services.disable", "POST", f"{_ALL}/<id:service>:disable", _disable),
]
