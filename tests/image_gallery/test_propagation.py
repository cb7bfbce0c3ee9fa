"""Waiting for Google: once for all that need it, beside everything else, and not in vain."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from image_gallery import propagation
from image_gallery.propagation import Propagation
from tests.image_gallery.recording import Recorder, run


@pytest.fixture
def slept(monkeypatch):
    """Seconds that were slept, on a clock that only sleeping moves."""
    clock, slept = [100.0], []

    async def sleep(seconds):
        slept.append(seconds)
        await asyncio.sleep(0)
        clock[0] = max(clock[0], 100.0 + seconds)

    class Asyncio:
        pass

    fake = Asyncio()
    fake.sleep = sleep
    monkeypatch.setattr(propagation, "asyncio", fake)
    monkeypatch.setattr(propagation.time, "monotonic", lambda: clock[0])
    return slept


def finish(coroutine):
    """Run it on a thread of its own: the SDK, or Playwright, may have a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, coroutine).result()


def hooks(seconds):
    """The callbacks of a propagation, made as in a program."""
    made = {}

    def program():
        wait = Propagation("services", seconds)
        made["note"] = wait.made.after_create[0].callback
        made["wait"] = wait.needed.before_create[0].callback

    recorder = Recorder()
    run(recorder, "dev", program)
    assert recorder.hooks == ["services-made", "services-wait"]
    return made["note"], made["wait"]


def test_all_that_need_it_wait_at_the_same_time(slept):
    note, wait = hooks(120)

    async def several():
        note(None)
        await asyncio.gather(*(wait(None) for _ in range(3)))

    finish(several())

    assert slept == [120, 120, 120]


def test_nothing_waits_where_nothing_was_made(slept):
    """As after a killed `up`, or when only a caption changes."""
    _, wait = hooks(120)

    finish(wait(None))

    assert slept == []


def test_what_comes_later_waits_no_longer(slept):
    note, wait = hooks(120)

    async def one_after_the_other():
        note(None)
        await wait(None)
        await wait(None)

    finish(one_after_the_other())

    assert slept == [120]


def test_without_seconds_there_is_no_hook():
    wait = Propagation("services", 0)

    assert (wait.made, wait.needed) == (None, None)


def test_keys_secret_repository_and_function_wait_in_prod():
    recorder = Recorder()
    run(recorder, "prod")

    waiting = {
        component.name: component.hooks
        for kind in recorder.components.values()
        for component in kind
        if component.hooks
    }
    assert waiting["gallery-photos"] == {"before_create": ["gallery-services-wait"]}
    assert waiting["gallery-choose-image"] == {"before_create": ["gallery-grants-wait"]}
    api = next(c for c in recorder.components["GalleryApi"])
    assert api.hooks == {"before_create": ["gallery-services-wait"]}
    for kind in ("Identities", "GalleryKeys", "SourceBucket"):
        assert recorder.components[kind][0].parent == api.urn
