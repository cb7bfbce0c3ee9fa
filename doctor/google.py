"""Google's REST APIs, as far as the doctor asks them: reading only."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import Any

from doctor.errors import RefusedError, UnreachableError
from doctor.http import fetch

__all__ = ["Google", "access_token"]

# Name of the service in `gcp:<service>CustomEndpoint` → Google's own address.
_ADDRESSES = {
    "apikeys": "https://apikeys.googleapis.com/v2/",
    "artifactRegistry": "https://artifactregistry.googleapis.com/v1/",
    "cloudfunctions2": "https://cloudfunctions.googleapis.com/v2/",
    "coreBilling": "https://cloudbilling.googleapis.com/v1/",
    "iamBeta": "https://iam.googleapis.com/v1/",
    "resourceManager": "https://cloudresourcemanager.googleapis.com/v1/",
    "secretManager": "https://secretmanager.googleapis.com/v1/",
    "serviceUsage": "https://serviceusage.googleapis.com/v1/",
    "storage": "https://storage.googleapis.com/storage/v1/",
}


def access_token(config: dict[str, str]) -> str:
    """Return a token as Pulumi's provider or gcloud would have it, empty where there is none."""
    token = config.get("gcp:accessToken") or os.environ.get("GOOGLE_OAUTH_ACCESS_TOKEN", "")
    if token or shutil.which("gcloud") is None:
        return token
    command = ["gcloud", "auth", "print-access-token", "--quiet"]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    return finished.stdout.strip() if finished.returncode == 0 else ""


@dataclass(frozen=True, kw_only=True)
class Google:
    """Google as a stack's configuration names it, or the local cloud in its place."""

    config: dict[str, str]
    token: str

    def ask(self, service: str, path: str, *, body: Any = None) -> dict[str, Any]:
        """GET, or POST a body; return the answer's JSON.

        Raises RefusedError with Google's own message, or UnreachableError.
        """
        url = self.config.get(f"gcp:{service}CustomEndpoint", _ADDRESSES[service]) + path
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = fetch(url, headers, method="GET" if body is None else "POST", body=body)
        content = answer.json()
        if answer.status != 200:
            raise RefusedError(answer.status, _message(content))
        if not isinstance(content, dict):
            raise UnreachableError(f"{url.split('?')[0]} answers something that is no JSON object")
        return content

    def all_of(self, service: str, path: str, key: str) -> list[dict[str, Any]]:
        """Return a list over all its pages; raises as `ask` does."""
        items: list[dict[str, Any]] = []
        token = ""
        while True:
            join = "&" if "?" in path else "?"
            page = self.ask(service, f"{path}{join}pageToken={token}" if token else path)
            items += page.get(key, [])
            token = page.get("nextPageToken", "")
            if not token:
                return items


def _message(content: Any) -> str:
    try:
        return " ".join(str(content["error"]["message"]).split())
    except (KeyError, TypeError):
        return "no reason given"
