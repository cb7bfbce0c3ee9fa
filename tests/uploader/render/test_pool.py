"""A decoder that crashes, hangs or wants all memory costs one file."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from PIL import Image

from tests.uploader.conftest import ROOT
from uploader.errors import Unusable
from uploader.folder.identity import identify
from uploader.render.pool import Pool


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "a.jpg"
    Image.new("RGB", (60, 40), "red").save(path)
    return path


def order(path, **more):
    return {"do": "inspect", "path": str(path)} | more


def processes(pool):
    return [one._process.pid for one in pool._all if one._process]


def test_orders_are_answered_from_many_threads(photo):
    answers = []
    with Pool(2) as pool:
        ask = [
            threading.Thread(target=lambda: answers.append(pool.ask(order(photo))[0]["size"]))
            for _ in range(20)
        ]
        for thread in ask:
            thread.start()
        for thread in ask:
            thread.join()

    assert answers == [[60, 40]] * 20


def test_no_process_is_started_before_there_is_work():
    with Pool(2) as pool:
        assert processes(pool) == []


def test_a_worker_that_dies_costs_one_file(photo, tmp_path):
    os.mkfifo(tmp_path / "never.jpg")
    with Pool(1) as pool:
        pool.ask(order(photo))
        (first,) = processes(pool)
        threading.Timer(0.3, os.kill, (first, signal.SIGSTOP)).start()
        threading.Timer(0.6, os.kill, (first, signal.SIGKILL)).start()
        time.sleep(0.4)

        with pytest.raises(Unusable, match="makes the decoder crash"):
            pool.ask(order(photo))

        assert pool.ask(order(photo))[0]["size"] == [60, 40]
        assert processes(pool) != [first]


def test_a_worker_that_hangs_costs_one_file(photo):
    with Pool(1, patience=5) as pool:
        pool.ask(order(photo))
        os.kill(processes(pool)[0], signal.SIGSTOP)

        with pytest.raises(Unusable, match="takes longer than 5 s to decode"):
            pool.ask(order(photo))

        assert pool.ask(order(photo))[0]["size"] == [60, 40]


def test_a_file_that_wants_all_memory_is_unusable_alone(photo, tmp_path):
    """150 megapixels that are no JPEG take 600 MB decoded."""
    big = tmp_path / "big.png"
    Image.new("L", (15_000, 10_000)).save(big, compress_level=1)
    with Pool(1) as pool:
        huge = pool.ask(order(big))[0]

        with pytest.raises(Unusable, match="needs more memory than one photo may take"):
            pool.ask({"do": "render", "path": str(big), "id": huge["id"]})

        assert pool.ask(order(photo))[0]["size"] == [60, 40]


def test_a_file_that_changed_since_it_was_identified_is_left_out(photo):
    with Pool(1) as pool, pytest.raises(Unusable, match="changes while it is read") as left:
        pool.ask({"do": "render", "path": str(photo), "id": "0" * 16})

    assert left.value.passing


def test_a_file_that_changes_while_it_is_read_is_left_out(photo):
    """It grows all the time."""
    stop = threading.Event()

    def touch():
        while not stop.is_set():
            with photo.open("ab") as file:
                file.write(b"x" * 4_000_000)

    toucher = threading.Thread(target=touch)
    toucher.start()
    try:
        with Pool(1) as pool, pytest.raises(Unusable) as left:
            [pool.ask(order(photo)) for _ in range(200)]
    finally:
        stop.set()
        toucher.join()

    assert "changes while it is read" in str(left.value) or "at most 200 MB" in str(left.value)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: os.mkfifo(path), "changes|cannot be read|is no image"),
        (lambda path: path.mkdir(), "cannot be read"),
        (lambda path: path.symlink_to("/etc/hostname"), "cannot be read"),
        (lambda path: None, "cannot be read"),
        (lambda path: (path.touch(), os.truncate(path, 300_000_000)), "is 300 MB; at most 200 MB"),
        (lambda path: path.touch(), "is no image that can be read"),
    ],
    ids=["fifo", "folder", "link", "missing", "enormous", "empty"],
)
def test_what_is_no_file_is_refused_and_never_hangs(tmp_path, make, reason):
    make(tmp_path / "b.jpg")

    with Pool(1, patience=20) as pool, pytest.raises(Unusable, match=reason):
        pool.ask(order(tmp_path / "b.jpg"))


def test_a_worker_whose_master_is_gone_ends_without_a_word(tmp_path):
    path = tmp_path / "large.png"
    Image.effect_noise((1600, 1200), 90).convert("RGB").save(path)
    command = [sys.executable, "-m", "uploader.render.worker"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}

    with subprocess.Popen(command, **pipes, cwd=ROOT) as worker:
        worker.stdout.close()
        asked = {"do": "render", "path": str(path), "id": identify(path.read_bytes())}
        worker.stdin.write(json.dumps(asked).encode() + b"\n")
        worker.stdin.close()
        said = worker.stderr.read()
        code = worker.wait(60)

    assert (code, said) == (1, b"")
