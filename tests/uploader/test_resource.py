"""The photos resource, asked as Pulumi's engine asks it."""

import base64
import os
import pickle
import sys

import pytest
from pulumi.dynamic import Config, ConfigureRequest
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.rpc import UNKNOWN

from uploader.credentials import credentials_from
from uploader.errors import Unusable, UploaderError
from uploader.render.pool import Pool
from uploader.resource import PhotosProvider, _photos_in
from uploader.sync.describe import shorten

COLORS = ["red", "green", "blue", "white", "black", "grey", "pink", "gold", "navy", "teal", "tan"]


@pytest.fixture
def provider(cloud, monkeypatch):
    monkeypatch.delenv("STORAGE_EMULATOR_HOST")
    settings = {
        "gcp:storageCustomEndpoint": f"{cloud.url}/storage/v1/",
        "gcp:accessToken": "local",
    }
    provider = PhotosProvider()
    provider.configure(ConfigureRequest(Config(settings, "image-gallery")))
    yield provider
    sys.tracebacklimit = 1000


@pytest.fixture
def inputs(bucket, folder):
    def gather(**others):
        return {
            "bucket": bucket.name,
            "base_url": "http://127.0.0.1/x",
            "recipe": "v2",
            "source": "stack",
            "photos": _photos_in(str(folder)),
            "photos_dir": str(folder),
            "remove_many": None,
        } | others

    return gather


def failures(result):
    return [(failure.property, failure.reason) for failure in result.failures]


def test_state_holds_a_reference_and_no_code():
    pickled = base64.b64decode(serialize_provider(PhotosProvider()))

    assert b"uploader.resource" in pickled
    assert b"PhotosProvider" in pickled
    assert len(pickled) < 100
    assert isinstance(pickle.loads(pickled), PhotosProvider)
    assert PhotosProvider.serialize_as_secret_always is False


def test_inputs_are_one_short_string_a_photo_that_changes_with_picture_words_and_album(
    picture, folder
):
    picture("alps/a.png")
    before = _photos_in(str(folder))
    (folder / "captions.yaml").write_text("alps/a.png: x\n")
    after = _photos_in(str(folder))

    (one,), (other,) = before.values(), after.values()
    assert len(one) == 29
    assert one.split()[0] == other.split()[0]
    assert one != other


def test_a_first_check_tells_the_plan_before_the_bucket_has_a_name(
    provider, inputs, picture, capfd
):
    picture("a.png")

    for unknown in (UNKNOWN, "", None):
        assert failures(provider.check({}, inputs(bucket=unknown))) == []
        assert capfd.readouterr().err.startswith("+ a.png is new\n")


def test_create_uploads_and_an_unchanged_diff_says_nothing_and_makes_no_call(
    provider, inputs, picture, bucket, cloud, capfd
):
    picture("a.png")
    news = inputs()

    created = provider.create(news)
    cloud.reset_calls()
    capfd.readouterr()

    assert created.outs["photo_count"] == 1
    assert "incomplete" not in created.outs
    assert len(bucket.records()) == 1
    cloud.reset_calls()
    assert failures(provider.check(created.outs, inputs())) == []
    assert not provider.diff(created.id, created.outs, inputs()).changes
    assert cloud.calls() == {}
    assert capfd.readouterr().err == ""


def test_diff_tells_old_and_new_words(provider, inputs, picture, folder, capfd):
    picture("a.png")
    picture("b.png", color="blue")
    (folder / "captions.yaml").write_text("a.png: Before\n")
    created = provider.create(inputs())
    (folder / "captions.yaml").write_text("a.png: After\n")
    (folder / "b.png").unlink()
    picture("c.png", color="green")
    capfd.readouterr()

    diff = provider.diff(created.id, created.outs, inputs())

    told = capfd.readouterr().err
    assert (diff.changes, diff.replaces) == (True, [])
    assert '~ a.png: caption "Before" → "After"' in told
    assert "+ c.png is new" in told
    assert " is removed\n" in told
    updated = provider.update(created.id, created.outs, inputs())
    assert updated.outs["photo_count"] == 2


@pytest.mark.parametrize("name", ["bucket", "source"])
def test_another_bucket_or_source_replaces(provider, inputs, picture, name):
    picture("a.png")
    olds = inputs() | {"photo_count": 1}

    diff = provider.diff("id", olds, inputs(**{name: UNKNOWN if name == "bucket" else "other"}))

    assert diff.replaces == [name]


