"""What the platform loads: the entry point, with the settings read once at this door."""

from flask import Request, Response
from gallery_api import Gallery, Settings

_gallery = Gallery(Settings.from_environment())


def choose_image(request: Request) -> Response:
    """Answer one request of the gallery's API."""
    return _gallery.answer(request)
