"""The photos resource under the engine: what it says, what it refuses, what it survives."""

import io
import json
import shutil

import pytest
from PIL import Image

from tests.engine.stack import changes

PHOTOS = ("photos", "incomplete")


@pytest.fixture
def photos(checkout):
    """The checkout's photo folder, put back as it was afterwards."""
    folder, kept = checkout.folder / "photos", checkout.folder / "kept"
    shutil.copytree(folder, kept)
    yield folder
    shutil.rmtree(folder)
    kept.rename(folder)


@pytest.fixture(scope="module")
def stack(checkout):
    checkout.up()
    yield checkout
    checkout.destroy(check=False)


def pictures(folder):
    return sorted(path for path in folder.rglob("*.jpg"))


def state(stack):
    (photos,) = [r for r in stack.resources() if r["type"].endswith(":Photos")]
    return photos


def test_a_first_preview_names_every_photo(checkout):
    preview = checkout.pulumi("preview", "--color=never")

    text = preview.stdout + preview.stderr
    for picture in pictures(checkout.folder / "photos"):
        assert picture.name in text


def refusal(finished):
    """What the engine tells of the photos resource, as lines.

    Below it stands whatever else the engine says; of a failed resource it interrupts the program,
    whose own traceback (KeyboardInterrupt) is none of ours.
    """
    assert finished.returncode != 0
    block = finished.stdout.rpartition("Photos (gallery-photos):")[2].split("\n\n")[0]
    return [line.strip() for line in block.splitlines() if line.strip()]


def test_what_is_new_changed_and_gone_is_said_in_words(stack, photos):
    gone, twice, *_ = pictures(photos)
    words = photos / "captions.yaml"
    words.write_text(words.read_text().replace("Step by step", "Changed for the preview"))
    gone.rename(stack.folder / "gone.jpg")
    shutil.copy(twice, photos / "zz-again.jpg")
    (photos / "new.png").write_bytes(_png())

    preview = stack.pulumi("preview", "--color=never")

    text = preview.stdout + preview.stderr
    assert "+ new.png is new" in text
    assert 'outdoors/stream.jpg: caption "Step by step" → "Changed for the preview"' in text
    assert '("Ready for the next wall") is removed' in text
    assert f"zz-again.jpg is the same picture as {twice.relative_to(photos)}" in text
    assert "1 new, 1 changed, 1 removed" in text
    assert {w: n for w, n in changes(preview).items() if w != "unchanged"} == {"to update": 1}


def _png():
    file = io.BytesIO()
    Image.effect_noise((420, 300), 70).convert("RGB").save(file, "PNG")
    return file.getvalue()


def test_an_empty_folder_is_refused_in_one_line(stack, photos):
    for picture in pictures(photos):
        picture.unlink()

    (line,) = refusal(stack.up(check=False))

    assert "has a problem: photos" in line
    assert len(stack.catalog()) == 9


def test_a_folder_that_is_not_there_is_refused_in_one_line(stack, photos):
    photos.rename(stack.folder / "elsewhere")
    try:
        failed = stack.up(check=False)
    finally:
        (stack.folder / "elsewhere").rename(photos)

    (line,) = refusal(failed)
    assert "has a problem: photos" in line
    assert len(stack.catalog()) == 9


def test_a_failed_upload_fails_the_resource_and_the_next_up_goes_on(stack, photos, cloud):
    (photos / "new.png").write_bytes(_png())
    cloud.fault(method="storage.objects.insert", times=100, status=403)

    failed = stack.up(check=False)
    cloud.clear_faults()

    (line,) = refusal(failed)
    assert "no permission" in line  # of a photo, or of the former catalog that is kept first
    assert len(stack.catalog()) == 9
    stack.up()
    assert len(stack.catalog()) == 10
    (photos / "new.png").unlink()
    stack.up()
    assert len(stack.catalog()) == 9


def test_a_replaced_bucket_is_filled_again(stack):
    file = stack.folder / "Pulumi.local.yaml"
    original, before = file.read_text(), stack.outputs()["bucket"]
    file.write_text(original.replace("config:", "config:\n  location: EUROPE-WEST1", 1))

    stack.up()

    after = stack.outputs()["bucket"]
    assert after != before
    assert len(stack.catalog()) == 9
    assert "site/index.html" in stack.objects()
    buckets = {bucket.name for bucket in stack.cloud.storage_client().list_buckets(project="p")}
    assert before not in buckets


def test_state_holds_a_short_string_for_each_photo(stack):
    resource = state(stack)

    for kind in ("inputs", "outputs"):
        for path, text in resource[kind]["photos"].items():
            assert len(json.dumps({path: text})) <= 150
    assert "__provider" in resource["inputs"]
    assert len(json.dumps(resource["inputs"]["__provider"])) < 400


def test_a_first_up_that_did_not_send_all_is_red_and_the_next_goes_on(checkout, cloud, stack):
    checkout.add_stack("second")
    cloud.fault(method="storage.objects.insert", after=20, times=1000, status=403)
    first = checkout.up("second", check=False)
    cloud.clear_faults()

    (line,) = refusal(first)
    assert "not sent" in line
    assert changes(checkout.up("second"))["created"] >= 1
    assert len(checkout.catalog("second")) == 9
    checkout.destroy("second")
    assert checkout.resources("second") == []


def test_destroy_after_a_failed_create_leaves_nothing(checkout, cloud, stack):
    """The engine stores nothing of a create that raised; the bucket goes with what is in it."""
    checkout.add_stack("third")
    cloud.fault(method="storage.objects.insert", after=20, times=1000, status=403)
    assert checkout.up("third", check=False).returncode != 0
    cloud.clear_faults()

    checkout.destroy("third")

    assert checkout.resources("third") == []
    buckets = list(cloud.storage_client().list_buckets(project="local-project"))
    assert {bucket.labels["stack"] for bucket in buckets} == {"local"}


def harm_a_rendition(bucket):
    name = next(blob.name for blob in bucket.list_blobs() if blob.name.endswith(".webp"))
    bucket.delete_blob(name)


def harm_the_catalog(bucket):
    bucket.delete_blob("catalog.jsonl")


def harm_a_caption(bucket):
    catalog = bucket.blob("catalog.jsonl")
    catalog.upload_from_string(catalog.download_as_bytes().replace(b"Step by step", b"Hacked"))


@pytest.mark.parametrize("harm", [harm_a_rendition, harm_the_catalog, harm_a_caption])
def test_what_is_lost_is_seen_by_refresh_and_healed_by_the_next_up(harm, stack):
    bucket = stack.cloud.storage_client().bucket(stack.outputs()["bucket"])
    before = {blob.name: blob.download_as_bytes() for blob in bucket.list_blobs()}
    harm(bucket)

    refreshed = stack.pulumi("refresh", "--yes", "--run-program", "--color=never")
    healed = stack.up()

    assert changes(refreshed).get("updated") == 1
    assert {w: n for w, n in changes(healed).items() if w != "unchanged"} == {"updated": 1}
    after = {blob.name: blob.download_as_bytes() for blob in bucket.list_blobs()}
    assert after == before
    assert list(changes(stack.up("local"))) == ["unchanged"]


def test_up_with_refresh_sees_and_heals_at_once(stack):
    bucket = stack.cloud.storage_client().bucket(stack.outputs()["bucket"])
    harm_a_rendition(bucket)

    stack.pulumi("up", "--yes", "--refresh", "--run-program", "--color=never")

    assert len([1 for blob in bucket.list_blobs() if blob.name.endswith(".webp")]) == sum(
        len(record["sizes"]) for record in stack.catalog()
    )
