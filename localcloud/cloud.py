"""What every handler is given: the records, the bytes, and who is behind them."""

from dataclasses import dataclass, field
from pathlib import Path

from localcloud.blobs import Blobs
from localcloud.faults import Faults
from localcloud.runtime.supervisor import Supervisor
from localcloud.store import Store

__all__ = ["Cloud"]


@dataclass(kw_only=True)
class Cloud:
    """One local cloud: its state folder, its port, its parts."""

    folder: Path
    port: int
    store: Store
    blobs: Blobs
    reserved: frozenset[str]
    faults: Faults = field(default_factory=Faults)
    functions: Supervisor = field(init=False)

    def __post_init__(self) -> None:
        """Functions answer on the ports after the local cloud's own."""
        self.functions = Supervisor(self.folder, lambda: self.port + 1)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"
