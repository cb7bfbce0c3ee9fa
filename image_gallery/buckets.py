"""The two buckets: one whose objects anyone may read by name, one that nobody else may read."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

__all__ = ["PhotoBucket", "PhotoBucketArgs", "SourceBucket", "SourceBucketArgs"]


@dataclass(frozen=True, kw_only=True)
class PhotoBucketArgs:
    """Where, under which labels, and whether it may be destroyed with what is in it."""

    location: str
    labels: Mapping[str, str]
    deletable: bool


class PhotoBucket(pulumi.ComponentResource):
    """The bucket of renditions, catalog and site.

    Creates: `storage.Bucket` (uniform access, soft delete off, CORS for everyone) and
    `storage.BucketIAMMember`: anyone may read an object whose name they know, nobody may list.
    Refuses: `storage.objectViewer` for everyone, which would also list the bucket.
    """

    bucket: pulumi.Output[str]
    project_number: pulumi.Output[int]

    def __init__(
        self, name: str, args: PhotoBucketArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("image-gallery:index:PhotoBucket", name, {}, opts)
        resource = gcp.storage.Bucket(
            name,
            location=args.location,
            uniform_bucket_level_access=True,
            public_access_prevention="inherited",
            force_destroy=args.deletable,
            # A photo that is taken out is gone, and not paid for seven days longer.
            soft_delete_policy={"retention_duration_seconds": 0},
            cors=[
                {
                    "origins": ["*"],  # the objects are public
                    "methods": ["GET", "HEAD"],
                    "response_headers": ["Range", "Content-Range", "Content-Length", "ETag"],
                    "max_age_seconds": 3600,
                }
            ],
            labels=args.labels,
            opts=pulumi.ResourceOptions(parent=self, protect=not args.deletable),
        )
        # Its id is its name, but unknown until it is made: a preview of a bucket yet to be made
        # would show a name that `up` draws anew.
        self.bucket, self.project_number = resource.id, resource.project_number
        gcp.storage.BucketIAMMember(
            f"{name}-readable-by-name",
            bucket=self.bucket,
            role="roles/storage.legacyObjectReader",
            member="allUsers",
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"bucket": self.bucket, "projectNumber": self.project_number})


@dataclass(frozen=True, kw_only=True)
class SourceBucketArgs:
    """Where, under which labels, and the path of the function's archive."""

    location: str
    labels: Mapping[str, str]
    archive: str


class SourceBucket(pulumi.ComponentResource):
    """The bucket of the function's archive and of former catalogs, closed to the public by Google.

    Creates: `storage.Bucket` and `storage.BucketObject`.
    """

    bucket: pulumi.Output[str]
    archive: pulumi.Output[str]
    """The name of the archive's object, which says its content."""

    def __init__(
        self, name: str, args: SourceBucketArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("image-gallery:index:SourceBucket", name, {}, opts)
        resource = gcp.storage.Bucket(
            name,
            location=args.location,
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            force_destroy=True,  # it holds copies: of what is in the checkout, and of catalogs
            soft_delete_policy={"retention_duration_seconds": 0},
            labels=args.labels,
            opts=pulumi.ResourceOptions(parent=self),
        )
        archive = gcp.storage.BucketObject(
            f"{name}-archive",
            bucket=resource.name,
            name=args.archive.rpartition("/")[2],
            source=pulumi.FileAsset(args.archive),
            content_type="application/zip",
            # Its name says its content, so old and new stand side by side until the function moved.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=False),
        )
        self.bucket, self.archive = archive.bucket, archive.name
        self.register_outputs({"bucket": self.bucket, "archive": self.archive})
