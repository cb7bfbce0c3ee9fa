"""Every service of the local cloud; a new one is a module here and a line in METHODS."""

from local.cloud.services import (
    accounts,
    compute,
    control,
    functions,
    keys,
    operations,
    secrets,
    simple,
    unsupported,
    usage,
)
from local.cloud.storage import buckets, listing, objects, public, uploads
from local.cloud.web import Method

__all__ = ["METHODS"]

METHODS: list[Method] = [
    *control.METHODS,
    *buckets.METHODS,
    *objects.METHODS,
    *listing.METHODS,
    *uploads.METHODS,
    *public.METHODS,
    *functions.METHODS,
    *secrets.METHODS,
    *keys.METHODS,
    *accounts.METHODS,
    *usage.METHODS,
    *simple.METHODS,
    *compute.METHODS,
    *operations.METHODS,
    *unsupported.METHODS,
]
