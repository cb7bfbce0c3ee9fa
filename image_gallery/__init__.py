"""The gallery as Pulumi components. Definitions only; nothing runs at import."""

from image_gallery.args import ImageGalleryArgs
from image_gallery.gallery import ImageGallery
from image_gallery.settings import read_settings

__all__ = ["ImageGallery", "ImageGalleryArgs", "read_settings"]
