"""The two buckets: one whose objects anyone may read by name, one that nobody else may read."""

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from infra.settings import Settings

__all__ = ["PhotoBucket", "SourceBucket"]


class PhotoBucket(pulumi.ComponentResource):
    """The bucket of renditions, catalog and site.

    Creates: `storage.Bucket` (uniform access, soft delete off, CORS for everyone), and by
    `grant_reading_by_name_to_all` one `storage.BucketIAMMember`.
    Refuses: `storage.objectViewer` for everyone, which would also list the bucket.
    """

    bucket: pulumi.Output[str]
    project_number: pulumi.Output[int]

    def __init__(
        self, name: str, settings: Settings, *, after: Sequence[pulumi.Resource] = ()
    ) -> None:
        super().__init__("image-gallery:infra:PhotoBucket", name)
        resource = gcp.storage.Bucket(
            name,
            location=settings.location,
            uniform_bucket_level_access=True,
            public_access_prevention="inherited",
            force_destroy=settings.deletable,
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
            labels=settings.labels,
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=after, protect=not settings.deletable
            ),
        )
        self.bucket = resource.name
        self.project_number = resource.project_number
        self._name = name
        self.register_outputs({"bucket": self.bucket})

    def grant_reading_by_name_to_all(self) -> gcp.storage.BucketIAMMember:
        """Let anyone read an object whose name they know. Nobody may list."""
        return gcp.storage.BucketIAMMember(
            f"{self._name}-readable-by-name",
            bucket=self.bucket,
            role="roles/storage.legacyObjectReader",
            member="allUsers",
            opts=pulumi.ResourceOptions(parent=self),
        )


class SourceBucket(pulumi.ComponentResource):
    """The bucket of the function's archives, closed to the public by Google itself.

    Creates: `storage.Bucket`, and one `storage.BucketObject` by `add`.
    """

    bucket: pulumi.Output[str]

    def __init__(
        self, name: str, settings: Settings, *, after: Sequence[pulumi.Resource] = ()
    ) -> None:
        super().__init__("image-gallery:infra:SourceBucket", name)
        resource = gcp.storage.Bucket(
            name,
            location=settings.location,
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            force_destroy=True,  # it holds nothing but copies of what is in the checkout
            soft_delete_policy={"retention_duration_seconds": 0},
            labels=settings.labels,
            opts=pulumi.ResourceOptions(parent=self, depends_on=after),
        )
        self.bucket = resource.name
        self._name = name
        self.register_outputs({"bucket": self.bucket})

    def add(self, archive: str) -> gcp.storage.BucketObject:
        """Add the archive at this path, relative to the program; its name says its content."""
        return gcp.storage.BucketObject(
            f"{self._name}-archive",
            bucket=self.bucket,
            name=archive.rpartition("/")[2],
            source=pulumi.FileAsset(archive),
            content_type="application/zip",
            # Its name says its content, so old and new stand side by side until the function moved.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=False),
        )
