"""The function, against the original article's and against a constant answer.

All instances stand side by side and are asked in turns, so that whatever else the machine does
hits them alike; a figure is the median over all turns.
"""

import json
import threading
import time
from collections import Counter
from dataclasses import dataclass
from statistics import median

from bench.chart import chart
from bench.field import PATH, Field, field
from bench.galleries import put_catalog, write_catalog
from bench.instances import Instance
from bench.load import one_after_the_other, p50, p99, requests_per_second
from bench.rows import Row, Section, at_least, at_most

__all__ = ["measure"]

_SIZES = (10, 1_000, 10_000, 100_000)
_FASTER = (3, 15, 150, 1_500)  # times, at these sizes
_TYPICAL, _LARGEST = 1_000, 100_000
_KINDS = ("baseline", "ours", "constant")


@dataclass(frozen=True, kw_only=True)
class _Effort:
    turns: int
    requests: int
    loads: int
    seconds: float
    cold_starts: int
    draws: int


_FULL = _Effort(turns=15, requests=200, loads=10, seconds=2, cold_starts=9, draws=100_000)
_QUICK = _Effort(turns=2, requests=100, loads=6, seconds=0.5, cold_starts=2, draws=10_000)


@dataclass(frozen=True, kw_only=True)
class _Load:
    """One function under load: answers in a second, and processor milliseconds for each."""

    rate: float
    processor: float


def measure(quick: bool) -> list[Section]:
    """Measure the function's budgets."""
    effort = _QUICK if quick else _FULL
    with field(_SIZES) as ground:
        cold = _cold_starts(ground, effort)
        asked = {kind: _storage_calls(ground, kind) for kind in _KINDS[:2]}
        standing = {(kind, size): ground.start(kind, size) for kind in _KINDS for size in _SIZES}
        for instance in standing.values():
            instance.first_answer(PATH)
        times = _latencies(standing, effort)
        loads = _loads(standing, effort)
        memory = {key: instance.memory() for key, instance in standing.items()}
        evenness = _evenness(standing["ours", _TYPICAL], effort.draws)
        put_catalog(ground.url, _LARGEST, write_catalog(_LARGEST, caption="In the fog, later"))
        peak = _memory_while_replacing(standing["ours", _LARGEST])
    return [
        _speed_section(times),
        _promises_section(times, loads, asked, cold, peak, evenness, effort),
        _cost_section(times, loads, memory, asked, cold),
    ]


def _cold_starts(ground: Field, effort: _Effort) -> dict[str, float]:
    """Return the seconds from process start to first answer, at a thousand photos."""
    taken: dict[str, list[float]] = {kind: [] for kind in _KINDS}
    for _ in range(effort.cold_starts + 1):
        for kind in _KINDS:
            instance = ground.start(kind, _TYPICAL)
            taken[kind].append(instance.first_answer(PATH))
            instance.stop()
    return {kind: median(seconds[1:]) for kind, seconds in taken.items()}  # the first compiles


_Standing = dict[tuple[str, int], Instance]
_Loads = dict[tuple[str, int], list[_Load]]
_Turns = dict[tuple[str, int], list[list[float]]]  # seconds of each request, turn by turn


def _latencies(standing: _Standing, effort: _Effort) -> _Turns:
    """Ask each instance in turns; within a turn all but the baseline alternate ten times."""
    times: _Turns = {key: [[] for _ in range(effort.turns)] for key in standing}
    for turn in range(effort.turns):
        for part in range(10):
            for (kind, size), instance in standing.items():
                if kind != "baseline":
                    taken = one_after_the_other(instance.port, PATH, effort.requests // 10)
                elif part == 0:
                    taken = one_after_the_other(instance.port, PATH, effort.requests, 0.5)
                else:
                    continue
                times[kind, size][turn] += taken
    return times


def _loads(standing: _Standing, effort: _Effort) -> _Loads:
    """Return each function under load: in turns ours and the constant, the others once."""
    pair = [("ours", _TYPICAL), ("constant", _TYPICAL)]
    found = {key: [_load(key, standing, effort)] for key in standing if key not in pair}
    found |= {key: [] for key in pair}
    for _ in range(effort.loads):
        for key in pair:
            found[key].append(_load(key, standing, effort))
    return found


def _load(key: tuple[str, int], standing: _Standing, effort: _Effort) -> _Load:
    instance, connections = standing[key], 2 if key[0] == "baseline" else 16
    before, started = instance.processor_seconds(), time.perf_counter()
    rate = requests_per_second(instance.port, PATH, connections=connections, seconds=effort.seconds)
    answers = rate * (time.perf_counter() - started)
    return _Load(rate=rate, processor=(instance.processor_seconds() - before) / answers * 1000)


def _storage_calls(ground: Field, kind: str) -> dict[str, float]:
    """Return reads and lists of storage per thousand requests, those of a new instance."""
    requests = 20 if kind == "baseline" else 1_000
    ground.calls()
    instance = ground.start(kind, _TYPICAL)
    instance.first_answer(PATH)
    one_after_the_other(instance.port, PATH, requests - 1)
    instance.stop()
    calls = {name: count * 1000 / requests for name, count in ground.calls().items()}
    lists = calls.get("storage.objects.list", 0.0)
    return {"lists": lists, "reads": sum(calls.values()) - lists}


def _evenness(instance: Instance, draws: int) -> float:
    """Return chi squared per degree of freedom of so many answers."""
    counts: Counter[str] = Counter()
    requests_per_second(
        instance.port,
        PATH,
        connections=16,
        look=lambda body: counts.update([json.loads(body)["id"]]),
        seconds=600,
        most=draws,
    )
    even = counts.total() / _TYPICAL
    missing = _TYPICAL - len(counts)
    squares = sum((count - even) ** 2 for count in counts.values()) + missing * even**2
    return squares / even / (_TYPICAL - 1)


def _memory_while_replacing(instance: Instance) -> float:
    """Return the most megabytes that an instance had while one catalog replaced another."""
    done, seen = threading.Event(), [instance.memory()]

    def look() -> None:
        while not done.wait(0.01):
            seen.append(instance.memory())

    looking = threading.Thread(target=look)
    looking.start()
    deadline = time.monotonic() + 60
    while b"In the fog" not in instance.get(PATH):
        if time.monotonic() > deadline:
            raise RuntimeError("the catalog was not replaced")
        time.sleep(0.2)
    done.set()
    looking.join()
    return max(seen)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.{2 if seconds < 0.01 else 0}f} ms"


