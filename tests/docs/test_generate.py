"""The generated pages are up to date, and whatever lacks its line is refused."""

import shutil
import subprocess
import sys

import pytest

from tests.docs.blocks import ROOT


def generate(folder, *arguments):
    """Run the generator in a copy; return the finished process."""
    return subprocess.run(
        [sys.executable, "-m", "docs.generate", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def checkout(tmp_path):
    """A copy of what the generator reads."""
    folder = tmp_path / "checkout"
    for name in ("docs", "cli", "bench"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (*ROOT.glob("*.yaml"), ROOT / "Makefile", ROOT / "__main__.py"):
        shutil.copy(path, folder)
    assert generate(folder).returncode == 0
    return folder


def change(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_pages_here_are_up_to_date():
    finished = generate(ROOT, "--check")

    assert finished.returncode == 0, finished.stderr


def test_nothing_is_stale_where_nothing_changed(checkout):
    assert generate(checkout, "--check").returncode == 0


@pytest.mark.parametrize(
    ("path", "old", "new", "page"),
    [
        ("Pulumi.yaml", "config:\n", "config:\n  mood:\n    type: string\n    default: calm\n"
         "    description: How it feels.\n", "configuration.md"),
        ("Pulumi.yaml", "default: EU", "default: US", "configuration.md"),
        ("Makefile", "## This list", "## That list", "commands.md"),
        ("cli/options.py", "For machines", "For robots", "commands.md"),
    ],
)  # fmt: skip
def test_a_change_makes_a_page_stale(checkout, path, old, new, page):
    change(checkout / path, old, new)

    finished = generate(checkout, "--check")

    assert finished.returncode == 1
    assert finished.stderr == f"docs/{page} is stale. Type: make docs\n"


@pytest.mark.parametrize(
    ("path", "old", "new", "named"),
    [
        ("Pulumi.yaml", "config:\n", "config:\n  mood:\n    type: string\n    default: calm\n",
         "The setting mood has no description"),
        ("Makefile", "help: ## This list", "help:", "help"),
        ("Makefile", ".PHONY: help", ".PHONY: hint help", "hint"),
        ("__main__.py", 'pulumi.export("apiUrl", gallery.api_url)',
         'pulumi.export("apiUrl", gallery.api_url)\npulumi.export("mood", gallery.embed)', "mood"),
        ("__main__.py", 'pulumi.export("apiUrl", gallery.api_url)\n', "", "apiUrl"),
    ],
)  # fmt: skip
def test_what_lacks_its_line_is_refused_by_name(checkout, path, old, new, named):
    change(checkout / path, old, new)

    finished = generate(checkout)

    assert finished.returncode == 1
    assert named in finished.stderr
    assert len(finished.stderr.splitlines()) == 1
