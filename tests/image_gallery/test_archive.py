"""The archive is byte for byte the same wherever it is made, and holds only what is deployed."""

import os
import shutil
import zipfile
from pathlib import Path

from image_gallery.archive import write_archive

SOURCE = Path("function")


def copy(target):
    shutil.copytree(SOURCE, target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def test_times_modes_and_strays_do_not_change_it(tmp_path):
    first, second = copy(tmp_path / "a"), copy(tmp_path / "b")
    for path in second.rglob("*"):
        os.utime(path, (1, 1))
    (second / "main.py").chmod(0o755)
    (second / ".env").write_text("SECRET=1")
    (second / "gallery_api" / "__pycache__").mkdir()
    (second / "gallery_api" / "__pycache__" / "x.pyc").write_bytes(b"x")

    one = write_archive(first, tmp_path / "one")
    two = write_archive(second, tmp_path / "two")

    assert one.name == two.name
    assert one.read_bytes() == two.read_bytes()


def test_an_entry_says_neither_when_nor_by_whom_it_was_made(tmp_path):
    archive = zipfile.ZipFile(write_archive(SOURCE, tmp_path / "new" / "folder"))

    for entry in archive.infolist():
        assert entry.date_time == (1980, 1, 1, 0, 0, 0)
        assert (entry.create_system, entry.external_attr >> 16) == (3, 0o644)
        assert entry.compress_type == zipfile.ZIP_STORED


def test_a_changed_byte_is_a_new_name(tmp_path):
    source = copy(tmp_path / "a")
    before = write_archive(source, tmp_path)

    (source / "main.py").write_text((source / "main.py").read_text() + "\n")

    assert write_archive(source, tmp_path).name != before.name


def test_it_holds_the_function_and_nothing_else(tmp_path):
    archive = write_archive(SOURCE, tmp_path)

    names = zipfile.ZipFile(archive).namelist()
    assert {"main.py", "requirements.txt", "gallery_api/__init__.py"} <= set(names)
    assert all(name.endswith((".py", ".txt", ".json", ".html")) for name in names)
    assert names == sorted(names)