def test_another_folder_with_the_same_photos_changes_nothing(provider, inputs, picture):
    picture("a.png")
    olds = inputs() | {"photo_count": 1}

    assert not provider.diff("id", olds, inputs(photos_dir="elsewhere", remove_many=7)).changes


def test_what_can_be_known_before_uploading_is_one_check_failure(
    provider, inputs, picture, folder, tmp_path
):
    missing = inputs(photos_dir=str(tmp_path / "nothing"))
    assert "is not there. Name the folder" in failures(provider.check({}, missing))[0][1]
    assert "holds no photo" in failures(provider.check({}, inputs()))[0][1]
    picture("a.png")
    (folder / "captions.yaml").write_text("a.png: He said: yes\n")

    ((where, reason),) = failures(provider.check({}, inputs()))

    assert where == ""
    assert reason.startswith("captions.yaml:1: cannot be read")
    assert "\n" not in reason


def test_the_guard_is_a_check_failure_that_expires_with_the_number(
    provider, inputs, picture, folder
):
    for number, color in enumerate(COLORS):
        picture(f"{number}.png", color=color)
    created = provider.create(inputs())
    for number in range(6):
        (folder / f"{number}.png").unlink()

    refused = failures(provider.check(created.outs, inputs()))

    assert "would remove 6 of 11 photos of “stack”" in refused[0][1]
    assert "pulumi config set removeMany 6" in refused[0][1]
    assert failures(provider.check(created.outs, inputs(remove_many=6.0))) == []
    assert (
        provider.update(created.id, created.outs, inputs(remove_many=6.0)).outs["photo_count"] == 5
    )


def test_a_failed_create_raises_one_line_and_the_next_goes_on(
    provider, inputs, picture, bucket, cloud
):
    """So that a first `up` that did not send everything is red."""
    for number, color in enumerate(COLORS[:4]):
        picture(f"{number}.png", color=color)
    cloud.fault(method="storage.objects.insert", times=2, status=403)

    with pytest.raises(UploaderError, match=r"^not sent: .*no permission") as failed:
        provider.create(inputs())

    assert "\n" not in str(failed.value)
    assert len(bucket.records()) == 2
    cloud.reset_calls()
    assert provider.create(inputs()).outs["photo_count"] == 4
    assert cloud.calls()["storage.objects.insert"] == 5  # two files of two photos, and the catalog


def test_what_was_only_in_trouble_is_tried_again_by_the_next_up(
    provider, inputs, picture, bucket, monkeypatch
):
    """One worker that the kernel ends must not cost a photo until somebody touches its file."""
    picture("a.png")
    picture("b.png", color="blue")
    render = Pool.render

    def fail(self, path, *arguments, **options):
        if path.name == "a.png":
            raise Unusable("makes the decoder crash", transient=True)
        return render(self, path, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Pool, "render", fail)
        first = provider.create(inputs()).outs

    assert (first["photo_count"], first["incomplete"]) == (1, ["a.png"])
    assert provider.diff("id", first, inputs()).changes
    again = provider.update("id", first, inputs()).outs
    assert (again["photo_count"], again.get("incomplete")) == (2, None)
    assert not provider.diff("id", again, inputs()).changes


def test_a_create_without_a_bucket_raises_one_line(provider, inputs, picture):
    picture("a.png")

    with pytest.raises(UploaderError, match=r"^no-such-bucket at ") as failed:
        provider.create(inputs(bucket="no-such-bucket"))

    assert "\n" not in str(failed.value)


def test_reading_what_is_as_it_was_left_finds_nothing_in_two_calls(
    provider, inputs, picture, cloud
):
    picture("a.png")
    created = provider.create(inputs())
    cloud.reset_calls()

    read = provider.read(created.id, created.outs)

    assert (read.id, read.outs) == (created.id, created.outs)
    assert sum(cloud.calls().values()) == 2


def lose_a_rendition(bucket):
    (name,) = [name for name in bucket.objects() if name.endswith(".webp")]
    bucket.bucket.delete_blob(name)
    return ["a.png"]


def lose_the_catalog(bucket):
    bucket.bucket.delete_blob("catalog.jsonl")
    return ["catalog.jsonl"]


