"""A stack under Pulumi's engine, for the tests of one file."""

import contextlib
import os
import shutil
import signal
from pathlib import Path

import pytest

from tests.conftest import LocalCloud
from tests.engine.stack import Checkout

WANTED = ("pulumi", "pulumi-language-python", "pulumi-resource-gcp")


def pytest_collection_modifyitems(items):
    """Everything here wants the engine, and says so where it is absent."""
    missing = [name for name in WANTED if shutil.which(name) is None]
    for item in items:
        if "tests/engine/" in item.path.as_posix():
            item.add_marker(pytest.mark.engine)
            item.add_marker(pytest.mark.timeout(600))
            if missing:
                reason = f"wants Pulumi's engine: {', '.join(missing)} not on PATH"
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    """A local cloud for one file's stacks."""
    cloud = LocalCloud(tmp_path_factory.mktemp("cloud"))
    cloud.start()
    yield cloud
    cloud.stop()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory, cloud):
    """A checkout whose stack `local` exists and holds nothing."""
    checkout = Checkout(tmp_path_factory.mktemp("engine") / "gallery", cloud)
    yield checkout
    end_all_in(checkout.folder)


@pytest.fixture
def own(tmp_path):
    """A checkout and a local cloud of one test's own: no service was ever enabled on it."""
    cloud = LocalCloud(tmp_path / "cloud")
    cloud.start()
    checkout = Checkout(tmp_path / "gallery", cloud)
    yield checkout
    end_all_in(checkout.folder)
    cloud.stop()


def end_all_in(folder):
    """End what an engine that was killed left running: its language host, its providers."""
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (entry / "cwd").resolve() == folder.resolve():
                os.kill(int(entry.name), signal.SIGKILL)
