"""Exit codes: what a script can tell a command's end by."""

DONE = 0
FAILED = 1
USAGE = 2
NOT_ALL_SHOWN = 3
INTERRUPTED = 130