def damage_a_rendition(bucket):
    (name,) = [name for name in bucket.objects() if name.endswith(".webp")]
    bucket.bucket.blob(name).upload_from_string(b"", "image/webp")
    return ["a.png"]


def lose_the_bytes(bucket):
    """The bucket's record of a rendition is there, its bytes are not."""
    (name,) = [name for name in bucket.objects() if name.endswith(".webp")]
    content = bucket.objects()[name]
    for path in bucket.cloud.state_dir.glob("**/blobs/*/*"):
        if path.read_bytes() == content:
            path.unlink()
    return ["a.png"]


def change_words(bucket):
    bucket.bucket.blob("catalog.jsonl").upload_from_string(
        bucket.objects()["catalog.jsonl"].replace(b"a.png", b"b.png")
    )
    return ["catalog.jsonl"]


@pytest.mark.parametrize(
    "harm", [lose_a_rendition, damage_a_rendition, lose_the_bytes, lose_the_catalog, change_words]
)
def test_what_was_lost_is_read_and_healed(harm, provider, inputs, picture, bucket, folder):
    picture("a.png")
    (folder / "captions.yaml").write_text("a.png: This is a.png\n")
    created = provider.create(inputs())
    before = bucket.objects()
    named = harm(bucket)

    read = provider.read(created.id, created.outs)

    assert read.outs["incomplete"] == named
    assert provider.diff(created.id, read.outs, inputs()).changes
    updated = provider.update(created.id, read.outs, inputs())
    assert "incomplete" not in updated.outs
    assert bucket.objects() == before


def test_a_foreign_catalog_is_read_as_nothing_of_ours(provider, inputs, picture, bucket):
    picture("a.png")
    created = provider.create(inputs())
    bucket.bucket.blob("catalog.jsonl").upload_from_string(b"<html>")

    read = provider.read(created.id, created.outs)

    assert read.outs["incomplete"] == ["a.png"]
    assert provider.diff(created.id, read.outs, inputs()).changes
    with pytest.raises(UploaderError, match="is none that this version reads"):
        provider.update(created.id, read.outs, inputs())


def test_another_sources_photos_are_no_drift(provider, inputs, picture):
    picture("a.png")
    created = provider.create(inputs())
    provider.create(inputs(source="talk"))

    assert "incomplete" not in provider.read(created.id, created.outs).outs


def test_a_bucket_that_is_gone_is_read_as_gone(provider, inputs, picture):
    picture("a.png")
    created = provider.create(inputs())

    assert not provider.read(created.id, created.outs | {"bucket": "no-such-bucket"}).id


def test_diff_tells_what_it_cannot_read_and_raises_nothing(provider, inputs, picture, cloud, capfd):
    picture("a.png")
    created = provider.create(inputs())
    picture("b.png", color="blue")
    cloud.fault(method="storage.objects.list", times=1000, status=403)

    assert provider.diff(created.id, created.outs, inputs()).changes

    assert "error: " in capfd.readouterr().err


def test_a_removed_photo_is_named_by_path_and_caption_without_an_index(
    provider, inputs, picture, folder, capfd
):
    """In CI there is no index, and the catalog knows no path."""
    picture("a.png")
    picture("alps/b.png", color="blue")
    (folder / "captions.yaml").write_text("alps/b.png: The old one\n")
    created = provider.create(inputs())
    for path in [folder / "alps" / "b.png", *folder.glob(".gallery-index*")]:
        path.unlink()

    assert provider.diff(created.id, created.outs, inputs()).changes

    assert '- alps/b.png ("The old one") is removed' in capfd.readouterr().err


def test_many_lines_of_a_kind_are_a_number_and_the_first_few():
    new = [f"+ {number}.jpg is new" for number in range(31)]
    changed = [f"~ {number}.jpg: caption" for number in range(11)]

    lines = shorten("\n".join([*new, *changed, "31 new, 11 changed."])).splitlines()

    assert lines[:11] == [*new[:10], "+ … and 21 more"]
    assert lines[11:] == [*changed, "31 new, 11 changed."]


def test_a_photo_that_cannot_be_shown_is_named_at_every_up(
    provider, inputs, picture, folder, capfd
):
    picture("a.png")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff no picture")
    created = provider.create(inputs())
    capfd.readouterr()

    assert not provider.diff(created.id, created.outs, inputs()).changes

    assert "not shown: broken.jpg" in capfd.readouterr().err


