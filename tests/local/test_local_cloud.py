"""Whatever else answers at the local cloud's port is refused in one line."""

import socket
import threading

import pytest

from local.runner import commands as seam
from local.runner.cloud import Cloud
from local.runner.errors import RunnerError


def cloud_at(url):
    return Cloud(config={"gcp:storageCustomEndpoint": f"{url}/storage/v1/"})


def test_another_folders_local_cloud_is_refused(local_cloud, tmp_path):
    with pytest.raises(RunnerError, match="keeps another gallery"):
        seam.ensure_running(cloud_at(local_cloud.url), tmp_path / "mine")


def test_our_own_is_left_running(local_cloud):
    seam.ensure_running(cloud_at(local_cloud.url), local_cloud.state_dir)

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
        with pytest.raises(RunnerError, match=r"no local cloud answers.*PORT=8490"):
            seam.ensure_running(cloud_at(f"http://127.0.0.1:{server.getsockname()[1]}"), tmp_path)
        thread.join()
