"""The function of the original article: a client per request, the whole bucket, one name of it."""

import json
import os
import random

from flask import Request
from google.cloud import storage  # type: ignore[attr-defined]  # a namespace package


def choose_image(request: Request) -> str:  # noqa: ARG001 - the framework hands it over
    """List every object of the bucket, and return the address of one."""
    client = storage.Client()
    bucket = os.environ["BUCKET"]
    names = [blob.name for blob in client.list_blobs(bucket)]
    return json.dumps(f"https://storage.googleapis.com/{bucket}/{random.choice(names)}")
