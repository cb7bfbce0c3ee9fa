"""The gallery's HTTP API: a photo at random, with its words, from a catalog in memory."""

from gallery_api.api import Gallery
from gallery_api.settings import Settings

__all__ = ["Gallery", "Settings"]
