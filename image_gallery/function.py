"""The function itself, and who may call it.

Owns: its limits and its environment, which is all that the running function has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

__all__ = ["ApiFunction", "ApiFunctionArgs", "InstanceLimits"]

_RUNTIME = "python313"
_TIMEOUT_SECONDS = 30  # reading a changed catalog takes at most 10


@dataclass(frozen=True, kw_only=True)
class InstanceLimits:
    """How large an instance is, and how many there may be."""

    memory: str
    cpu: str
    concurrency: int
    min_instances: int
    max_instances: int


@dataclass(frozen=True, kw_only=True)
class ApiFunctionArgs:
    """What is built, by whom; what runs, as whom, under which limits, and who may call."""

    project: str
    region: str
    labels: Mapping[str, str]
    source_bucket: pulumi.Input[str]
    source_object: pulumi.Input[str]
    build_account: pulumi.Input[str]
    repository: pulumi.Input[str]
    runtime_email: pulumi.Input[str]
    gallery_url: pulumi.Input[str]
    secret_id: pulumi.Input[str]
    secret_version: pulumi.Input[str]
    allowed_origins: Sequence[str]
    require_api_key: bool
    limits: InstanceLimits
    behind_load_balancer: bool = False


class ApiFunction(pulumi.ComponentResource):
    """The function, open to callers.

    Creates: `cloudfunctionsv2.Function` (entry point `choose_image`) and
    `cloudrunv2.ServiceIamMember` (anyone may call it; the function itself checks the key).
    """

    function_name: pulumi.Output[str]
    url: pulumi.Output[str]

    def __init__(
        self, name: str, args: ApiFunctionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("image-gallery:index:ApiFunction", name, {}, opts)
        function = gcp.cloudfunctionsv2.Function(
            name,
            location=args.region,
            description="Chooses a photo at random",
            labels=args.labels,
            build_config={
                "runtime": _RUNTIME,
                "entry_point": "choose_image",
                "source": {
                    "storage_source": {"bucket": args.source_bucket, "object": args.source_object}
                },
                "service_account": args.build_account,
                "docker_repository": args.repository,
            },
            service_config=_service(args),
            opts=pulumi.ResourceOptions(parent=self),
        )
        gcp.cloudrunv2.ServiceIamMember(
            f"{name}-callable-by-all",
            name=function.name,
            location=args.region,
            role="roles/run.invoker",
            member="allUsers",
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.function_name = function.name
        # Not `function.url`: that has the function's name as a path.
        self.url = function.service_config.apply(lambda service: (service and service.uri) or "")
        self.register_outputs({"functionName": self.function_name, "url": self.url})


def _service(args: ApiFunctionArgs) -> gcp.cloudfunctionsv2.FunctionServiceConfigArgsDict:
    """Return limits, identity and environment."""
    return {
        "service_account_email": args.runtime_email,
        "available_memory": args.limits.memory,
        "available_cpu": args.limits.cpu,
        "timeout_seconds": _TIMEOUT_SECONDS,
        "min_instance_count": args.limits.min_instances,
        "max_instance_count": args.limits.max_instances,
        "max_instance_request_concurrency": args.limits.concurrency,
        # Its own address would be a way around the load balancer and its limit of requests.
        "ingress_settings": (
            "ALLOW_INTERNAL_AND_GCLB" if args.behind_load_balancer else "ALLOW_ALL"
        ),
        "all_traffic_on_latest_revision": True,
        "environment_variables": {
            "THREADS": str(args.limits.concurrency),
            "GALLERY_BASE_URL": args.gallery_url,
            "GALLERY_ALLOWED_ORIGINS": "\n".join(args.allowed_origins),
            "GALLERY_REQUIRE_KEY": str(args.require_api_key).lower(),
        },
        "secret_environment_variables": [
            {
                "key": "GALLERY_API_KEYS",
                "project_id": args.project,
                "secret": args.secret_id,
                "version": args.secret_version,
            }
        ],
    }
