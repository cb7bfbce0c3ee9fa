"""The whole gallery as one component, and what it takes.

Owns: how the parts depend on each other. Refuses, before anything is declared, what Google would
refuse (`image_gallery/limits.py`).
"""

import os
from pathlib import Path

import pulumi

from image_gallery.alerts import Alerts, AlertsArgs
from image_gallery.api import GalleryApi, GalleryApiArgs
from image_gallery.archive import write_archive
from image_gallery.args import ImageGalleryArgs
from image_gallery.buckets import PhotoBucket, PhotoBucketArgs
from image_gallery.budget import BudgetArgs, declare_budget
from image_gallery.function import InstanceLimits
from image_gallery.keys import HARMLESS_SERVICE
from image_gallery.labels import labels_of, title_of
from image_gallery.limits import is_given, mistakes, refuse
from image_gallery.propagation import Propagation
from image_gallery.services import EnabledServices, EnabledServicesArgs
from image_gallery.site import Site, SiteArgs
from image_gallery.tracking import Tracking, TrackingArgs
from uploader.resource import Photos

__all__ = ["ENABLED", "ImageGallery"]

ENABLED = (
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


class ImageGallery(pulumi.ComponentResource):
    """Photos of a folder, on a page of their own and behind an API.

    Creates: `EnabledServices`, `PhotoBucket`, `SourceBucket`, `Identities`, `GalleryKeys`,
    `GalleryApi`, `Photos`, `Site`, `Tracking`; with `alert_email` also `Alerts`,
    with `domain` also `Domain`, with `budget_amount` also one `billing.Budget`.
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
    dns_record: pulumi.Output[str] | None = None
    """With `domain`: what to type where the domain is kept."""

    def __init__(
        self, name: str, args: ImageGalleryArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        refuse(mistakes(name, args))
        super().__init__("image-gallery:index:ImageGallery", name, {}, opts)
        child = _after_services(name, args, self)
        photo_bucket = PhotoBucket(f"{name}-photos", _bucket_args(args), child)
        self.bucket = photo_bucket.bucket
        gallery_url = self.bucket.apply(args.gallery_url)
        api = GalleryApi(name, _api_args(args, photo_bucket, gallery_url), child)
        self.api_url, self.api_key = api.url, api.first_key
        if args.domain:
            self.api_url = pulumi.Output.from_input(f"https://{args.domain}/api")
            self.dns_record = _declare_domain(name, args, self.bucket, api, child)
        photos = Photos(
            f"{name}-photos",
            bucket=self.bucket,
            base_url=gallery_url,
            photos_dir=args.photos_dir,
            remove_many=args.remove_many or None,
            show_details=args.show_details,
            opts=pulumi.ResourceOptions(parent=self, protect=not args.deletable),
        )
        self.photo_count = photos.photo_count
        site = Site(
            f"{name}-site",
            _site_args(args, self.bucket, gallery_url, self.api_url, self.api_key),
            pulumi.ResourceOptions(parent=self),
        )
        self.site_url, self.embed = site.url, site.embed
        self.content_security_policy = site.content_security_policy
        tracking = Tracking(name, _tracking_args(args, self.bucket, api.service), child)
        self.dashboard_url = tracking.dashboard_url
        if is_given(args.alert_email):
            Alerts(name, _alerts_args(args, self.bucket, api.service, self.api_url), child)
        if args.budget_amount:
            declare_budget(f"{name}-budget", _budget_args(args, photo_bucket), child)
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
        EnabledServicesArgs(services=_services(args), hooks=enabled.made),
        pulumi.ResourceOptions(parent=parent),
    )
    return pulumi.ResourceOptions(parent=parent, depends_on=services, hooks=enabled.needed)


def _services(args: ImageGalleryArgs) -> list[str]:
    compute = ["compute"] if args.domain else []
    budgets = ["billingbudgets"] if args.budget_amount else []
    return [*ENABLED, *compute, *budgets]


def _bucket_args(args: ImageGalleryArgs) -> PhotoBucketArgs:
    return PhotoBucketArgs(
        location=args.location,
        labels=labels_of(pulumi.get_stack()),
        deletable=args.deletable,
    )


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
        behind_load_balancer=bool(args.domain),
    )


def _site_args(
    args: ImageGalleryArgs,
    bucket: pulumi.Output[str],
    gallery_url: pulumi.Output[str],
    api_url: pulumi.Output[str],
    api_key: pulumi.Output[str],
) -> SiteArgs:
    return SiteArgs(
        folder=_root() / "site",
        bucket=bucket,
        gallery_url=gallery_url,
        api_url=api_url,
        api_key=api_key,
        allowed_origins=args.allowed_origins,
        title=args.title,
        description=args.description,
        home_url=args.home_url,
        lang=args.lang,
    )


def _tracking_args(
    args: ImageGalleryArgs, bucket: pulumi.Output[str], service: pulumi.Output[str]
) -> TrackingArgs:
    return TrackingArgs(
        project=args.project,
        title=title_of(pulumi.get_stack()),
        service=service,
        bucket=bucket,
    )


def _declare_domain(
    name: str,
    args: ImageGalleryArgs,
    bucket: pulumi.Output[str],
    api: GalleryApi,
    opts: pulumi.ResourceOptions,
) -> pulumi.Output[str]:
    from image_gallery.domain import Domain, DomainArgs  # Compute alone takes a second to import

    domain = Domain(
        f"{name}-domain",
        DomainArgs(
            domain=args.domain,
            region=args.region,
            bucket=bucket,
            service=api.service,
            rate_limit=args.rate_limit,
        ),
        opts,
    )
    return pulumi.Output.format("{0}. A {1}", args.domain, domain.address)


def _budget_args(args: ImageGalleryArgs, photo_bucket: PhotoBucket) -> BudgetArgs:
    return BudgetArgs(
        title=title_of(pulumi.get_stack()),
        billing_account=args.billing_account,
        amount=args.budget_amount,
        project_number=photo_bucket.project_number,
    )


def _alerts_args(
    args: ImageGalleryArgs,
    bucket: pulumi.Output[str],
    service: pulumi.Output[str],
    api_url: pulumi.Output[str],
) -> AlertsArgs:
    return AlertsArgs(
        project=args.project,
        title=title_of(pulumi.get_stack()),
        labels=labels_of(pulumi.get_stack()),
        email=args.alert_email,
        service=service,
        api_url=api_url,
        bucket=bucket,
        max_instances=args.max_instances,
    )


def _root() -> Path:
    """Return this checkout, relative to the program: state must not say where it lies."""
    return Path(os.path.relpath(Path(__file__).parents[1]))