def test_a_failed_update_raises_one_line_that_names_the_photos(
    provider, inputs, picture, bucket, cloud
):
    picture("a.png")
    created = provider.create(inputs())
    picture("b.png", color="blue")
    cloud.fault(method="storage.objects.insert", times=1000, status=403)

    with pytest.raises(UploaderError, match=r"not sent: b.png\. .*no permission") as failed:
        provider.update(created.id, created.outs, inputs())

    assert sys.tracebacklimit == 0
    assert "\n" not in str(failed.value)
    cloud.clear_faults()
    assert provider.update(created.id, created.outs, inputs()).outs["photo_count"] == 2


def test_delete_removes_its_own_source_guard_or_no_guard(provider, inputs, picture, bucket):
    for number, color in enumerate(COLORS):
        picture(f"{number}.png", color=color)
    mine = provider.create(inputs())
    theirs = provider.create(inputs(source="talk"))

    provider.delete(mine.id, mine.outs)

    assert {record["source"] for record in bucket.records()} == {"talk"}
    assert len(bucket.objects()) == 1 + 2 * 11
    provider.delete(theirs.id, theirs.outs)
    assert bucket.objects() == {"catalog.jsonl": b'{"catalog":1,"count":0}\n'}


def test_delete_from_a_bucket_that_is_gone_is_done(provider, inputs, picture):
    picture("a.png")

    provider.delete("id", inputs(bucket="no-such-bucket"))


def test_it_stops_before_its_next_call_when_its_parent_is_gone(
    provider, inputs, picture, bucket, cloud, monkeypatch
):
    for number, color in enumerate(COLORS):
        picture(f"{number}.png", color=color)
    parent = os.getppid()
    calls = iter(range(1000))
    monkeypatch.setattr(os, "getppid", lambda: parent if next(calls) < 6 else 1)

    with pytest.raises(UploaderError):
        provider.create(inputs())

    assert sum(cloud.calls().values()) <= 6


def test_it_stops_before_its_next_call_when_nobody_reads_what_it_prints(
    provider, inputs, picture, cloud, monkeypatch
):
    """The engine starts it through a shell that outlives `kill -9` of the engine."""
    picture("a.png")
    news = inputs()
    cloud.reset_calls()
    reading, writing = os.pipe()
    kept = os.dup(1)
    os.dup2(writing, 1)
    os.close(reading)
    try:
        with pytest.raises(UploaderError):
            provider.create(news)
    finally:
        os.dup2(kept, 1)
        os.close(writing)
        os.close(kept)

    assert cloud.calls() == {}


@pytest.mark.parametrize(
    ("settings", "environment", "token"),
    [
        ({"gcp:accessToken": "a"}, {"GOOGLE_OAUTH_ACCESS_TOKEN": "b"}, "a"),
        ({}, {"GOOGLE_OAUTH_ACCESS_TOKEN": "b"}, "b"),
    ],
)
def test_credentials_come_from_the_stack_before_the_environment(
    monkeypatch, settings, environment, token
):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    provider = PhotosProvider()

    provider.configure(ConfigureRequest(Config(settings, "image-gallery")))

    assert credentials_from(provider._token, provider._written).token == token


def test_credentials_as_json_or_as_a_file_are_read(monkeypatch, tmp_path):
    written = (
        '{"type": "authorized_user", "client_id": "a", "client_secret": "b", "refresh_token": "c"}'
    )
    file = tmp_path / "credentials.json"
    file.write_text(written)
    for value in (written, str(file)):
        monkeypatch.setenv("GOOGLE_CREDENTIALS", value)
        provider = PhotosProvider()

        provider.configure(ConfigureRequest(Config({}, "image-gallery")))

        credentials = credentials_from(provider._token, provider._written)
        assert credentials.refresh_token == "c"


def test_credentials_that_cannot_be_read_are_a_check_failure(inputs, picture, monkeypatch):
    picture("a.png")
    monkeypatch.setenv("GOOGLE_CREDENTIALS", "{broken")
    provider = PhotosProvider()
    provider.configure(ConfigureRequest(Config({}, "image-gallery")))

    ((where, reason),) = failures(provider.check({}, inputs()))

    assert (where, reason.startswith("gcp:credentials cannot be read")) == ("", True)
