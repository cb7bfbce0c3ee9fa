"""The catalog's freshness: asked for once in 30 s, one at a time, kept when storage fails.

The first good catalog is waited for by all; later ones are read by one request, while the others
answer from the old. What is refused is told in the log once, and the last good catalog stays.
"""

import threading
from dataclasses import dataclass, replace
from time import monotonic

from gallery_api.catalog import Catalog
from gallery_api.errors import CatalogUnreadable, Problem
from gallery_api.log import write
from gallery_api.storage import download

__all__ = ["Reader", "Reading"]

_FRESH = 30.0  # seconds until storage is asked again
_RETRY = 5  # seconds, as long as there is no catalog at all
_QUESTION, _FIRST_QUESTION = 1.0, 3.0  # seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A good catalog, when storage last confirmed it (monotonic), and if it failed to since."""

    catalog: Catalog
    confirmed: float
    stale: bool = False


class Reader:
    """The one catalog of an instance, asked for by many threads."""

    def __init__(self, base_url: str) -> None:
        self._url = f"{base_url}/catalog.jsonl"
        self._one_at_a_time = threading.Lock()
        self._reading: Reading | None = None
        self._due = 0.0
        self._etag = ""  # of what was read last, be it good or refused
        self._refused = ""  # why what was read last is refused
        self._trouble = ""  # what the log was told last

    def current(self) -> Reading:
        """Return the newest good catalog, or raise the problem `catalog-unavailable`."""
        cold = self._reading is None
        if monotonic() >= self._due and self._one_at_a_time.acquire(blocking=cold):
            try:
                if monotonic() >= self._due:
                    self._refresh()
            finally:
                self._one_at_a_time.release()
        if self._reading is None:
            detail = f"{self._trouble}. Try again in {_RETRY} seconds."
            raise Problem("catalog-unavailable", detail, {"Retry-After": str(_RETRY)})
        return self._reading

    def _refresh(self) -> None:
        try:
            self._reading = Reading(catalog=self._newest(), confirmed=monotonic())
            trouble = ""
        except CatalogUnreadable as error:
            trouble = str(error)
            self._reading = self._reading and replace(self._reading, stale=True)
        if trouble and trouble != self._trouble:
            write("ERROR", f"catalog not read: {trouble}", event="catalog")
        self._trouble = trouble
        self._due = monotonic() + (_FRESH if self._reading else _RETRY)

    def _newest(self) -> Catalog:
        """Ask storage; return the catalog in memory if it is still the newest."""
        answer = download(self._url, self._etag, _QUESTION if self._reading else _FIRST_QUESTION)
        if answer:
            return self._believe(*answer)
        if self._refused or not self._reading:
            raise CatalogUnreadable(self._refused or "storage answered 304 to the first question")
        return self._reading.catalog

    def _believe(self, text: bytearray, etag: str) -> Catalog:
        self._etag = etag
        try:
            catalog = Catalog(text)
        except CatalogUnreadable as error:
            self._refused = str(error)
            raise
        self._refused = ""
        write("INFO", f"catalog read: {len(catalog)} photos", event="catalog")
        return catalog
