"""Runs a command until it ends or standard input does: so it never outlives the local cloud.

Run as a script, with nothing but the standard library. Whoever holds the other end of standard
input, and dies however suddenly, lets go of it; then the command is told to end, and after ten
seconds made to.
"""

import os
import signal
import subprocess
import sys
import threading

_GRACE_SECONDS = 10


def _end_with_input(child: "subprocess.Popen[bytes]") -> None:
    while os.read(0, 4096):
        pass
    child.terminate()
    try:
        child.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    command = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
    threading.Thread(target=_end_with_input, args=(command,), daemon=True).start()
    sys.exit(command.wait())
