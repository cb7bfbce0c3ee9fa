"""The whole gallery as one component, and what it takes.

Owns: how the parts depend on each other. Refuses, before anything is declared, what Google would
refuse (`infra/limits.py`).
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi

from infra.alerts import Alerts, AlertsArgs
from infra.api import GalleryApi, GalleryApiArgs
from infra.archive import write_archive
from infra.buckets import PhotoBucket, PhotoBucketArgs
from infra.function import InstanceLimits
from infra.keys import HARMLESS_SERVICE
from infra.labels import labels_of, title_of
from infra.limits import BASE_URL, is_given, mistakes, refuse
from infra.propagation import Propagation
from infra.services import EnabledServices, EnabledServicesArgs
from infra.site import Site, SiteArgs
from infra.tracking import Tracking, TrackingArgs
from uploader.resource import Photos

__all__ = ["ImageGallery", "ImageGalleryArgs"]

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
    HARMLESS_SERVICE,
)


@dataclass(frozen=True, kw_only=True)
class ImageGalleryArgs:
    """What one gallery is made of: a field for each setting, described in `Pulumi.yaml`.

    Its defaults are those of `Pulumi.yaml`; a test holds the two together.
    """

    project: str
    region: str = "europe-west1"
    photos_dir: str = "photos"
    title: str = ""
    description: str = ""
    home_url: str = ""
    lang: str = ""
    show_details: bool = False
    location: str = "EU"
    base_url: str = BASE_URL
    domain: str = ""
    rate_limit: int = 0
    allowed_origins: Sequence[str] = ()
    require_api_key: bool = True
    keys: Sequence[str] = ("first",)
    max_instances: int = 3
    min_instances: int = 0
    memory: str = "512Mi"
    cpu: str = "1"
    concurrency: int = 80
    deletable: bool = False
    propagation_seconds: int = 120
    remove_many: int = 0
    alert_email: pulumi.Input[str] = ""
    budget_amount: int = 0
    billing_account: pulumi.Input[str] = ""

    def gallery_url(self, bucket: str) -> str:
        """Return the address of a photo bucket, without a slash at its end."""
        return self.base_url.rstrip("/").replace("{bucket}", bucket)


class ImageGallery(pulumi.ComponentResource):
    """Photos of a folder, on a page of their own and behind an API.

    Creates: `EnabledServices`, `PhotoBucket`, `SourceBucket`, `Identities`, `GalleryKeys`,
    `GalleryApi`, `Photos`, `Site`, `Tracking`; with `alert_email` also `Alerts`.
    Raises `pulumi.RunError`, a line for each wrong argument.
    """

    api_url: pulumi.Output[str]
    """Address of the API, which answers at its root."""
    site_url: pulumi.Output[str]
    bucket: pulumi.Output[str]
    api_key: pulumi.Output[str]
    """The first key; secret."""
    photo_count: pulumi.Output[int]
    dashboard_url: pulumi.Output[str]
    embed: pulumi.Output[str]
    """HTML to paste into a page."""
    content_security_policy: pulumi.Output[str]

    def __init__(
        self, name: str, args: ImageGalleryArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        refuse(mistakes(name, args))
        super().__init__("image-gallery:index:ImageGallery", name, {}, opts)
        child = _after_services(name, args, self)
        photo_bucket = PhotoBucket(
            f"{name}-photos",
            PhotoBucketArgs(
                location=args.location,
                labels=labels_of(pulumi.get_stack()),
                deletable=args.deletable,
            ),
            child,
        )
        self.bucket = photo_bucket.bucket
        gallery_url = self.bucket.apply(args.gallery_url)
        api = GalleryApi(name, _api_args(args, photo_bucket, gallery_url), child)
        self.api_url, self.api_key = api.url, api.first_key
        photos = Photos(
            f"{name}-photos",
            bucket=self.bucket,
            base_url=gallery_url,
            photos_dir=args.photos_dir,
            remove_many=args.remove_many or None,
            opts=pulumi.ResourceOptions(parent=self, protect=not args.deletable),
        )
        self.photo_count = photos.photo_count
        site = Site(
            f"{name}-site",
            _site_args(args, self.bucket, gallery_url, api),
            pulumi.ResourceOptions(parent=self),
        )
        self.site_url, self.embed = site.url, site.embed
        self.content_security_policy = site.content_security_policy
        tracking = Tracking(
            name,
            TrackingArgs(
                project=args.project,
                title=title_of(pulumi.get_stack()),
                service=api.service,
                bucket=self.bucket,
            ),
            child,
        )
        self.dashboard_url = tracking.dashboard_url
        if is_given(args.alert_email):
            Alerts(name, _alerts_args(args, self.bucket, api), child)
        self.register_outputs(
            {
                "apiUrl": self.api_url,
                "siteUrl": self.site_url,
                "bucket": self.bucket,
                "apiKey": self.api_key,
                "photoCount": self.photo_count,
                "dashboardUrl": self.dashboard_url,
                "embed": self.embed,
                "contentSecurityPolicy": self.content_security_policy,
            }
        )


def _after_services(
    name: str, args: ImageGalleryArgs, parent: pulumi.Resource
) -> pulumi.ResourceOptions:
    """Switch Google's services on; return the options of what waits until Google knows that."""
    enabled = Propagation(f"{name}-services", args.propagation_seconds)
    services = EnabledServices(
        f"{name}-services",
        EnabledServicesArgs(services=_SERVICES, hooks=enabled.made),
        pulumi.ResourceOptions(parent=parent),
    )
    return pulumi.ResourceOptions(parent=parent, depends_on=services, hooks=enabled.needed)


def _api_args(
    args: ImageGalleryArgs, photo_bucket: PhotoBucket, gallery_url: pulumi.Output[str]
) -> GalleryApiArgs:
    return GalleryApiArgs(
        project=args.project,
        project_number=photo_bucket.project_number,
        region=args.region,
        location=args.location,
        stack=pulumi.get_stack(),
        labels=labels_of(pulumi.get_stack()),
        archive=write_archive(_root() / "function", Path(".build")).as_posix(),
        gallery_url=gallery_url,
        allowed_origins=args.allowed_origins,
        require_api_key=args.require_api_key,
        keys=args.keys,
        limits=InstanceLimits(
            memory=args.memory,
            cpu=args.cpu,
            concurrency=args.concurrency,
            min_instances=args.min_instances,
            max_instances=args.max_instances,
        ),
        deletable=args.deletable,
        propagation_seconds=args.propagation_seconds,
    )


def _site_args(
    args: ImageGalleryArgs,
    bucket: pulumi.Output[str],
    gallery_url: pulumi.Output[str],
    api: GalleryApi,
) -> SiteArgs:
    return SiteArgs(
        folder=_root() / "site",
        bucket=bucket,
        gallery_url=gallery_url,
        api_url=api.url,
        api_key=api.first_key,
        allowed_origins=args.allowed_origins,
        title=args.title,
        description=args.description,
        home_url=args.home_url,
        lang=args.lang,
    )


def _alerts_args(args: ImageGalleryArgs, bucket: pulumi.Output[str], api: GalleryApi) -> AlertsArgs:
    return AlertsArgs(
        project=args.project,
        title=title_of(pulumi.get_stack()),
        labels=labels_of(pulumi.get_stack()),
        email=args.alert_email,
        service=api.service,
        api_url=api.url,
        bucket=bucket,
        max_instances=args.max_instances,
    )


def _root() -> Path:
    """Return this checkout, relative to the program: state must not say where it lies."""
    return Path(os.path.relpath(Path(__file__).parents[1]))
