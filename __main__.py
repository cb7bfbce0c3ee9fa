"""The image gallery: settings, components, exports."""

from pathlib import Path

import pulumi

from infra.api import GalleryApi, Identities
from infra.archive import write_archive
from infra.buckets import PhotoBucket, SourceBucket
from infra.keys import GalleryKeys
from infra.services import EnabledServices
from infra.settings import Settings
from infra.site import Site
from infra.tracking import Tracking
from uploader.resource import Photos

settings = Settings.from_stack()

# Switch Google's services on.
services = EnabledServices("services").services

# Keep photos in a bucket that anyone may read by name and no one may list.
photo_bucket = PhotoBucket("gallery-photos", settings, after=services)
photo_bucket.grant_reading_by_name_to_all()
gallery_url = photo_bucket.bucket.apply(settings.gallery_url)

# Bundle the function's source, under a name that says its content.
source_bucket = SourceBucket("gallery-source", settings, after=services)
archive = source_bucket.add(write_archive(Path("function"), Path(".build")).as_posix())

# Let one account build the function and another run it, and each do nothing else.
identities = Identities(
    "gallery", settings, project_number=photo_bucket.project_number, after=services
)

# Hand the API keys to the function, and to nobody else.
keys = GalleryKeys("gallery-key", settings, after=services)
key_grant = keys.grant_reading_to(identities.runtime.member)

# Answer with a photo chosen at random.
api = GalleryApi(
    "choose-image",
    settings,
    identities=identities,
    archive=archive,
    environment={"GALLERY_BASE_URL": gallery_url},
    secret_id=keys.secret_id,
    secret_version=keys.version,
    after=[key_grant, *services],
)

# Keep the gallery in step with the folder of photos.
photos = Photos(
    "photos",
    bucket=photo_bucket.bucket,
    base_url=gallery_url,
    photos_dir=settings.photos_dir,
    remove_many=settings.remove_many or None,
    opts=pulumi.ResourceOptions(protect=not settings.deletable),
)

# Publish the page and the embed, told where the API is.
site = Site(
    "site", settings, folder="site", bucket=photo_bucket.bucket, api_url=api.url, api_key=keys.first
)

# Count hits and views; say so when the API fails.
tracking = Tracking(
    "gallery", settings, service=api.function_name, api_url=api.url, bucket=photo_bucket.bucket
)

pulumi.export("apiUrl", api.url)
pulumi.export("siteUrl", site.url)
pulumi.export("bucket", photo_bucket.bucket)
pulumi.export("apiKey", keys.first)
pulumi.export("photoCount", photos.photo_count)
pulumi.export("dashboardUrl", tracking.dashboard_url)
pulumi.export("embed", site.embed)
pulumi.export("contentSecurityPolicy", site.content_security_policy)
