"""The kinds of resources that are only remembered: a row each."""

from local.cloud.services.recorded import Collection, methods

__all__ = ["COLLECTIONS", "METHODS"]

_LOGGING = "/logging/v2/"
COLLECTIONS = (
    Collection(
        api="artifactregistry.projects.locations.repositories",
        root="/artifactregistry/v1/",
        kind="repositories",
        parent="projects/<project>/locations/<location>",
        id_from=("repositoryId", "repository_id"),
        with_operations=True,
        policy="GET",
    ),
    Collection(
        "logging.projects.metrics", _LOGGING, "metrics", id_from=("name",), short=True, update="PUT"
    ),
    Collection(
        "logging.projects.exclusions", _LOGGING, "exclusions", id_from=("name",), short=True
    ),
    Collection(
        "logging.projects.locations.buckets",
        _LOGGING,
        "buckets",
        parent="projects/<project>/locations/<location>",
        id_from=("bucketId",),
        given=("_Default", "_Required"),
    ),
    Collection(
        "billingbudgets.billingAccounts.budgets",
        "/billingbudgets/v1/",
        "budgets",
        parent="billingAccounts/<account>",
    ),
    Collection("monitoring.projects.dashboards", "/monitoring/v1/", "dashboards"),
    *(
        Collection(f"monitoring.projects.{kind}", "/monitoring/v3/", kind)
        for kind in ("alertPolicies", "uptimeCheckConfigs", "notificationChannels")
    ),
)

METHODS = [method for collection in COLLECTIONS for method in methods(collection)]
