"""What the last run declared, kept beside the local cloud's own state."""

import json
import os
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from local.runner.errors import RunnerError

__all__ = ["Record", "Records"]


@dataclass(frozen=True, kw_only=True)
class Record:
    """One declared resource, with all that removing it takes."""

    urn: str
    type: str
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]


class Records:
    """Records in the order of their making; thread-safe, and saved at each step."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._records: dict[str, Record] = {}
        try:
            for entry in json.loads(path.read_text(encoding="utf-8")):
                self._records[entry["urn"]] = Record(**entry)
        except FileNotFoundError:
            pass
        except (ValueError, TypeError, KeyError):
            raise RunnerError(
                f"{path} is damaged. Take the gallery away: ./gallery destroy"
            ) from None

    def get(self, urn: str) -> Record | None:
        """Return the record of a resource, None where the last run had none."""
        return self._records.get(urn)

    def put(self, record: Record) -> None:
        """Remember a resource."""
        with self._lock:
            self._records[record.urn] = record
            self._save()

    def drop(self, urn: str) -> None:
        """Forget a resource."""
        with self._lock:
            del self._records[urn]
            self._save()

    def newest_first(self) -> list[Record]:
        """Return all records in the order in which they can be removed."""
        return list(reversed(self._records.values()))

    def _save(self) -> None:
        """Replace the file as a whole; nobody else may read it, for it holds the keys."""
        if not self._records:
            self._path.unlink(missing_ok=True)
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump([asdict(record) for record in self._records.values()], file)
        fresh.replace(self._path)
