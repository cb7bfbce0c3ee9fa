"""A decoder that crashes, hangs or wants all memory costs one file, and not for good."""

import io
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from PIL import Image

from tests.uploader.conftest import ROOT
from uploader.errors import Unusable, UploaderError
from uploader.render import pool as pools
from uploader.render.pool import Pool


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "a.jpg"
    Image.new("RGB", (60, 40), "red").save(path)
    return path


def inspect(pool, path):
    return pool.inspect(path, path.stat().st_size)[0]


def workers():
    """The ids of the worker processes of this one."""
    children = psutil.Process().children()
    return [child.pid for child in children if "uploader.render.worker" in child.cmdline()]


def test_files_are_inspected_from_many_threads(photo):
    with Pool(2) as pool, ThreadPoolExecutor(20) as threads:
        found = list(threads.map(lambda _: inspect(pool, photo).size, range(20)))

    assert found == [(60, 40)] * 20


def test_no_process_is_started_before_there_is_work():
    before = workers()

    with Pool(2):
        assert workers() == before


def test_no_process_is_left_behind(photo):
    before = workers()
    with Pool(2) as pool:
        inspect(pool, photo)
        assert workers() != before

    assert workers() == before


def killed_while_it_works(pool, photo):
    """What is raised when the worker is killed, as the kernel does when memory is short."""
    inspect(pool, photo)
    (worker,) = workers()
    os.kill(worker, signal.SIGSTOP)
    threading.Timer(0.5, os.kill, (worker, signal.SIGKILL)).start()
    with pytest.raises(Unusable) as left:
        inspect(pool, photo)
    return left.value


def test_a_worker_that_is_killed_costs_one_file_and_not_for_good(photo):
    with Pool(1, timeout=1) as pool:
        left = killed_while_it_works(pool, photo)

        assert left.transient
        assert inspect(pool, photo).size == (60, 40)


def test_a_worker_that_hangs_is_ended_in_time(photo, monkeypatch):
    monkeypatch.setattr(pools, "_GRACE", 1.0)
    with Pool(1, timeout=1) as pool:
        inspect(pool, photo)
        (worker,) = workers()
        os.kill(worker, signal.SIGSTOP)
        began = time.monotonic()

        with pytest.raises(Unusable, match="takes longer than 1 s to decode") as left:
            inspect(pool, photo)

        assert left.value.transient
        assert time.monotonic() - began < 10
        assert inspect(pool, photo).size == (60, 40)


