"""Runs syncs one after the other, each in a process of its own that can be killed.

A process forked from one that has imported everything starts at once; an interpreter takes a
second. Lines of JSON in: `{"folder", "bucket", "kill": n}` (die before the n-th call to storage) or
`{"damage": n}` (flip a byte of what is sent by the n-th). Lines of JSON out: the process's id, then
its exit code and what it printed.
"""

import io
import json
import os
import signal
import sys
from contextlib import redirect_stderr, redirect_stdout

from cli.app import main as gallery
from uploader.render import worker
from uploader.render.pool import Pool
from uploader.sync import attempts, describe, sync  # noqa: F401 - imported once, for all forks
from uploader.sync import bucket as storage


def inspect(_self, path, _size):
    """Decode in this very process: the storage calls are what these tests are about."""
    return worker.inspect_file(str(path), sys.maxsize)


def render(_self, path, id_, _size):
    """As above."""
    return worker.render_file(str(path), id_, sys.maxsize)


def crash_at(number):
    """Let the process die as by kill -9, just before a call to storage."""
    seen = iter(range(1, 1_000_000))
    send = storage.AuthorizedSession.request

    def request(*arguments, **options):
        if next(seen) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return send(*arguments, **options)

    storage.AuthorizedSession.request = request


def damage(number):
    """Flip a byte of the body of one upload, behind the back of its checksum."""
    seen = iter(range(1, 1_000_000))
    send = storage.AuthorizedSession.request

    def request(self, method, url, data=None, **options):
        if data and "/upload/" in url and next(seen) == number:
            data = data[:-60] + bytes((data[-60] ^ 1,)) + data[-59:]
        return send(self, method, url, data=data, **options)

    storage.AuthorizedSession.request = request


def run(order):
    """One sync; the exit code, and what it printed."""
    Pool.inspect, Pool.render = inspect, render
    attempts._LIMIT, attempts._TIMEOUT = order.get("patience", 10.0), 1.0
    attempts._FIRST_TIMEOUT = 1.0
    if "kill" in order:
        crash_at(order["kill"])
    if "damage" in order:
        damage(order["damage"])
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        arguments = ["sync", order["folder"], "--bucket", order["bucket"], "--source", "s"]
        code = gallery(arguments)
    return {"code": code, "out": out.getvalue(), "err": err.getvalue()}


def say(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main():
    for line in sys.stdin:
        reading, writing = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(reading)
            with os.fdopen(writing, "w") as answer:
                json.dump(run(json.loads(line)), answer)
            os._exit(0)
        os.close(writing)
        say(json.dumps({"pid": pid}))
        with os.fdopen(reading) as answer:
            told = answer.read()
        os.waitpid(pid, 0)
        say(told or '{"code": null, "out": "", "err": ""}')


if __name__ == "__main__":
    main()
