"""Whatever else answers at the local cloud's port is refused in one line."""

import socket
import threading

import pytest

from local.runner import commands as seam
from local.runner.errors import RunnerError


def test_another_folders_local_cloud_is_refused(local_cloud, tmp_path):
    with pytest.raises(
        RunnerError, match=r"Another gallery.s server \(process \d+, of .*End it: kill"
    ):
        seam.ensure_running(local_cloud.url, tmp_path / "mine")


def test_our_own_is_left_running(local_cloud):
    seam.ensure_running(local_cloud.url, local_cloud.state_dir)

    assert local_cloud.get("/_local/status")


@pytest.mark.parametrize("says", [b"", b"HTTP/1.1 200 OK\r\n\r\nhello", b"SSH-2.0-x\r\n\r\n"])
def test_something_else_at_the_port_is_refused(says, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            connection, _ = server.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(says)

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(RunnerError, match=r"no local cloud has port.*--port"):
            seam.ensure_running(f"http://127.0.0.1:{server.getsockname()[1]}", tmp_path)
        thread.join()
