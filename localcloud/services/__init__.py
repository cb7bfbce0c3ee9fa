"""Every service of the local cloud; a new one is a module here and a line in METHODS."""

from localcloud.services import control
from localcloud.storage import buckets, listing, objects, public, uploads
from localcloud.web import Method

__all__ = ["METHODS"]

METHODS: list[Method] = [
    *control.METHODS,
    *buckets.METHODS,
    *objects.METHODS,
    *listing.METHODS,
    *uploads.METHODS,
    *public.METHODS,
]
