"""What every handler is given: the records, the bytes, the functions."""

from dataclasses import dataclass
from pathlib import Path

from local.cloud.blobs import Blobs
from local.cloud.functions.supervisor import Supervisor
from local.cloud.store import Store

__all__ = ["Cloud"]


@dataclass
class Cloud:
    """One local cloud; `reserved` names cannot be buckets, for its own addresses begin so."""

    folder: Path
    port: int
    store: Store
    blobs: Blobs
    reserved: frozenset[str]
    token: str

    def __post_init__(self) -> None:
        self.functions = Supervisor(self.folder, lambda: self.port + 1)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"
