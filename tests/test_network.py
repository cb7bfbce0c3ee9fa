"""No test can leave this machine, whatever it does to its environment."""

import socket

import pytest
from pytest_socket import SocketConnectBlockedError

# pytest-socket warns before it raises, and warnings are errors here.
REFUSED = (SocketConnectBlockedError, UserWarning)


def test_a_connection_to_another_host_fails():
    with socket.socket() as connection, pytest.raises(REFUSED):
        connection.connect(("192.0.2.1", 443))


def test_a_connection_on_this_machine_is_let_through():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), 5).close()
