"""Google's services that the stack uses, switched on."""

import pulumi
import pulumi_gcp as gcp

__all__ = ["EnabledServices"]

_SERVICES = (
    "apikeys",
    "artifactregistry",
    "cloudbuild",
    "cloudfunctions",
    "iam",
    "logging",
    "monitoring",
    "run",
    "secretmanager",
    "storage",
)


class EnabledServices(pulumi.ComponentResource):
    """Creates: one `projects.Service` for each service.

    They stay on after `destroy`: another stack in the same project may use them.
    """

    services: list[gcp.projects.Service]

    def __init__(self, name: str) -> None:
        super().__init__("image-gallery:infra:EnabledServices", name)
        self.services = [
            gcp.projects.Service(
                f"{name}-{service}",
                service=f"{service}.googleapis.com",
                disable_on_destroy=False,
                disable_dependent_services=False,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for service in _SERVICES
        ]
        self.register_outputs({})
