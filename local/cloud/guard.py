"""Who is let in: this machine's owner, and web pages only to what is public.

A browser runs the pages of strangers beside the local cloud. What gives them away is the name
that they ask for (DNS rebinding), the origin that a browser tells, and the types of body that a
form can send. Another user of the machine lacks the token, which only the state folder's owner can
read: 127.0.0.1 belongs to all users. For the same reason nobody is sent the token before he has
proved that he has it.
"""

import hmac
import os
import secrets
from pathlib import Path

from local.cloud.errors import CloudError, Forbidden
from local.cloud.web import Method, Request

__all__ = ["check", "is_trusted", "new_token", "proof_of", "token_of"]

_FORM_TYPES = ("", "text/plain", "multipart/form-data", "application/x-www-form-urlencoded")
_FILE = "token"


def new_token(folder: Path) -> str:
    """A fresh token for a state folder, readable by its owner alone; the former one is void."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    token = secrets.token_urlsafe(32)
    fresh = folder / f"{_FILE}.new"
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(token)
    fresh.replace(folder / _FILE)
    return token


def token_of(folder: Path) -> str:
    """The token of the server that serves, or served last; empty where none ever did."""
    try:
        return (folder / _FILE).read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return ""


def proof_of(token: str, port: int, challenge: str) -> str:
    """What only who knows the token can answer to a challenge: an HMAC-SHA256, in hex.

    The port is part of it, so that nobody can pass the challenge on to the real server.
    """
    message = f"local-cloud:{port}:{challenge}".encode()
    return hmac.new(token.encode(), message, "sha256").hexdigest()


def is_trusted(request: Request, token: str) -> bool:
    """Whether the request carries the token."""
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    return scheme == "Bearer" and hmac.compare_digest(sent.encode(), token.encode())


def check(request: Request, method: Method, port: int, token: str) -> None:
    """Raise CloudError unless the caller may call the method."""
    own = {f"127.0.0.1:{port}", f"localhost:{port}"}
    if port == 80:
        own |= {"127.0.0.1", "localhost"}
    if request.headers.get("Host") not in own:
        raise Forbidden("The Host header names another host than this one")
    if method.access == "public":
        return
    origin = request.headers.get("Origin")
    if origin is not None and origin.removeprefix("http://") not in own:
        raise Forbidden("Other sites may only read what is public")
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        raise Forbidden("Other sites may only read what is public")
    if method.access == "private" and not is_trusted(request, token):
        message = "Wants the token of the local cloud: Authorization: Bearer TOKEN"
        raise CloudError(f"{message}; ./gallery token prints it", code=401)
    has_body = bool(request.content_length) or "Transfer-Encoding" in request.headers
    is_form = request.method == "POST" and has_body and request.mimetype in _FORM_TYPES
    if is_form and "Authorization" not in request.headers:  # which a form cannot send
        raise Forbidden("A body that a web form could send, without an Authorization header")
