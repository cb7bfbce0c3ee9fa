"""The gallery as Pulumi components. Definitions only; nothing runs at import."""

from infra.args import ImageGalleryArgs
from infra.gallery import ImageGallery
from infra.settings import read_settings

__all__ = ["ImageGallery", "ImageGalleryArgs", "read_settings"]
