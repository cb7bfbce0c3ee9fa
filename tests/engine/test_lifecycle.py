"""One stack under the real engine and provider: made, unchanged, changed, destroyed."""

import json
import threading
import time

import pytest

from tests.e2e.gallery import get
from tests.engine.stack import changes


@pytest.fixture(scope="module")
def stack(checkout):
    checkout.up()
    yield checkout
    checkout.destroy(check=False)


def api(outputs, path="/", key=None):
    join = "&" if "?" in path else "?"
    return get(f"{outputs['apiUrl']}{path}{join}key={key or outputs['apiKey']}")


def test_up_makes_a_gallery_that_answers(stack):
    outputs = stack.outputs()

    assert outputs["photoCount"] == 9
    assert get(outputs["siteUrl"]).status == 200
    assert get(api(outputs).json["src"]).status == 200
    assert get(outputs["apiUrl"]).status == 401


def test_up_again_changes_nothing(stack):
    before = stack.objects()

    said = changes(stack.up())

    assert list(said) == ["unchanged"]
    assert stack.objects() == before


def test_refresh_finds_no_drift(stack):
    said = changes(stack.pulumi("refresh", "--yes", "--run-program", "--color=never"))

    assert list(said) == ["unchanged"]


def test_a_preview_after_an_edited_caption_names_the_photo_and_nothing_else(stack):
    captions = stack.folder / "photos" / "captions.yaml"
    original = captions.read_text()
    photo = stack.catalog()[0]
    captions.write_text(original.replace(photo["caption"], "Quite another caption"))

    preview = stack.pulumi("preview", "--color=never")

    captions.write_text(original)
    said = changes(preview)
    assert {word: n for word, n in said.items() if word != "unchanged"} == {"to update": 1}
    assert "Quite another caption" in preview.stdout
    assert photo["caption"] in preview.stdout


def test_a_changed_line_in_the_function_replaces_the_archive_under_load(stack):
    outputs, statuses, stop = stack.outputs(), [], threading.Event()

    def load():
        while not stop.is_set():
            statuses.append(api(outputs).status)

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    main = stack.folder / "function" / "main.py"
    main.write_text(main.read_text() + "\n# a changed line\n")
    said = changes(stack.up())
    stop.set()
    for thread in threads:
        thread.join()

    assert {word: n for word, n in said.items() if word != "unchanged"} == {
        "updated": 1,
        "replaced": 1,
    }
    assert len(statuses) > 50
    assert set(statuses) == {200}


def test_keys_are_rotated_by_two_keys_without_an_outage(stack):
    file = stack.folder / "Pulumi.local.yaml"
    original, first = file.read_text(), stack.outputs()["apiKey"]
    both = original.replace("config:", "config:\n  keys: [second, first]", 1)

    file.write_text(both)
    stack.up()
    outputs = stack.outputs()
    second = outputs["apiKey"]
    assert second != first
    assert [api(outputs, key=key).status for key in (first, second)] == [200, 200]

    file.write_text(both.replace("[second, first]", "[second]"))
    stack.up()
    assert [api(outputs, key=key).status for key in (first, second)] == [401, 200]


def test_a_local_cloud_that_is_not_running_fails_fast(checkout, stack, cloud):
    checkout.add_stack("nowhere")
    cloud.stop()
    began = time.monotonic()
    try:
        failed = checkout.up("nowhere", check=False, timeout=200)
    finally:
        cloud.start()

    assert failed.returncode != 0
    assert "connection refused" in failed.stdout + failed.stderr
    assert time.monotonic() - began < 60
    checkout.destroy("nowhere")


def test_state_says_little_of_each_photo(stack):
    (photos,) = [r for r in stack.resources() if r["type"].endswith(":Photos")]

    for kind in ("inputs", "outputs"):
        assert len(json.dumps(photos[kind]["photos"])) <= 150 * 9


def test_destroy_leaves_nothing(stack, cloud):
    address = stack.outputs()["apiUrl"]

    stack.destroy()

    assert stack.resources() == []
    assert list(cloud.storage_client().list_buckets(project="local-project")) == []
    with pytest.raises(OSError, match="refused"):
        get(address)
