"""What goes wrong, and the problem that is sent.

Problem            a request is refused: one of PROBLEMS
CatalogUnreadable  storage did not hand the catalog over, or it is not to be believed
"""

__all__ = ["PROBLEMS", "CatalogUnreadable", "Problem"]

PROBLEMS = {
    "bad-request": (400, "Bad request"),
    "unauthorized": (401, "Unauthorized"),
    "gallery-empty": (404, "Gallery is empty"),
    "no-match": (404, "No photo matches"),
    "no-such-photo": (404, "No such photo"),
    "not-found": (404, "Not found"),
    "method-not-allowed": (405, "Method not allowed"),
    "uri-too-long": (414, "Address too long"),
    "catalog-unavailable": (503, "Catalog unavailable"),
    "key-not-configured": (503, "Key not configured"),
}


class CatalogUnreadable(Exception):
    """The catalog could not be had; the message is the reason."""


class Problem(Exception):
    """A refusal: its name, a detail that says what to do, and headers of its own."""

    def __init__(self, name: str, detail: str, headers: dict[str, str] | None = None) -> None:
        self.status, title = PROBLEMS[name]
        self.headers = headers or {}
        self.body = {"type": f"urn:image-gallery:{name}", "title": title, "status": self.status}
        self.body["detail"] = detail
