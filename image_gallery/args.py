"""What a gallery takes: a field for each setting."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

__all__ = ["BASE_URL", "ImageGalleryArgs"]

BASE_URL = "https://{bucket}.storage.googleapis.com"
"""An origin for each bucket; the path style would give all buckets of Google's one origin."""


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
        if self.domain and self.base_url == BASE_URL:
            return f"https://{self.domain}"
        return self.base_url.rstrip("/").replace("{bucket}", bucket)
