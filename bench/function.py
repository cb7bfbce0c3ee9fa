"""The function, against the original article's and against a constant answer.

All instances stand side by side and are measured in turns, so that whatever else the machine does
hits them alike; a figure is the median over all turns.
"""

import hashlib
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass
from statistics import median

from gallery_api.choosing import by_seed

from bench.chart import chart
from bench.galleries import PATH, Field, field, put_catalog, write_catalog
from bench.instances import Instance
from bench.load import one_after_the_other, p50, p99, requests_per_second
from bench.rows import Row, Section, at_least, at_most

__all__ = ["measure"]

_SIZES = (10, 1_000, 10_000, 100_000)
_FASTER = (3, 15, 150, 1_500)  # times, at these sizes
_TYPICAL, _LARGEST = 1_000, 100_000
_KINDS = ("baseline", "ours", "constant")
_FORMS = {  # other requests that are timed: by seed, by deck, a page of the list, a photo
    "seed": f"{PATH}&seed=a-post", "deck": f"{PATH}&deck=a-visitor&n=7",
    "list": PATH.replace("/?", "/photos?limit=60&"), "photo": PATH,
}  # fmt: skip
_Turns = dict[tuple[str, int], list[list[float]]]  # seconds of each request, turn by turn


@dataclass(frozen=True, kw_only=True)
class _Setup:
    turns: int
    requests: int
    loads: int
    seconds: float
    cold_starts: int
    draws: int


_FULL = _Setup(turns=15, requests=200, loads=10, seconds=2, cold_starts=9, draws=100_000)
_QUICK = _Setup(turns=2, requests=100, loads=6, seconds=1, cold_starts=2, draws=10_000)


def measure(quick: bool) -> list[Section]:
    """Measure the function's budgets."""
    setup = _QUICK if quick else _FULL
    with field(_SIZES) as ground:
        cold = _cold_starts(ground, setup)
        calls = {kind: _storage_calls(ground, kind) for kind in _KINDS[:2]}
        running = {(kind, size): ground.start(kind, size) for kind in _KINDS for size in _SIZES}
        for instance in running.values():
            instance.first_answer(PATH)
        times = _latencies(running, setup)
        forms = _forms(running, setup)
        rates = _rates(running, setup)
        memory = {key: instance.memory() for key, instance in running.items()}
        evenness = _evenness(running["ours", _TYPICAL], setup.draws)
        put_catalog(ground.url, _LARGEST, write_catalog(_LARGEST, caption="In the fog, later"))
        peak = _memory_while_replacing(running["ours", _LARGEST])
    promises = [
        *_of_speed(times, rates, cold), *_of_storage(calls["ours"]), *_of_forms(forms),
        at_most("memory at 100,000 photos, while one catalog replaces another",
                (f"{peak:.0f} MB",), peak, 150, " MB"),
        at_most(f"chosen photos are even: χ²/df over {setup.draws:,} draws",
                (f"{evenness:.2f}",), evenness, 1.5),
        _evenness_of_seeds(),
    ]  # fmt: skip
    return [
        _speed_section(times),
        Section(
            title="The function: what it promises besides",
            text=f"At {_TYPICAL:,} photos, unless a row names another number. Answers a second"
            " come over sixteen connections; a cold start is from process start to first answer.",
            columns=("measured",),
            rows=tuple(promises),
        ),
        _cost_section(times, rates, memory, cold),
    ]


def _cold_starts(ground: Field, setup: _Setup) -> dict[str, float]:
    """Return the seconds from process start to first answer, at a thousand photos."""
    taken: dict[str, list[float]] = {kind: [] for kind in _KINDS}
    for _ in range(setup.cold_starts + 1):
        for kind in _KINDS:
            instance = ground.start(kind, _TYPICAL)
            taken[kind].append(instance.first_answer(PATH))
            instance.stop()
    return {kind: median(seconds[1:]) for kind, seconds in taken.items()}  # the first compiles


