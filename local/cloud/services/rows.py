"""The kinds of resources that are only remembered: a row each.

What Google fills in, its texts and the form of its answers are from its own recorded ones
(`tests/local/google.json`), the fields from its discovery documents.
"""

import uuid

from local.cloud.services.collections import Collection, methods, times
from local.cloud.services.operations import finish
from local.cloud.store import now
from local.cloud.web import Record

__all__ = ["COLLECTIONS", "METHODS"]

_MONITORING = "/monitoring/v3/projects/<project>"
_METRIC = "logging.googleapis.com/user/"


def _metric(name: str, former: Record) -> Record:
    short, project = name.rpartition("/")[2], name.split("/")[1]
    descriptor = {
        "metricKind": "DELTA",
        "valueType": "INT64",
        "unit": "1",
        **(former.get("metricDescriptor") or {}),
        "name": f"projects/{project}/metricDescriptors/{_METRIC}{short}",
        "type": f"{_METRIC}{short}",
    }
    return {**times(name, former), "name": short, "metricDescriptor": descriptor}


def _repository(name: str, former: Record) -> Record:
    return {
        **times(name, former),
        "mode": former.get("mode", "STANDARD_REPOSITORY"),
        "satisfiesPzi": True,
        "vulnerabilityScanningConfig": {"enablementState": "SCANNING_DISABLED"},
    }


def _dashboard(_name: str, _former: Record) -> Record:
    return {"etag": uuid.uuid4().hex}


def _alert(name: str, former: Record) -> Record:
    conditions = [
        {**condition, "name": condition.get("name") or f"{name}/conditions/{number + 1}"}
        for number, condition in enumerate(former.get("conditions") or [])
    ]
    changed = {"mutateTime": now()}
    return {
        "creationRecord": former.get("creationRecord") or changed,
        "mutationRecord": changed,
        **({"conditions": conditions} if conditions else {}),
    }


def _channel(_name: str, former: Record) -> Record:
    changed = {"mutateTime": now()}
    return {
        "creationRecord": former.get("creationRecord") or changed,
        "mutationRecords": [changed, *former.get("mutationRecords", [])],
    }


def _check(_name: str, former: Record) -> Record:
    return {"checkerType": former.get("checkerType", "STATIC_IP_CHECKERS")}


COLLECTIONS = (
    Collection(
        api="artifactregistry.projects.locations.repositories",
        path="/artifactregistry/v1/projects/<project>/locations/<location>/repositories",
        id_from="repositoryId",
        computed=_repository,
        policy="GET",
        finish=finish(
            "google.devtools.artifactregistry.v1.Repository",
            metadata="google.devtools.artifactregistry.v1.OperationMetadata",
            direct=("patch",),
        ),
        fields="cleanupPolicies cleanupPolicyDryRun description dockerConfig etag format kmsKeyName"
        " labels mavenConfig mode name remoteRepositoryConfig virtualRepositoryConfig"
        " vulnerabilityScanningConfig",
    ),
    Collection(
        api="logging.projects.metrics",
        path="/logging/v2/projects/<project>/metrics",
        verbs=("create", "list", "get", "update", "delete"),
        id_from="name",
        computed=_metric,
        missing="Metric {id} does not exist.",
        fields="bucketName bucketOptions description disabled filter labelExtractors"
        " metricDescriptor name valueExtractor version",
    ),
    Collection(
        api="logging.projects.exclusions",
        path="/logging/v2/projects/<project>/exclusions",
        id_from="name",
        missing="Exclusion {name} does not exist",
        fields="description disabled filter name",
    ),
    Collection(
        api="monitoring.projects.dashboards",
        path="/monitoring/v1/projects/<project>/dashboards",
        computed=_dashboard,
        fields="annotations columnLayout dashboardFilters displayName etag gridLayout labels"
        " mosaicLayout name rowLayout",
    ),
    Collection(
        api="monitoring.projects.alertPolicies",
        path=f"{_MONITORING}/alertPolicies",
        computed=_alert,
        fields="alertStrategy combiner conditions creationRecord displayName documentation enabled"
        " mutationRecord name notificationChannels severity userLabels validity",
    ),
    Collection(
        api="monitoring.projects.uptimeCheckConfigs",
        path=f"{_MONITORING}/uptimeCheckConfigs",
        computed=_check,
        missing="Config not found for check {id} in project {project}",
        fields="checkerType contentMatchers disabled displayName httpCheck internalCheckers"
        " isInternal logCheckFailures monitoredResource name period resourceGroup selectedRegions"
        " syntheticMonitor tcpCheck timeout userLabels",
    ),
    Collection(
        api="monitoring.projects.notificationChannels",
        path=f"{_MONITORING}/notificationChannels",
        computed=_channel,
        fields="creationRecord description displayName enabled labels mutationRecords name type"
        " userLabels verificationStatus",
    ),
    Collection(
        api="billingbudgets.billingAccounts.budgets",
        path="/billingbudgets/v1/billingAccounts/<account>/budgets",
        computed=lambda _name, _former: {"etag": uuid.uuid4().hex[:16]},
        fields="amount budgetFilter displayName etag name notificationsRule ownershipScope"
        " thresholdRules",
    ),
)

METHODS = [method for collection in COLLECTIONS for method in methods(collection)]
