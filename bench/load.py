"""Load on one address: requests one after the other, or on many connections at once."""

import http.client
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from statistics import median

__all__ = ["one_after_the_other", "p50", "p99", "requests_per_second"]


def p50(turns: list[list[float]]) -> float:
    """Return the median over turns of a turn's median."""
    return median(median(turn) for turn in turns)


def p99(turns: list[list[float]]) -> float:
    """Return what one request in a hundred exceeds, all turns together."""
    together = sorted(seconds for turn in turns for seconds in turn)
    return together[min(len(together) - 1, len(together) * 99 // 100)]


def one_after_the_other(port: int, path: str, count: int, seconds: float = 60.0) -> list[float]:
    """Send so many requests, or what fits into the time, at least one; return their seconds."""
    taken: list[float] = []
    deadline = time.perf_counter() + seconds
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while len(taken) < count and (not taken or time.perf_counter() < deadline):
        started = time.perf_counter()
        _get(connection, path)
        taken.append(time.perf_counter() - started)
    connection.close()
    return taken


def requests_per_second(port: int, path: str, *, connections: int, seconds: float) -> float:
    """Keep so many connections busy; return how many answers came in a second.

    By wrk where it is installed; else by threads, which cost more and show less.
    """
    if shutil.which("wrk") is None:
        return _by_threads(port, path, connections, seconds)
    command = ["wrk", "--threads", "1", "--connections", f"{connections}"]
    command += ["--duration", f"{max(1, round(seconds))}s", f"http://127.0.0.1:{port}{path}"]
    finished = subprocess.run(command, capture_output=True, text=True, check=True)
    if "Non-2xx" in finished.stdout:
        raise ConnectionError(finished.stdout)
    found = re.search(r"Requests/sec:\s+([\d.]+)", finished.stdout)
    return float(found[1]) if found else 0.0


def _by_threads(port: int, path: str, connections: int, seconds: float) -> float:
    counts = [0] * connections
    deadline = time.perf_counter() + seconds

    def call(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while not counts[number] or time.perf_counter() < deadline:
            _get(connection, path)
            counts[number] += 1
        connection.close()

    started = time.perf_counter()
    _together(call, connections)
    return sum(counts) / (time.perf_counter() - started)


def _together(call: Callable[[int], None], count: int) -> None:
    threads = [threading.Thread(target=call, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _get(connection: http.client.HTTPConnection, path: str) -> bytes:
    """Return a body; raises ConnectionError if the answer is no 200."""
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise ConnectionError(f"{path} answers {answer.status}")
    return body
