"""Folders share formats, not modules: the arrows between them are these and no others."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("image_gallery", "uploader", "function", "local", "bench", "doctor", "cli")
ALLOWED = {
    "__main__.py": {"image_gallery"},
    "image_gallery": {"uploader.resource"},  # the photos are one of its resources
    "bench": {"uploader", "local.cloud", "gallery_api"},  # it measures them
    "doctor": {
        "local.runner.stack",
        "local.runner.commands",
        "local.runner.errors",
    },  # a stack's configuration and outputs are read in one place
    "cli": {"local", "uploader", "doctor"},  # it parses and prints, they do
}


def imported(path):
    """Every module that a file names in an import, wherever the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def crossings(path, room):
    """Imports of a file that leave its room and are not allowed to."""
    ours = (*FOLDERS, "gallery_api", "__main__")
    for module in imported(path):
        top = module.split(".")[0]
        if top in ours and top != room and not (room == "function" and top == "gallery_api"):
            allowed = ALLOWED.get(room, set())
            if not any(module == name or module.startswith(f"{name}.") for name in allowed):
                yield module


@pytest.mark.parametrize("room", [*FOLDERS, "__main__.py"])
def test_nothing_crosses_but_the_arrows(room):
    place = ROOT / room
    files = [place] if place.is_file() else sorted(place.rglob("*.py"))

    assert files
    # `from uploader import resource` names the package as well as the module.
    found = {
        (path.relative_to(ROOT).as_posix(), module)
        for path in files
        for module in crossings(path, room)
        if not (room == "__main__.py" and module == "uploader")
    }
    assert found == set()


def test_a_crossing_would_be_found(tmp_path):
    file = tmp_path / "a.py"
    file.write_text("def f():\n    from local.cloud.store import Store\n")

    assert list(crossings(file, "image_gallery")) == [
        "local.cloud.store",
        "local.cloud.store.Store",
    ]


def test_the_uploader_knows_pulumi_in_one_place_only():
    """The command line works where Pulumi is not installed."""
    knowing = {
        path.name
        for path in (ROOT / "uploader").rglob("*.py")
        if any(module.split(".")[0] == "pulumi" for module in imported(path))
    }

    assert knowing == {"resource.py"}


def test_only_image_gallery_knows_google_clouds_resources():
    knowing = {
        path.relative_to(ROOT).parts[0]
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        if any(module.split(".")[0] == "pulumi_gcp" for module in imported(path))
    }

    assert knowing == {"image_gallery"}