def test_a_machine_that_starts_no_process_is_not_the_photos_fault(photo):
    """The limit of open files is what is asked for first."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with Pool(1) as pool:
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
        try:
            with pytest.raises(UploaderError, match="No process can be started"):
                pool.inspect(photo, 1000)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

        assert inspect(pool, photo).size == (60, 40)


def test_a_file_that_wants_more_memory_than_there_is_is_unusable_alone(photo, monkeypatch):
    monkeypatch.setattr(pools, "_BASE_MEMORY", 150_000_000)
    monkeypatch.setattr(pools, "_BYTES_PER_PIXEL", 0)
    big = photo.with_name("big.png")
    Image.new("L", (15_000, 10_000)).save(big, compress_level=1)
    with Pool(1) as pool:
        huge = inspect(pool, big)

        with pytest.raises(Unusable, match="needs more memory than there is") as left:
            pool.render(big, huge.id, huge.size)

        assert left.value.transient
        assert inspect(pool, photo).size == (60, 40)


def test_large_pictures_wait_for_each_other():
    memory = pools._Memory(100)
    held, most = [], []

    def hold(amount):
        with memory.held(amount):
            held.append(amount)
            most.append(sum(held))
            time.sleep(0.02)
            held.remove(amount)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(hold, [60, 60, 30, 250, 60, 30, 60]))

    assert sorted(most)[-1] == 250
    assert sorted(most)[-2] <= 100


def test_a_file_that_changed_since_it_was_identified_is_left_out(photo):
    with Pool(1) as pool, pytest.raises(Unusable, match="changes while it is read") as left:
        pool.render(photo, "0" * 16, (60, 40))

    assert left.value.transient


def test_a_file_that_changes_while_it_is_read_is_left_out(photo):
    """It grows all the time."""
    stop = threading.Event()

    def touch():
        with photo.open("ab") as file:
            while not stop.is_set() and file.tell() < 2_000_000_000:
                file.write(b"x" * 4_000_000)

    toucher = threading.Thread(target=touch)
    toucher.start()
    try:
        with Pool(1) as pool, pytest.raises(Unusable) as left:
            [pool.inspect(photo, 400_000_000) for _ in range(200)]
    finally:
        stop.set()
        toucher.join()

    assert "changes while it is read" in str(left.value) or "at most 1,300 MB" in str(left.value)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: os.mkfifo(path), "is no regular file"),
        (lambda path: path.mkdir(), "cannot be read"),
        (lambda path: path.symlink_to("/etc/hostname"), "cannot be read"),
        (lambda path: None, "cannot be read"),
        (
            lambda path: (path.touch(), os.truncate(path, 2_000_000_000)),
            "is 2,000 MB; at most 1,300 MB",
        ),
        (lambda path: path.touch(), "is no image that can be read"),
    ],
    ids=["fifo", "folder", "link", "missing", "enormous", "empty"],
)
def test_what_is_no_file_is_refused_and_never_hangs(tmp_path, make, reason):
    make(tmp_path / "b.jpg")

    with Pool(1, timeout=20) as pool, pytest.raises(Unusable, match=reason):
        pool.inspect(tmp_path / "b.jpg", 0)


def test_workers_do_not_run_the_main_program_anew(photo):
    """Under Pulumi that is the program, which would declare all its resources again."""
    program = (
        "print('runs')\n"
        "from pathlib import Path\n"
        "from uploader.render.pool import Pool\n"
        f"with Pool(1) as pool: print(pool.inspect(Path({str(photo)!r}), 1000)[0].size)\n"
    )
    script = photo.with_name("program.py")
    script.write_text(program)

    done = subprocess.run(
        [sys.executable, script],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert (done.stdout, done.stderr) == ("runs\n(60, 40)\n", "")


def test_workers_end_when_their_master_is_killed(photo):
    program = (
        "import psutil, time\n"
        "from pathlib import Path\n"
        "from uploader.render.pool import Pool\n"
        "pool = Pool(1)\n"
        f"pool.inspect(Path({str(photo)!r}), 1000)\n"
        "print(psutil.Process().children()[0].pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as master:
        worker = int(master.stdout.readline())

        master.kill()

        deadline = time.monotonic() + 10
        while os.path.exists(f"/proc/{worker}") and time.monotonic() < deadline:  # noqa: PTH110 - a process
            time.sleep(0.05)
        assert not os.path.exists(f"/proc/{worker}")  # noqa: PTH110 - as above


def test_what_nobody_thought_of_costs_one_file(photo):
    with Pool(1) as pool:
        (worker,) = pool._workers

        with pytest.raises(Unusable, match="makes the decoder crash") as left:
            worker.run("inspect", {"path": "no argument of that name", "of": 1}, 10)

        assert left.value.transient
        assert inspect(pool, photo).size == (60, 40)


def test_the_main_program_keeps_its_main_module(photo):
    """Workers that are started by two threads at once left an empty one in its place."""
    main = sys.modules["__main__"]

    for _ in range(4):
        with Pool(2) as pool, ThreadPoolExecutor(2) as threads:
            list(threads.map(lambda _: inspect(pool, photo), range(2)))
            assert sys.modules["__main__"] is main


def test_a_worker_imports_nothing_from_the_folder_that_it_is_started_in(photo, monkeypatch):
    """A photo folder comes from anywhere."""
    photo.with_name("PIL.py").write_text("raise SystemExit('from the folder')")
    monkeypatch.chdir(photo.parent)

    with Pool(1) as pool:
        assert inspect(pool, photo).size == (60, 40)


def test_a_worker_is_replaced_after_many_files(photo, monkeypatch):
    monkeypatch.setattr(pools, "_CALLS", 2)
    with Pool(1) as pool:
        seen = {(inspect(pool, photo).size, *workers()) for _ in range(4)}

    assert len(seen) == 2


def test_a_file_of_another_kind_is_read_by_what_it_holds(photo):
    out = io.BytesIO()
    Image.new("RGB", (30, 20)).save(out, "PNG")
    photo.write_bytes(out.getvalue())

    with Pool(1) as pool:
        assert inspect(pool, photo).size == (30, 20)
