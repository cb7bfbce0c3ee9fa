"""The API: the function's source, its identities, its keys, and the function.

Owns: the order of these, and the wait until Google knows the grants that building needs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from image_gallery.buckets import SourceBucket, SourceBucketArgs
from image_gallery.function import ApiFunction, ApiFunctionArgs, InstanceLimits
from image_gallery.identities import Identities, IdentitiesArgs
from image_gallery.keys import GalleryKeys, GalleryKeysArgs
from image_gallery.labels import title_of
from image_gallery.propagation import Propagation

__all__ = ["GalleryApi", "GalleryApiArgs"]


@dataclass(frozen=True, kw_only=True)
class GalleryApiArgs:
    """Where the API is, what it is built from, who may ask it, and what it may use."""

    project: str
    project_number: pulumi.Input[int]
    region: str
    location: str
    stack: str
    labels: Mapping[str, str]
    archive: str
    gallery_url: pulumi.Input[str]
    allowed_origins: Sequence[str]
    require_api_key: bool
    keys: Sequence[str]
    limits: InstanceLimits
    deletable: bool
    propagation_seconds: int
    behind_load_balancer: bool = False


class GalleryApi(pulumi.ComponentResource):
    """The API with all that it alone needs.

    Creates: `SourceBucket`, `Identities`, `GalleryKeys`, `ApiFunction`.
    """

    url: pulumi.Output[str]
    service: pulumi.Output[str]
    """The function's name, which is its Cloud Run service's as well."""
    first_key: pulumi.Output[str]
    source_bucket: pulumi.Output[str]
    """A bucket that the public cannot read."""

    def __init__(
        self, name: str, args: GalleryApiArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("image-gallery:index:GalleryApi", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        granted = Propagation(f"{name}-grants", args.propagation_seconds)
        source = SourceBucket(
            f"{name}-source",
            SourceBucketArgs(location=args.location, labels=args.labels, archive=args.archive),
            child,
        )
        identities = Identities(
            name,
            IdentitiesArgs(
                project=args.project,
                project_number=args.project_number,
                region=args.region,
                title=title_of(args.stack),
                labels=args.labels,
                hooks=granted.made,
            ),
            child,
        )
        keys = GalleryKeys(
            f"{name}-key",
            GalleryKeysArgs(
                stack=args.stack,
                labels=args.labels,
                keys=args.keys,
                deletable=args.deletable,
                reader=identities.runtime_member,
                hooks=granted.made,
            ),
            child,
        )
        function = ApiFunction(
            f"{name}-choose-image",
            _function_args(args, source, identities, keys),
            pulumi.ResourceOptions(
                parent=self, depends_on=[identities, keys], hooks=granted.needed
            ),
        )
        self.url, self.service, self.first_key = function.url, function.function_name, keys.first
        self.source_bucket = source.bucket
        self.register_outputs(
            {
                "url": self.url,
                "service": self.service,
                "firstKey": self.first_key,
                "sourceBucket": self.source_bucket,
            }
        )


def _function_args(
    args: GalleryApiArgs, source: SourceBucket, identities: Identities, keys: GalleryKeys
) -> ApiFunctionArgs:
    return ApiFunctionArgs(
        project=args.project,
        region=args.region,
        labels=args.labels,
        source_bucket=source.bucket,
        source_object=source.archive,
        build_account=identities.build_account,
        repository=identities.repository,
        runtime_email=identities.runtime_email,
        gallery_url=args.gallery_url,
        secret_id=keys.secret_id,
        secret_version=keys.version,
        allowed_origins=args.allowed_origins,
        require_api_key=args.require_api_key,
        limits=args.limits,
        behind_load_balancer=args.behind_load_balancer,
    )
