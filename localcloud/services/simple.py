"""The kinds of resources that are only remembered: a row each."""

from localcloud.services.recorded import Collection, methods

__all__ = ["METHODS"]


_PROJECT = "projects/<project>"
_LOCATION = "projects/<project>/locations/<location>"

_COLLECTIONS = (
    Collection(
        api="artifactregistry.projects.locations.repositories",
        root="/artifactregistry/v1/",
        parent=_LOCATION,
        kind="repositories",
        id_from=("repositoryId", "repository_id"),
        with_operations=True,
        policy="GET",
    ),
    Collection(
        api="logging.projects.metrics",
        root="/logging/v2/",
        parent=_PROJECT,
        kind="metrics",
        id_from=("name",),
        short=True,
        update="PUT",
    ),
    Collection(
        api="logging.projects.exclusions",
        root="/logging/v2/",
        parent=_PROJECT,
        kind="exclusions",
        id_from=("name",),
        short=True,
    ),
    Collection(
        api="monitoring.projects.dashboards",
        root="/monitoring/v1/",
        parent=_PROJECT,
        kind="dashboards",
    ),
    *(
        Collection(
            api=f"monitoring.projects.{kind}", root="/monitoring/v3/", parent=_PROJECT, kind=kind
        )
        for kind in ("alertPolicies", "uptimeCheckConfigs", "notificationChannels")
    ),
)

METHODS = [method for collection in _COLLECTIONS for method in methods(collection)]
