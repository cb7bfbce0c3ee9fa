"""Google's services that the stack uses, switched on."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

__all__ = ["EnabledServices", "EnabledServicesArgs"]


@dataclass(frozen=True, kw_only=True)
class EnabledServicesArgs:
    """Which services: the first part of their names, such as `run` of run.googleapis.com."""

    services: Sequence[str]
    hooks: pulumi.ResourceHookBinding | None = None


class EnabledServices(pulumi.ComponentResource):
    """Creates: one `projects.Service` for each service.

    They stay on after `destroy`: another stack in the same project may use them.
    """

    def __init__(
        self, name: str, args: EnabledServicesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("image-gallery:index:EnabledServices", name, {}, opts)
        for service in args.services:
            gcp.projects.Service(
                f"{name}-{service}",
                service=f"{service}.googleapis.com",
                disable_on_destroy=False,
                disable_dependent_services=False,
                opts=pulumi.ResourceOptions(parent=self, hooks=args.hooks),
            )
        self.register_outputs({})
