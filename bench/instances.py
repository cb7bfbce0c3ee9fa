"""Functions as processes of their own under the framework, with what they cost."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

__all__ = ["Instance", "memory_of"]


class Instance:
    """One instance, from the start of its process to its end. It is the function, and no proxy."""

    def __init__(self, source: Path, environment: dict[str, str], log: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        command = [sys.executable, "-m", "functions_framework", "--target", "choose_image"]
        command += ["--source", str(source), "--host", "127.0.0.1", "--port", str(self.port)]
        self._started = time.perf_counter()
        with log.open("wb") as output:
            environment = kept | {"THREADS": "80"} | environment
            self._process = psutil.Popen(
                command, env=environment, stdout=output, stderr=subprocess.STDOUT
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
        times = [one.cpu_times() for one in (self._process, *self._process.children())]
        return float(sum(time.user + time.system for time in times))

    def memory(self) -> float:
        """Return the megabytes of its processes, what they share counted once."""
        return memory_of(self._process.pid)

    def stop(self) -> None:
        """End it, and wait; once is enough."""
        if self._process.is_running():
            self._process.terminate()
            self._process.wait(60)


def memory_of(pid: int) -> float:
    """Return the megabytes of a process and its children (PSS: what is shared counts once)."""
    total = 0
    for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
        try:
            total += process.memory_full_info().pss
        except psutil.Error:
            continue  # it has just ended
    return total / 2**20
