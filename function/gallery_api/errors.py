"""What goes wrong, and how it is told.

GalleryError
├── Problem            a request is refused: one of PROBLEMS
└── CatalogUnreadable  storage did not hand the catalog over, or what it handed over is refused
"""

__all__ = ["PROBLEMS", "CatalogUnreadable", "GalleryError", "Problem", "to_json"]

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


class GalleryError(Exception):
    """Anything that this package raises on purpose."""


class CatalogUnreadable(GalleryError):  # noqa: N818 - says what is the matter
    """The catalog could not be had; the message is the reason, in words."""


class Problem(GalleryError):  # noqa: N818 - the word of RFC 9457
    """A refusal: its name, a detail that says what to do, and headers of its own."""

    def __init__(self, name: str, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.name = name
        self.status, self.title = PROBLEMS[name]
        self.headers = headers or {}


def to_json(problem: Problem) -> dict[str, object]:
    """Say a refusal as RFC 9457 has it; the one place where errors go to the wire."""
    return {
        "type": f"urn:image-gallery:{problem.name}",
        "title": problem.title,
        "status": problem.status,
        "detail": str(problem),
    }
