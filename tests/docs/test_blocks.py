"""The commands in the README and in the operator's handbook, run as they are written."""

import os
import re
import shutil
import subprocess

import pytest

from tests.docs.blocks import BLOCKS
from tests.e2e.gallery import Gallery
from tests.engine.stack import CLOSED

EXECUTED = ("README.md", "docs/deploying.md", "docs/running.md", "docs/tutorial.md")
# The suite would run itself; `./gallery captions` serves until it is ended.
_CHANGED = {
    r"^make test( .*)?$": "true",
    r"^\./gallery captions( .*)?$": "timeout 15 ./gallery captions || test $? = 124",
}


def shell_blocks(marker):
    return [
        block
        for block in BLOCKS
        if block.page in EXECUTED and block.language == "sh" and block.marker == marker
    ]


def run(block, gallery, **environment):
    """Run a block in the gallery's checkout, on its port; return the finished process."""
    text = block.text.replace("8480", str(gallery.port))
    for pattern, instead in _CHANGED.items():
        text = re.sub(pattern, instead, text, flags=re.MULTILINE)
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text],
        cwd=gallery.folder,
        env={**os.environ, "PORT": str(gallery.port), **environment},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


@pytest.fixture(scope="module")
def gallery(tmp_path_factory):
    gallery = Gallery(tmp_path_factory.mktemp("blocks") / "gallery")
    yield gallery
    gallery.make("destroy", check=False)


def test_there_are_blocks_to_run():
    pages = {block.page for block in shell_blocks("")}

    assert pages == set(EXECUTED) - {"docs/deploying.md"}  # which wants Google or the engine
    assert shell_blocks("engine")


@pytest.mark.deep
@pytest.mark.parametrize("block", shell_blocks(""), ids=lambda block: f"{block.page}:{block.line}")
def test_a_block_runs_as_written(block, gallery):
    finished = run(block, gallery)

    assert finished.returncode == 0, finished.stdout + finished.stderr


@pytest.mark.engine
@pytest.mark.skipif(shutil.which("pulumi") is None, reason="wants Pulumi's engine on PATH")
def test_the_engine_runs_as_written(tmp_path):
    gallery = Gallery(tmp_path / "gallery")
    stack = gallery.folder / "Pulumi.local.yaml"
    stack.write_text(stack.read_text().replace("8480", str(gallery.port)))
    text = "".join(block.text for block in shell_blocks("engine"))
    # Nobody answers the engine's questions here, and its provider is on PATH already.
    text = text.replace("pulumi install\n", "")
    text = re.sub(r"^(.*pulumi (?:up|destroy) .*)$", r"\1 --yes", text, flags=re.MULTILINE)
    text = text.replace("serve --background", f"serve --background --port {gallery.port}")
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}

    finished = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text],
        cwd=gallery.folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )

    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert f"HTTPS_PROXY={CLOSED}" in text
    assert "photoCount" in finished.stdout
