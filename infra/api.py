"""The function behind the API: its identities, its image repository, itself, and who may call it.

Owns: every grant that running and building need, and no other. Refuses the default service
account, which on most projects may edit everything.
"""

import time
from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from infra.settings import Settings

__all__ = ["GalleryApi", "Identities"]

RUNTIME = "python313"
_TIMEOUT_SECONDS = 30  # reading a changed catalog takes at most 10
_KEPT_IMAGES = 3


class Identities(pulumi.ComponentResource):
    """Who builds the function and who runs it.

    Creates: two `serviceaccount.Account`, `artifactregistry.Repository` with clean-up
    policies, and the build account's three grants: `projects.IAMMember` twice,
    `artifactregistry.RepositoryIamMember` once.
    """

    runtime: gcp.serviceaccount.Account
    build: gcp.serviceaccount.Account
    repository: gcp.artifactregistry.Repository
    grants: list[pulumi.Resource]

    def __init__(
        self,
        name: str,
        settings: Settings,
        *,
        project_number: pulumi.Output[int],
        after: Sequence[pulumi.Resource] = (),
    ) -> None:
        super().__init__("image-gallery:infra:Identities", name)
        self._name = name
        child = pulumi.ResourceOptions(parent=self, depends_on=after)
        self.runtime = gcp.serviceaccount.Account(
            "gallery-api", display_name=f"Image gallery, {settings.stack}: runs the API", opts=child
        )
        self.build = gcp.serviceaccount.Account(
            "gallery-build", display_name=f"Image gallery, {settings.stack}: builds it", opts=child
        )
        self.repository = gcp.artifactregistry.Repository(
            f"{name}-images",
            repository_id=f"image-gallery-{settings.labels['stack']}",
            location=settings.region,
            format="DOCKER",
            description="Builds of the image gallery's function",
            # Keeping alone deletes nothing; both policies are needed.
            cleanup_policies=[
                {
                    "id": "keep-recent",
                    "action": "KEEP",
                    "most_recent_versions": {"keep_count": _KEPT_IMAGES},
                },
                {"id": "delete-old", "action": "DELETE", "condition": {"older_than": "604800s"}},
            ],
            cleanup_policy_dry_run=False,
            labels=settings.labels,
            opts=child,
        )
        self.grants = [
            self._grant_logging(settings),
            self._grant_reading_sources(settings, project_number),
            self._grant_pushing_images(settings),
        ]
        self.register_outputs({})

    def _grant_logging(self, settings: Settings) -> pulumi.Resource:
        return gcp.projects.IAMMember(
            f"{self._name}-build-writes-logs",
            project=settings.project,
            role="roles/logging.logWriter",
            member=self.build.member,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _grant_reading_sources(
        self, settings: Settings, project_number: pulumi.Output[int]
    ) -> pulumi.Resource:
        """Cloud Functions copies the archive to a bucket of its own, where the build reads it."""
        expression = pulumi.Output.format(
            'resource.name.startsWith("projects/_/buckets/gcf-v2-sources-{0}-{1}")',
            project_number.apply(int),
            settings.region,
        )
        return gcp.projects.IAMMember(
            f"{self._name}-build-reads-sources",
            project=settings.project,
            role="roles/storage.objectViewer",
            member=self.build.member,
            condition={"title": "sources-of-functions-only", "expression": expression},
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _grant_pushing_images(self, settings: Settings) -> pulumi.Resource:
        return gcp.artifactregistry.RepositoryIamMember(
            f"{self._name}-build-pushes-images",
            repository=self.repository.name,
            location=settings.region,
            role="roles/artifactregistry.writer",
            member=self.build.member,
            opts=pulumi.ResourceOptions(parent=self),
        )


class GalleryApi(pulumi.ComponentResource):
    """The function, open to callers.

    Creates: `cloudfunctionsv2.Function` (entry point `choose_image`) and
    `cloudrunv2.ServiceIamMember` (anyone may call it; the function itself checks the key).
    """

    function_name: pulumi.Output[str]
    url: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        settings: Settings,
        *,
        identities: Identities,
        archive: gcp.storage.BucketObject,
        environment: dict[str, pulumi.Input[str]],
        secret_id: pulumi.Output[str],
        secret_version: pulumi.Output[str],
        after: Sequence[pulumi.Resource] = (),
    ) -> None:
        super().__init__("image-gallery:infra:GalleryApi", name)
        function = gcp.cloudfunctionsv2.Function(
            name,
            location=settings.region,
            description="Chooses a photo at random",
            labels=settings.labels,
            build_config={
                "runtime": RUNTIME,
                "entry_point": "choose_image",
                "source": {"storage_source": {"bucket": archive.bucket, "object": archive.name}},
                "service_account": identities.build.name,
                "docker_repository": identities.repository.id,
            },
            service_config=_service(
                settings, identities.runtime, environment, secret_id, secret_version
            ),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[*identities.grants, *after],
                hooks=_wait_for_grants(settings.propagation_seconds),
            ),
        )
        self.function_name = function.name
        # Not `function.url`: that has the function's name as a path.
        self.url = function.service_config.apply(lambda service: (service and service.uri) or "")
        gcp.cloudrunv2.ServiceIamMember(
            f"{name}-callable-by-all",
            name=function.name,
            location=settings.region,
            role="roles/run.invoker",
            member="allUsers",
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"url": self.url})


def _service(
    settings: Settings,
    runtime: gcp.serviceaccount.Account,
    environment: dict[str, pulumi.Input[str]],
    secret_id: pulumi.Output[str],
    secret_version: pulumi.Output[str],
) -> gcp.cloudfunctionsv2.FunctionServiceConfigArgsDict:
    """Limits, identity and environment: all that the running function has."""
    return {
        "service_account_email": runtime.email,
        "available_memory": settings.memory,
        "available_cpu": settings.cpu,
        "timeout_seconds": _TIMEOUT_SECONDS,
        "min_instance_count": settings.min_instances,
        "max_instance_count": settings.max_instances,
        "max_instance_request_concurrency": settings.concurrency,
        "ingress_settings": "ALLOW_ALL",
        "all_traffic_on_latest_revision": True,
        "environment_variables": {
            "THREADS": str(settings.concurrency),
            "GALLERY_ALLOWED_ORIGINS": "\n".join(settings.allowed_origins),
            "GALLERY_REQUIRE_KEY": str(settings.require_api_key).lower(),
            **environment,
        },
        "secret_environment_variables": [
            {
                "key": "GALLERY_API_KEYS",
                "project_id": settings.project,
                "secret": secret_id,
                "version": secret_version,
            }
        ],
    }


def _wait_for_grants(seconds: int) -> pulumi.ResourceHookBinding | None:
    """Google takes a while to know a new grant: without the wait, the first build may fail."""
    if not seconds:
        return None

    def wait(_: pulumi.ResourceHookArgs) -> None:
        pulumi.log.info(f"waiting {seconds} s until Google knows the grants")
        time.sleep(seconds)

    return pulumi.ResourceHookBinding(before_create=[pulumi.ResourceHook("wait-for-grants", wait)])
