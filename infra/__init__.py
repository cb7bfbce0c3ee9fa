"""The gallery as Pulumi components. Definitions only; nothing runs at import."""

from infra.gallery import ImageGallery, ImageGalleryArgs
from infra.settings import read_settings

__all__ = ["ImageGallery", "ImageGalleryArgs", "read_settings"]
