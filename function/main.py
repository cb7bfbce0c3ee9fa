"""What the platform loads: the entry point, with the settings read once at this door."""

import flask
import functions_framework
from gallery_api.api import Gallery
from gallery_api.settings import Settings

_gallery = Gallery(Settings.from_environment())


def choose_image(request: flask.Request) -> flask.Response:
    """Answer one request of the gallery's API."""
    return _gallery.answer(request)


@functions_framework.errorhandler(404)  # type: ignore[untyped-decorator]  # the framework has no types
def choose_image_after_all(error: Exception) -> flask.Response:  # noqa: ARG001 - Flask passes it
    """Answer what the framework would refuse in HTML: /robots.txt, a line feed in a path."""
    return _gallery.answer(flask.request)