def _latencies(running: dict[tuple[str, int], Instance], setup: _Setup) -> _Turns:
    """Ask each instance in turns; within a turn all but the baseline alternate ten times."""
    times: _Turns = {key: [[] for _ in range(setup.turns)] for key in running}
    for turn in range(setup.turns):
        for part in range(10):
            for (kind, size), instance in running.items():
                if kind != "baseline":
                    taken = one_after_the_other(instance.port, PATH, setup.requests // 10)
                elif part == 0:
                    taken = one_after_the_other(instance.port, PATH, setup.requests, 0.5)
                else:
                    continue
                times[kind, size][turn] += taken
    return times


def _forms(running: dict[tuple[str, int], Instance], setup: _Setup) -> _Turns:
    """Ask ours for a seed, a deck, a page and a photo, at two sizes, in turns."""
    keys = [(form, size) for form in _FORMS for size in (_TYPICAL, _LARGEST)]
    times: _Turns = {key: [[] for _ in range(setup.turns)] for key in keys}
    for turn in range(-1, setup.turns):  # the first sorts the list, and does not count
        for form, size in keys:
            port = running["ours", size].port
            taken = one_after_the_other(port, _FORMS[form], setup.requests // 4)
            if turn >= 0:
                times[form, size][turn] = taken
    return times


def _rates(running: dict[tuple[str, int], Instance], setup: _Setup) -> dict[str, list[float]]:
    """Return answers a second under load, in turns: ours, and the constant answer's."""
    rates: dict[str, list[float]] = {"ours": [], "constant": []}
    for _ in range(setup.loads):
        for kind, found in rates.items():
            port = running[kind, _TYPICAL].port
            found.append(requests_per_second(port, PATH, connections=16, seconds=setup.seconds))
    return rates


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
    """Return chi squared per degree of freedom of so many draws, thirty in a request."""
    counts: Counter[str] = Counter()
    while counts.total() < draws:
        photos = json.loads(instance.get(PATH.replace("/?", "/random?count=30&")))
        counts.update(photo["id"] for photo in photos)
    return _chi_squared(counts, _TYPICAL)


def _evenness_of_seeds() -> Row:
    """Seeds over galleries of 100 hashed ids, which the function chooses from in-process."""
    found = []
    for gallery in range(8):
        digests = (hashlib.sha256(b"%d/%d" % (gallery, number)) for number in range(100))
        ids = sorted(int(digest.hexdigest()[:16], 16) for digest in digests)
        counts = Counter(by_seed(range(100), ids, f"seed {number}") for number in range(3000))
        found.append(_chi_squared(counts, 100))
    mean = sum(found) / len(found)
    return at_most("seeds over 100 photos are even: χ²/df", (f"{mean:.2f}",), mean, 1.3)


def _chi_squared(counts: Counter[str] | Counter[int], size: int) -> float:
    even = counts.total() / size
    squares = sum((count - even) ** 2 for count in counts.values())
    return (squares + (size - len(counts)) * even**2) / even / (size - 1)


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


def _of_speed(times: _Turns, rates: dict[str, list[float]], cold: dict[str, float]) -> list[Row]:
    both = zip(times["ours", _LARGEST], times["ours", _SIZES[0]], strict=True)
    flat = median(median(large) / median(small) for large, small in both)
    pairs = zip(rates["ours"], rates["constant"], strict=True)
    share = median(ours / constant for ours, constant in pairs)
    sooner = cold["baseline"] / cold["ours"]
    return [
        at_most("own p50 at 100,000 photos against own at 10", (f"{flat:.2f}",), flat, 1.3),
        at_least("answers a second against a constant answer", (f"{share:.2f}",), share, 0.8),
        at_least("cold start, times sooner than the baseline", (f"{sooner:.2f}",), sooner, 1.4),
    ]


def _of_storage(calls: dict[str, float]) -> list[Row]:
    reads, lists = calls["reads"], calls["lists"]
    return [
        at_most("storage reads per 1,000 requests", (f"{reads:g}",), reads, 3),
        at_most("storage lists per 1,000 requests", (f"{lists:g}",), lists, 0),
    ]


def _of_forms(forms: _Turns) -> list[Row]:
    def ratio(one: tuple[str, int], other: tuple[str, int]) -> float:
        pairs = zip(forms[one], forms[other], strict=True)
        return median(median(first) / median(second) for first, second in pairs)

    rows = []
    for form in ("seed", "deck"):
        grown = ratio((form, _LARGEST), (form, _TYPICAL))
        what = f"a {form} at 100,000 photos against one at 1,000"
        rows.append(at_most(what, (f"{grown:.2f}",), grown, 1.5))
    page = ratio(("list", _LARGEST), ("photo", _LARGEST))
    what = "a page of 60 photos at 100,000 against one photo"
    return [*rows, at_most(what, (f"{page:.1f}",), page, 5)]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.{2 if seconds < 0.01 else 0}f} ms"


def _speed_section(times: _Turns) -> Section:
    rows = []
    for size, goal in zip(_SIZES, _FASTER, strict=True):
        medians = {kind: p50(times[kind, size]) for kind in _KINDS}
        ratio = medians["baseline"] / medians["ours"]
        shown = f"{ratio:,.{0 if ratio > 20 else 1}f} times"
        figures = (*(_ms(medians[kind]) for kind in _KINDS), shown)
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


def _cost_section(
    times: _Turns,
    rates: dict[str, list[float]],
    memory: dict[tuple[str, int], float],
    cold: dict[str, float],
) -> Section:
    rows = [
        Row(
            what=f"{kind}, {size:,} photos",
            figures=(
                _ms(p50(times[kind, size])), _ms(p99(times[kind, size])),
                f"{median(rates[kind]):,.0f}" if kind in rates and size == _TYPICAL else "",
                f"{memory[kind, size]:,.0f} MB", _ms(cold[kind]) if size == _TYPICAL else "",
            ),
        )
        for kind in _KINDS
        for size in (_SIZES if kind != "constant" else (_TYPICAL,))
    ]  # fmt: skip
    return Section(
        title="The function: all figures",
        text="Memory is that of the server's processes, what they share counted once.",
        columns=("p50", "p99", "answers/s", "memory", "cold start"),
        rows=tuple(rows),
    )
