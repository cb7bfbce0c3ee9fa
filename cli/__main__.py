"""`./gallery COMMAND …`. Ctrl-C ends it at any moment, also while its modules are loaded."""

import os
import signal
import sys

if os.name == "nt":  # before anything that Windows has not
    sys.exit("Windows itself is not supported. Use WSL: https://aka.ms/wsl")
if __name__ == "__main__":
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))  # importlib would swallow an exception

from cli.app import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
