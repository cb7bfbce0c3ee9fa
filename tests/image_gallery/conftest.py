"""An event loop for Pulumi's SDK, which asks asyncio for one."""

import asyncio
import sys

import pytest


@pytest.fixture(autouse=True, scope="module")
def _event_loop():
    if sys.version_info < (3, 14):  # which make one by themselves
        yield
        return
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()
