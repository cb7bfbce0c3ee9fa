"""Every command that is printed anywhere can be typed as it is."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from cli.app import app

ROOT = Path(__file__).parents[2]
READ = ("cli", "local", "uploader", "doctor", "docs", "infra", "image_gallery", "web/src")
# What stands for something else in a text: `{stack}` in code, `…` and CAPITALS in prose.
_STAND_IN = re.compile(r"\{[^}]*\}|\$\([^)]*\)|\"\$\([^)]*\)\"")
_COMMAND = re.compile(r"\./gallery ([a-z][a-z-]*(?: [^`|;&\n]*)?)")


def printed():
    """Each `./gallery …` of sources, docs and README, as words, with where it stands."""
    files = [ROOT / "README.md", ROOT / "Makefile"]
    for room in READ:
        files += sorted((ROOT / room).rglob("*.py")) + sorted((ROOT / room).rglob("*.md"))
    files.remove(ROOT / "docs" / "commands.md")  # made from the command line itself
    for path in files:
        in_docs = path.suffix == ".md"
        for line in path.read_text(encoding="utf-8").splitlines():
            for found in _COMMAND.finditer(line):
                text = found[1].split("  ")[0].split(" #")[0]
                yield path.relative_to(ROOT).as_posix(), words_of(text, in_docs)


def words_of(text, in_docs):
    """The words up to where the sentence goes on."""
    text = _STAND_IN.sub("7", text)
    text = re.split(
        r"[.,:]? (?:prints|has|says|opens|or|if|and|with|named|where|sends|moves|does|writes)\b",
        text,
    )[0]
    text = re.split(r"[\"')\]\\…]", text, maxsplit=1)[0] if not in_docs else text
    try:
        return shlex.split(text.rstrip(".,:;) "))
    except ValueError:
        return text.split()


PRINTED = sorted({(place, " ".join(words)) for place, words in printed() if words})


def parse(words):
    """Parse as the command line does; raises what it would say of wrong usage."""
    group = typer.main.get_command(app)
    command = group.commands[words[0]]
    command.make_context(words[0], list(words[1:]))


def test_there_are_some():
    assert len(PRINTED) > 30


@pytest.mark.parametrize(("place", "text"), PRINTED)
def test_it_is_understood(place, text):
    parse(text.split())


def test_a_wrong_one_would_be_found():
    with pytest.raises(Exception, match="No such option"):
        parse(["up", "--nonsense"])


@pytest.fixture
def bare(tmp_path):
    """A PATH that has python3 alone."""
    (tmp_path / "python3").symlink_to(shutil.which("python3"))
    return str(tmp_path)


@pytest.mark.parametrize("name", sorted(typer.main.get_command(app).commands))
def test_each_command_runs_where_path_has_python_alone(name, bare):
    finished = subprocess.run(
        [str(ROOT / "gallery"), name, "--help"],
        env={"PATH": bare, "HOME": os.environ["HOME"], "PYTHON": sys.executable},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert (finished.returncode, finished.stderr) == (0, "")
    assert f"Usage: ./gallery {name}" in finished.stdout
