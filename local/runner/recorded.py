"""Resources that are only remembered: what Google would compute for them, invented.

Nothing on the local cloud behaves differently for them: services are always on, the local cloud
asks nobody for a role, and nobody looks at a dashboard.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from local.runner.cloud import Cloud

__all__ = ["RECORDED"]

Inputs = dict[str, Any]


def _account(cloud: Cloud, inputs: Inputs) -> Inputs:
    email = f"{inputs['accountId']}@{cloud.project}.iam.gserviceaccount.com"
    return {
        "email": email,
        "member": f"serviceAccount:{email}",
        "name": f"projects/{cloud.project}/serviceAccounts/{email}",
        "uniqueId": str(int(hashlib.sha256(email.encode()).hexdigest()[:15], 16)),
    }


def _repository(cloud: Cloud, inputs: Inputs) -> Inputs:
    parent = f"projects/{cloud.project}/locations/{inputs['location']}/repositories"
    return {"id": f"{parent}/{inputs['repositoryId']}", "name": inputs["repositoryId"]}


def _uptime_check(cloud: Cloud, inputs: Inputs) -> Inputs:
    id_ = hashlib.sha256(inputs["displayName"].encode()).hexdigest()[:12]
    return {"uptimeCheckId": id_, "name": f"projects/{cloud.project}/uptimeCheckConfigs/{id_}"}


def _dashboard(cloud: Cloud, _: Inputs) -> Inputs:
    id_ = hashlib.sha256(cloud.project.encode()).hexdigest()[:12]
    return {"id": f"projects/{cloud.project}/dashboards/{id_}"}


def _channel(cloud: Cloud, inputs: Inputs) -> Inputs:
    id_ = hashlib.sha256(inputs["displayName"].encode()).hexdigest()[:12]
    return {"name": f"projects/{cloud.project}/notificationChannels/{id_}"}


def _address(_: Cloud, __: Inputs) -> Inputs:
    return {"address": "203.0.113.1"}  # kept for documentation: RFC 5737


def _nothing(_: Cloud, __: Inputs) -> Inputs:
    return {}


RECORDED: dict[str, Callable[[Cloud, Inputs], Inputs]] = {
    "gcp:projects/service:Service": _nothing,
    "gcp:projects/iAMMember:IAMMember": _nothing,
    "gcp:serviceaccount/account:Account": _account,
    "gcp:artifactregistry/repository:Repository": _repository,
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": _nothing,
    "gcp:secretmanager/secretIamMember:SecretIamMember": _nothing,
    "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": _nothing,
    "gcp:logging/metric:Metric": _nothing,
    "gcp:logging/projectExclusion:ProjectExclusion": _nothing,
    "gcp:monitoring/dashboard:Dashboard": _dashboard,
    "gcp:monitoring/notificationChannel:NotificationChannel": _channel,
    "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig": _uptime_check,
    "gcp:monitoring/alertPolicy:AlertPolicy": _nothing,
    "gcp:billing/budget:Budget": _nothing,
    "gcp:compute/globalAddress:GlobalAddress": _address,
    "gcp:compute/managedSslCertificate:ManagedSslCertificate": _nothing,
    "gcp:compute/backendBucket:BackendBucket": _nothing,
    "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup": _nothing,
    "gcp:compute/securityPolicy:SecurityPolicy": _nothing,
    "gcp:compute/backendService:BackendService": _nothing,
    "gcp:compute/uRLMap:URLMap": _nothing,
    "gcp:compute/targetHttpsProxy:TargetHttpsProxy": _nothing,
    "gcp:compute/targetHttpProxy:TargetHttpProxy": _nothing,
    "gcp:compute/globalForwardingRule:GlobalForwardingRule": _nothing,
}
