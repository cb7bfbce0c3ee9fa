"""The function as a process of its own, under the framework's server, as the platform runs it."""

import json

from .conftest import KEY


def test_it_answers_and_logs_one_line(start_instance):
    instance = start_instance()

    status, body = instance.get(f"/?key={KEY}")

    assert status == 200
    hits = [line for line in instance.lines() if line["event"] == "hit"]
    assert [line["photos"] for line in hits] == [[json.loads(body)["id"]]]


def test_it_imports_no_storage_client(start_instance, tmp_path):
    """A cold start has no time for google.cloud.storage, nor for requests."""
    instance = start_instance(PYTHONPROFILEIMPORTTIME="1")

    assert instance.get("/health")[0] == 200
    log = instance.log.read_text()
    assert "import time" in log
    for heavy in ("google.cloud.storage", "requests", "aiohttp", "grpc"):
        assert f" {heavy}\n" not in log
