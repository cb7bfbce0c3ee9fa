"""Functions as processes of their own under the framework, with what they cost."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

__all__ = ["Instance"]

_TICKS = os.sysconf("SC_CLK_TCK")


class Instance:
    """One instance, from the start of its process to its end; it counts what Linux tells of it."""

    def __init__(self, source: Path, environment: dict[str, str], log: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        command = [sys.executable, "-m", "functions_framework", "--target", "choose_image"]
        self._started = time.perf_counter()
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [
                    *command,
                    "--source",
                    str(source),
                    "--host",
                    "127.0.0.1",
                    "--port",
                    str(self.port),
                ],
                env=kept | {"THREADS": "80"} | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def first_answer(self, path: str) -> float:
        """Wait for the first answer; return the seconds since the process was started."""
        while True:
            try:
                self.get(path)
            except urllib.error.HTTPError:
                raise
            except OSError:
                if time.perf_counter() > self._started + 60:
                    raise
                time.sleep(0.002)
            else:
                return time.perf_counter() - self._started

    def get(self, path: str) -> bytes:
        """Return the body of one answer; raises OSError."""
        url = f"http://127.0.0.1:{self.port}{path}"
        with urllib.request.urlopen(url, timeout=60) as response:
            body: bytes = response.read()
        return body

    def processor_seconds(self) -> float:
        """Return the processor time of its processes so far."""
        stats = ((process / "stat").read_text().rpartition(")")[2] for process in self._processes())
        return sum(int(ticks) for stat in stats for ticks in stat.split()[11:13]) / _TICKS

    def memory(self) -> float:
        """Return the megabytes of its processes, what they share counted once."""
        maps = ((process / "smaps_rollup").read_text() for process in self._processes())
        lines = (line for text in maps for line in text.splitlines() if line.startswith("Pss:"))
        return sum(int(line.split()[1]) for line in lines) / 1024

    def _processes(self) -> list[Path]:
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [Path(f"/proc/{one}") for one in (pid, *children)]

    def stop(self) -> None:
        """End it, and wait."""
        self._process.terminate()
        self._process.wait(60)
