"""Who builds the function and who runs it, and where its images lie.

Owns: every grant that building needs, and no other. Refuses the default service accounts, which
on most projects may edit everything.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

__all__ = ["Identities", "IdentitiesArgs"]

_KEPT_IMAGES = 3
_OLD = "604800s"  # a week


@dataclass(frozen=True, kw_only=True)
class IdentitiesArgs:
    """Where, for whom, and what the build's grants wait for."""

    project: str
    project_number: pulumi.Input[int]
    region: str
    title: str
    labels: Mapping[str, str]
    hooks: pulumi.ResourceHookBinding | None = None


class Identities(pulumi.ComponentResource):
    """The accounts of one function, and its image repository.

    Creates: two `serviceaccount.Account`, `artifactregistry.Repository` with clean-up policies,
    and the build account's three grants: `projects.IAMMember` twice,
    `artifactregistry.RepositoryIamMember` once.
    """

    runtime_email: pulumi.Output[str]
    runtime_member: pulumi.Output[str]
    build_account: pulumi.Output[str]
    """The build account's full name, `projects/…/serviceAccounts/…`."""
    repository: pulumi.Output[str]
    """The repository's full name, `projects/…/locations/…/repositories/…`."""

    def __init__(
        self, name: str, args: IdentitiesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("image-gallery:index:Identities", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        granted = pulumi.ResourceOptions(parent=self, hooks=args.hooks)
        runtime = gcp.serviceaccount.Account(
            f"{name}-api", display_name=f"{args.title}: runs the API", opts=child
        )
        build = gcp.serviceaccount.Account(
            f"{name}-build", display_name=f"{args.title}: builds it", opts=child
        )
        repository = _repository(f"{name}-images", args, self)
        gcp.projects.IAMMember(
            f"{name}-build-writes-logs",
            project=args.project,
            role="roles/logging.logWriter",
            member=build.member,
            opts=granted,
        )
        gcp.projects.IAMMember(
            f"{name}-build-reads-sources",
            project=args.project,
            role="roles/storage.objectViewer",
            member=build.member,
            condition={
                "title": "sources-of-functions-only",
                "expression": _sources_only(args.project_number, args.region),
            },
            opts=granted,
        )
        gcp.artifactregistry.RepositoryIamMember(
            f"{name}-build-pushes-images",
            repository=repository.name,
            location=args.region,
            role="roles/artifactregistry.writer",
            member=build.member,
            opts=granted,
        )
        self.runtime_email, self.runtime_member = runtime.email, runtime.member
        self.build_account, self.repository = build.name, repository.id
        self.register_outputs(
            {
                "runtimeEmail": self.runtime_email,
                "runtimeMember": self.runtime_member,
                "buildAccount": self.build_account,
                "repository": self.repository,
            }
        )


def _repository(
    name: str, args: IdentitiesArgs, parent: pulumi.Resource
) -> gcp.artifactregistry.Repository:
    """Pulumi names everything but `repository_id`: a name drawn here lasts as long as the state.

    A fixed one would end every `up` in 409 after one that was killed while it made the repository.
    """
    return gcp.artifactregistry.Repository(
        name,
        repository_id=f"{name}-{secrets.token_hex(4)[:7]}",
        location=args.region,
        format="DOCKER",
        description="Builds of the image gallery's function",
        # Keeping alone deletes nothing; both policies are needed.
        cleanup_policies=[
            {
                "id": "keep-recent",
                "action": "KEEP",
                "most_recent_versions": {"keep_count": _KEPT_IMAGES},
            },
            {"id": "delete-old", "action": "DELETE", "condition": {"older_than": _OLD}},
        ],
        cleanup_policy_dry_run=False,
        labels=args.labels,
        opts=pulumi.ResourceOptions(parent=parent, ignore_changes=["repositoryId"]),
    )


def _sources_only(project_number: pulumi.Input[int], region: str) -> pulumi.Output[str]:
    """Cloud Functions copies the archive to a bucket of its own, where the build reads it.

    The bucket itself or what is in it: europe-west1 must not fit europe-west10 as well.
    cloud.google.com/iam/docs/conditions-resource-attributes#resource-name
    """

    def expression(number: int) -> str:
        bucket = f"projects/_/buckets/gcf-v2-sources-{int(number)}-{region}"
        return f'resource.name == "{bucket}" || resource.name.startsWith("{bucket}/")'

    return pulumi.Output.from_input(project_number).apply(expression)
