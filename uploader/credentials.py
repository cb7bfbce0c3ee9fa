"""Google's credentials, as a stack or its environment gives them."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any

import google.auth
import google.auth.exceptions
from google.oauth2.credentials import Credentials as TokenCredentials

from uploader.errors import StorageError

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

__all__ = ["SCOPE", "credentials_from"]

# Touching an object is storage.objects.patch, which devstorage.read_write does not allow:
# the scopes of that method in Google's discovery document of Storage.
SCOPE = "https://www.googleapis.com/auth/devstorage.full_control"


def credentials_from(token: str | None, written: str | None) -> Credentials | None:
    """From an access token, else from credentials as JSON or the path of a file.

    None: the application default.
    """
    if token:
        return TokenCredentials(token)  # type: ignore[no-untyped-call]  # google-auth is untyped here
    if not written:
        return None
    inline = written.lstrip().startswith("{")
    load: Any = google.auth  # has no types for what follows
    load = load.load_credentials_from_dict if inline else load.load_credentials_from_file
    try:
        with warnings.catch_warnings():
            # It warns of credentials from strangers; these are the stack's own.
            warnings.simplefilter("ignore", DeprecationWarning)
            info = json.loads(written) if inline else written
            loaded: Credentials = load(info, scopes=[SCOPE])[0]
    except (google.auth.exceptions.GoogleAuthError, ValueError, OSError) as error:
        raise StorageError(f"gcp:credentials cannot be read: {error}") from None
    return loaded
