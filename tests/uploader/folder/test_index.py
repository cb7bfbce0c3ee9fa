"""The index is a convenience: shared, killed, of another version, or no database at all."""

import logging
import multiprocessing
import os
import signal
import sqlite3
import time

import pytest

from uploader.folder import index as indexes
from uploader.folder.index import FILE, Index

KNOWN = {"id": "0", "size": [1, 1]}


def test_two_runs_at_once_do_not_wait_for_each_other_and_learn_from_each_other(folder):
    with Index(folder) as one, Index(folder) as other:
        began = time.monotonic()
        for number in range(50):
            one.learn_file(f"{number}.jpg", (1, 2, 3), KNOWN)
            other.learn_file(f"{number}.png", (1, 2, 3), KNOWN)
        with Index(folder) as third:
            assert len(third.files()) == 100

        assert len(other.files()) == 100
        assert time.monotonic() - began < 2


def learn_and_die(folder):
    index = Index(folder)
    index.learn_file("a.jpg", (1, 2, 3), KNOWN)
    index.learn_rendition("v2", "0", "a.jpg", "AAAA")
    os.kill(os.getpid(), signal.SIGKILL)


def test_what_was_learnt_outlives_kill_9(folder):
    process = multiprocessing.get_context("spawn").Process(target=learn_and_die, args=(folder,))
    process.start()
    process.join(60)

    with Index(folder) as index:
        assert index.files() == {"a.jpg": ((1, 2, 3), KNOWN)}
        assert index.placeholders("v2") == {"0": "AAAA"}


def test_another_field_begins_anew(folder, monkeypatch):
    with Index(folder) as index:
        index.learn_file("a.jpg", (1, 2, 3), KNOWN)
    monkeypatch.setattr(indexes, "_LAYOUT", "as it will be")

    with Index(folder) as index:
        assert index.files() == {}
        index.learn_file("a.jpg", (1, 2, 3), KNOWN)
        assert index.files() == {"a.jpg": ((1, 2, 3), KNOWN)}


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE files (path TEXT PRIMARY KEY, hash TEXT);",
        "CREATE TABLE layout (version TEXT PRIMARY KEY); INSERT INTO layout VALUES ('4.1');"
        "CREATE TABLE files (path TEXT PRIMARY KEY, stamp TEXT, known TEXT);"
        "INSERT INTO files VALUES ('a.jpg', '[1]', '{}');",
        "CREATE TABLE layout (a, b, c); CREATE TABLE files (a); CREATE TABLE more (a);",
        "CREATE TABLE troubled (path TEXT); CREATE TABLE placeholders (x); ",
    ],
)
def test_an_index_of_another_version_is_begun_anew(folder, script):
    database = sqlite3.connect(folder / FILE)
    database.executescript(script)
    database.close()

    with Index(folder) as index:
        assert index.files() == {}
        index.learn_file("a.jpg", (1, 2, 3), KNOWN)
        index.learn_trouble("b.jpg")
        assert (len(index.files()), index.troubled()) == (1, {"b.jpg"})


def test_what_is_swallowed_is_logged(folder, caplog):
    (folder / FILE).write_bytes(b"no database" * 500)

    with caplog.at_level(logging.WARNING), Index(folder) as index:
        index.learn_file("a.jpg", (1, 2, 3), KNOWN)
        assert len(index.files()) == 1

    assert "cannot be used, and all files are read again" in caplog.text


def test_a_full_disk_is_said_once(folder, caplog):
    with caplog.at_level(logging.WARNING), Index(folder) as index:
        index._database.execute("PRAGMA max_page_count = 1")
        for number in range(200):
            index.learn_file(f"{number}.jpg", (1, 2, 3), {"id": "x" * 1000})

    assert [record.getMessage() for record in caplog.records] == [
        ".gallery-index is not kept, and what is new is read again: database or disk is full"
    ]


def test_trouble_is_forgotten_when_a_file_is_read_or_rendered(folder):
    with Index(folder) as index:
        for path in ("a.jpg", "b.jpg", "c.jpg"):
            index.learn_trouble(path)

        index.learn_file("a.jpg", (1, 2, 3), KNOWN)
        index.learn_rendition("v2", "0", "b.jpg", "AAAA")

        assert index.troubled() == {"c.jpg"}