def _speed_section(times: _Turns) -> Section:
    rows = []
    for size, goal in zip(_SIZES, _FASTER, strict=True):
        medians = {kind: p50(times[kind, size]) for kind in _KINDS}
        ratio = medians["baseline"] / medians["ours"]
        figures = (
            *(_ms(medians[kind]) for kind in _KINDS),
            f"{ratio:,.{0 if ratio > 20 else 1}f} times",
        )
        rows.append(at_least(f"{size:,} photos", figures, ratio, goal, " times"))
    lines = {kind: [(size, p50(times[kind, size]) * 1000) for size in _SIZES] for kind in _KINDS}
    picture = chart("p50 of GET / over the number of photos", "photos in the gallery", lines)
    return Section(
        title="The function: p50 of `GET /`",
        text="*Baseline* is the function of the original article: a storage client for each request"
        " lists the whole bucket, and one name is chosen. *Ours* answers from its catalog in"
        " memory. *Constant* always answers the same bytes, under the same framework and server."
        " One request after the other, the functions in turns.\n\n"
        "![p50 of GET / over the number of photos](performance.svg)",
        columns=(*_KINDS, "faster than the baseline"),
        rows=tuple(rows),
        pictures={"performance.svg": picture},
    )


def _promises_section(
    times: _Turns,
    loads: _Loads,
    asked: dict[str, dict[str, float]],
    cold: dict[str, float],
    peak: float,
    evenness: float,
    effort: _Effort,
) -> Section:
    both = zip(times["ours", _LARGEST], times["ours", _SIZES[0]], strict=True)
    flat = median(median(large) / median(small) for large, small in both)
    pairs = zip(loads["ours", _TYPICAL], loads["constant", _TYPICAL], strict=True)
    share = median(ours.rate / constant.rate for ours, constant in pairs)
    sooner = cold["baseline"] / cold["ours"]
    lists, reads = asked["ours"]["lists"], asked["ours"]["reads"]
    rows = (
        at_most("own p50 at 100,000 photos against own at 10", (f"{flat:.2f}",), flat, 1.3),
        at_least("answers a second against a constant answer", (f"{share:.2f}",), share, 0.8),
        at_most("storage reads per 1,000 requests", (f"{reads:g}",), reads, 3),
        at_most("storage lists per 1,000 requests", (f"{lists:g}",), lists, 0),
        at_least("cold start, times sooner than the baseline", (f"{sooner:.2f}",), sooner, 1.4),
        at_most(
            "memory at 100,000 photos, while one catalog replaces another",
            (f"{peak:.0f} MB",),
            peak,
            150,
            " MB",
        ),
        at_most(
            f"chosen photos are uniform: χ²/df over {effort.draws:,} draws",
            (f"{evenness:.2f}",),
            evenness,
            1.5,
        ),
    )
    return Section(
        title="The function: what it promises besides",
        text=f"At {_TYPICAL:,} photos, if nothing else is said. Answers a second are counted on"
        " sixteen connections; a cold start lasts from process start to the first answer.",
        columns=("measured",),
        rows=rows,
    )


def _cost_section(
    times: _Turns,
    loads: _Loads,
    memory: dict[tuple[str, int], float],
    asked: dict[str, dict[str, float]],
    cold: dict[str, float],
) -> Section:
    rows = [
        Row(
            what=f"{kind}, {size:,} photos",
            figures=(
                _ms(p50(times[kind, size])),
                _ms(p99(times[kind, size])),
                f"{(rate := median(load.rate for load in loads[kind, size])):,.{int(rate < 10)}f}",
                _ms(median(load.processor for load in loads[kind, size]) / 1000),
                f"{memory[kind, size]:,.0f} MB",
                _ms(cold[kind]) if size == _TYPICAL else "",
                f"{sum(asked[kind].values()):,.0f}" if kind in asked and size == _TYPICAL else "",
            ),
        )
        for kind in _KINDS
        for size in (_SIZES if kind != "constant" else (_TYPICAL,))
    ]
    return Section(
        title="The function: all figures",
        text="Processor time and memory are those of the server's processes, memory shared between"
        " them counted once. The baseline is loaded on two connections, the others on sixteen.",
        columns=(
            "p50",
            "p99",
            "answers/s",
            "processor",
            "memory",
            "cold start",
            "storage calls per 1,000",
        ),
        rows=tuple(rows),
    )
