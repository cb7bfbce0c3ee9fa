"""JSON over HTTP to the local cloud, as its runner. Standard library alone."""

import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from local.runner.errors import CloudRefusalError, CloudUnreachableError, RunnerError

__all__ = ["Cloud"]

# The local cloud remembers by this who made it.
_USER_AGENT = "image-gallery-runner/1"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
# An environment for the function is installed within one operation.
_OPERATION_SECONDS = 600
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback has no proxy


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """The local cloud as a stack's configuration names it."""

    config: dict[str, str]

    @property
    def project(self) -> str:
        """The project that the stack names."""
        return self.config["gcp:project"]

    @property
    def origin(self) -> str:
        """`http://127.0.0.1:<port>`. Raises RunnerError where the stack is not on this machine."""
        endpoint = self.config.get("gcp:storageCustomEndpoint", "")
        if urlsplit(endpoint).hostname not in _LOOPBACK:
            raise RunnerError(
                "This stack has no local cloud (gcp:storageCustomEndpoint); the runner deploys "
                "nowhere else. Onto Google: pulumi up -s dev"
            )
        return "/".join(endpoint.split("/")[:3])

    def endpoint(self, service: str) -> str:
        """Return the address of one of Google's services, ending in a slash."""
        return self.config[f"gcp:{service}CustomEndpoint"]

    def call(
        self,
        method: str,
        url: str,
        body: Any = None,
        *,
        data: bytes | None = None,
        content_type: str = "application/json",
        timeout: float = _OPERATION_SECONDS,
    ) -> Any:
        """Call a method; return its answer as JSON, None where it is empty.

        Raises CloudRefusalError with the answer's message, or CloudUnreachableError.
        """
        payload = data if body is None else json.dumps(body).encode()
        headers = {"User-Agent": _USER_AGENT, "Content-Type": content_type}
        headers["Authorization"] = f"Bearer {self.config.get('gcp:accessToken', '')}"
        request = urllib.request.Request(url, payload, headers, method=method)  # noqa: S310 loopback only: `origin` checks it
        try:
            with _DIRECT.open(request, timeout=timeout) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            with error:
                raise CloudRefusalError(error.code, _message(error.read(), error.reason)) from None
        except HTTPException as error:
            raise CloudRefusalError(HTTPStatus.BAD_GATEWAY, f"no HTTP came back: {error}") from None
        except TimeoutError:
            raise CloudRefusalError(HTTPStatus.GATEWAY_TIMEOUT, "nothing came back") from None
        except OSError as error:
            reason = getattr(error, "reason", error)
            raise CloudUnreachableError(
                f"The local cloud at {self.origin} does not answer ({reason}). "
                "Start it: ./gallery serve --background"
            ) from None
        return json.loads(text) if text else None

    def find(self, url: str) -> Any:
        """Return what is at this address, None where it is not found."""
        try:
            return self.call("GET", url)
        except CloudRefusalError as refusal:
            if refusal.status == 404:
                return None
            raise

    def remove(self, url: str) -> None:
        """Delete what is at this address; nothing there is fine."""
        try:
            self.call("DELETE", url)
        except CloudRefusalError as refusal:
            if refusal.status != 404:
                raise

    def finish(self, endpoint: str, answer: dict[str, Any]) -> None:
        """Wait for an operation, if the answer is one. Raises RunnerError if that fails."""
        deadline = time.monotonic() + _OPERATION_SECONDS
        while "operations/" in answer.get("name", "") and not answer.keys() & {"response", "error"}:
            if time.monotonic() > deadline:
                raise RunnerError(f"{answer['name']} is not done after {_OPERATION_SECONDS} s.")
            answer = self.call("GET", endpoint + answer["name"])
            time.sleep(0.05)
        if "error" in answer:
            raise RunnerError(str(answer["error"].get("message", answer["error"])))


def _message(body: bytes, fallback: str) -> str:
    try:
        return str(json.loads(body)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return body.decode(errors="replace")[:300] or fallback
