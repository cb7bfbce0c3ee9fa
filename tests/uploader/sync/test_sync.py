"""A source's part of a gallery is made equal to a folder, and nobody else's is touched."""

import gc
import io
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from PIL import Image

from tests.uploader.conftest import png
from uploader.errors import (
    CaptionsError,
    CatalogError,
    NotThere,
    Outdated,
    RemovalRefused,
    StorageError,
    Unusable,
)
from uploader.folder.index import Index
from uploader.folder.survey import survey
from uploader.render.pool import Pool
from uploader.sync import gallery as galleries
from uploader.sync import sync as sync_module
from uploader.sync.bucket import Bucket, connect
from uploader.sync.catalog import write_catalog
from uploader.sync.describe import describe
from uploader.sync.gallery import read_gallery, remove_source
from uploader.sync.sync import Sync


@pytest.fixture(scope="module")
def pool():
    with Pool(2) as pool:
        yield pool


@pytest.fixture
def sync(folder, bucket, pool):
    """Sync the folder: `sync(source="stack", root=folder, remove_many=None)`."""

    def run_it(source="stack", root=folder, remove_many=None):
        with Index(root) as index:
            run = Sync(connect(bucket.name), source, index, pool)
            return run.carry_out(run.plan(survey(root, index, pool)), remove_many)

    return run_it


COLORS = ["red", "green", "blue", "white", "black", "grey", "pink", "gold", "navy", "teal", "tan"]


def files(id_):
    """What the bucket holds of one small photo."""
    return {f"photos/v2/{id_}-60.webp", f"photos/v2/{id_}-1200.jpg"}


def ids(records):
    return {record["id"] for record in records}


def test_renditions_and_catalog_arrive_as_the_contract_says(sync, bucket, picture, folder):
    picture("alps/a.jpg", size=(900, 600))
    (folder / "captions.yaml").write_text(
        "alps/a.jpg: {caption: Out, date: Aug 2017, credit: Me, license: CC0-1.0}\n"
    )

    outcome = sync()

    (record,) = bucket.records()
    id_, placeholder = record["id"], record.pop("placeholder")
    assert len(placeholder) > 8
    assert record == {
        "id": id_,
        "source": "stack",
        "recipe": "v2",
        "sizes": [[400, 267], [800, 533], [900, 600]],
        "jpeg": [900, 600],
        "alt": "Out",
        "caption": "Out",
        "date": "2017-08",
        "album": "alps",
        "credit": "Me",
        "license": "CC0-1.0",
        "added": f"{datetime.now(UTC):%Y-%m-%d}",
    }
    objects = bucket.objects()
    assert set(objects) == {"catalog.jsonl"} | {
        f"photos/v2/{id_}-{name}" for name in ("400.webp", "800.webp", "900.webp", "1200.jpg")
    }
    jpeg = Image.open(io.BytesIO(objects[f"photos/v2/{id_}-1200.jpg"]))
    assert (jpeg.format, jpeg.size) == ("JPEG", (900, 600))
    for width, height in record["sizes"]:
        image = Image.open(io.BytesIO(objects[f"photos/v2/{id_}-{width}.webp"]))
        assert (image.format, image.size) == ("WEBP", (width, height))
    headers = {
        blob.name: (blob.content_type, blob.cache_control) for blob in bucket.bucket.list_blobs()
    }
    assert headers.pop("catalog.jsonl")[1] == "no-cache"
    assert set(headers.values()) == {
        ("image/webp", "public, max-age=86400"),
        ("image/jpeg", "public, max-age=86400"),
    }
    assert (outcome.photo_count, outcome.files_sent) == (1, 4)
    assert outcome.bytes_sent == sum(map(len, objects.values())) - len(objects["catalog.jsonl"])


def test_a_second_sync_sends_nothing_and_asks_for_no_object(sync, bucket, picture, cloud):
    for number, color in enumerate(COLORS):
        picture(f"{number}.png", color=color)
    sync()
    before = bucket.generations()
    cloud.reset_calls()

    outcome = sync()

    assert cloud.calls() == {"storage.objects.getMedia": 1, "storage.objects.list": 1}
    assert bucket.generations() == before
    assert outcome.plan.nothing_to_do


def test_a_change_of_words_rewrites_only_the_catalog(sync, bucket, picture, folder):
    picture("a.png")
    sync()
    before = bucket.generations()
    (folder / "captions.yaml").write_text("a.png: Another\n")

    sync()

    after = bucket.generations()
    assert {name for name in after if after[name] != before[name]} == {"catalog.jsonl"}
    assert bucket.records()[0]["caption"] == "Another"


def test_a_removed_photo_leaves_the_catalog_and_its_renditions_go(sync, bucket, picture, folder):
    picture("a.png")
    picture("b.png", color="blue")
    sync()
    (folder / "a.png").unlink()

    sync()

    (left,) = bucket.records()
    assert set(bucket.objects()) == {"catalog.jsonl"} | files(left["id"])


def test_a_hidden_photo_is_taken_out_with_its_renditions(sync, bucket, picture, folder):
    picture("a.png")
    picture("b.png", color="blue")
    sync()
    (folder / "captions.yaml").write_text("a.png: {hidden: true}\n")

    sync()

    assert len(bucket.records()) == 1
    assert len(bucket.objects()) == 1 + 2


def test_the_catalog_changes_before_renditions_go_and_after_they_came(
    sync, bucket, picture, folder, cloud
):
    picture("a.png")
    cloud.fault(method="storage.objects.insert", times=1, status=403, after=2)

    outcome = sync()

    assert [path for path, _ in outcome.failed] == ["catalog.jsonl"]
    assert len(bucket.objects()) == 2
    sync()
    (folder / "a.png").unlink()
    picture("b.png", color="blue")
    cloud.fault(method="storage.objects.insert", times=1, status=403, after=2)
    sync()
    assert len(bucket.objects()) == 1 + 2 * 2
    assert ids(bucket.records()) <= {name[10:26] for name in bucket.objects()}


def test_other_sources_are_left_alone(sync, bucket, picture, folder, tmp_path):
    picture("a.png")
    picture("both.png", color="green")
    talk = picture("b.png", folder=tmp_path / "talk", color="blue").parent
    picture("both.png", folder=talk, color="green")
    sync()
    sync("talk", talk)
    theirs = [record for record in bucket.records() if record["source"] == "talk"]

    (folder / "both.png").unlink()
    sync()

    assert [r for r in bucket.records() if r["source"] == "talk"] == theirs
    assert [r["source"] for r in bucket.records()].count("stack") == 1
    assert len(bucket.objects()) == 1 + 2 * 3  # both is still shown by the other


def test_removing_a_source_leaves_the_others_whole(sync, bucket, picture, tmp_path):
    picture("a.png")
    picture("both.png", color="green")
    talk = picture("both.png", folder=tmp_path / "talk", color="green").parent
    sync()
    sync("talk", talk)

    remove_source(connect(bucket.name), "stack", [])

    (left,) = bucket.records()
    assert left["source"] == "talk"
    assert set(bucket.objects()) == {"catalog.jsonl"} | files(left["id"])
    remove_source(connect(bucket.name), "talk", [])
    assert bucket.objects() == {"catalog.jsonl": b'{"catalog":1,"count":0}\n'}


def test_the_guard_refuses_before_anything_is_done(sync, bucket, picture, folder):
    for number, color in enumerate(COLORS):
        picture(f"{number}.png", color=color)
    sync()
    for number in range(6):
        (folder / f"{number}.png").unlink()
    before = bucket.generations()

    with pytest.raises(RemovalRefused, match="would remove 6 of 11 photos of “stack”"):
        sync()

    assert bucket.generations() == before
    assert sync(remove_many=6).photo_count == 5


def test_a_file_that_cannot_be_decoded_is_named_and_the_rest_goes_on(sync, bucket, picture, folder):
    picture("a.png")
    whole = picture("whole.jpg", color="blue", size=(500, 300)).read_bytes()
    (folder / "cut.jpg").write_bytes(whole[: len(whole) // 2])

    outcome, again = sync(), sync()

    assert outcome.unusable == [("cut.jpg", "is cut off: the file ends within the picture")]
    assert outcome.photo_count == 2
    assert again.unusable == outcome.unusable
    assert again.plan.nothing_to_do


def trouble(monkeypatch, name, times):
    """Let the worker die that renders a file, so many times; what was rendered, in order."""
    render, rendered = Pool.render, []

    def fail(self, path, *arguments, **options):
        rendered.append(path.name)
        if path.name == name and rendered.count(name) <= times:
            raise Unusable("makes the decoder crash", transient=True)
        return render(self, path, *arguments, **options)

    monkeypatch.setattr(Pool, "render", fail)
    return rendered


def test_a_photo_whose_worker_dies_is_rendered_at_the_end_of_the_same_run(
    sync, bucket, picture, monkeypatch
):
    for number, color in enumerate(COLORS[:4]):
        picture(f"{number}.png", color=color)
    rendered = trouble(monkeypatch, "0.png", times=1)

    outcome = sync()

    assert (outcome.photo_count, outcome.unusable) == (4, [])
    assert rendered[-1] == "0.png"


def test_a_photo_that_was_shown_outlives_trouble_and_is_tried_again_last(
    sync, bucket, picture, monkeypatch
):
    """The kernel may kill any worker when memory is short: that is no fault of the photo."""
    for number, color in enumerate(COLORS[:3]):
        picture(f"{number}.png", color=color)
    sync()
    before = bucket.records()
    for name in [name for name in bucket.objects() if name.endswith(".webp")]:
        bucket.bucket.blob(name).delete()

    with monkeypatch.context() as patch:
        trouble(patch, "0.png", times=2)
        outcome = sync()
    between = bucket.records()
    rendered = trouble(monkeypatch, "0.png", times=0)
    again = sync()

    assert outcome.unusable == [("0.png", "makes the decoder crash")]
    assert between == before
    assert (again.unusable, again.photo_count) == ([], 3)
    assert rendered == ["0.png"]
    assert set().union(*map(files, ids(before))) < set(bucket.objects())


def test_what_has_been_in_trouble_comes_last_even_if_other_photos_are_new(
    sync, bucket, picture, monkeypatch
):
    picture("a.png")
    with monkeypatch.context() as patch:
        trouble(patch, "a.png", times=2)
        assert sync().photo_count == 0
    for number, color in enumerate(COLORS[1:5]):
        picture(f"b{number}.png", color=color)
    rendered = trouble(monkeypatch, "a.png", times=0)

    assert sync().photo_count == 5
    assert rendered[-1] == "a.png"


def test_a_photo_that_is_overwritten_by_something_broken_keeps_its_place_until_it_is_gone(
    sync, bucket, picture, folder
):
    picture("a.png")
    picture("b.jpg", color="blue", size=(500, 300))
    picture("c.png", color="green")
    sync()
    before = bucket.records()
    whole = (folder / "b.jpg").read_bytes()
    (folder / "a.png").write_bytes(b"no picture")
    (folder / "b.jpg").write_bytes(whole[: len(whole) // 2])

    first, second = sync(), sync()

    assert bucket.records() == before
    assert set().union(*map(files, [r["id"] for r in before if r["sizes"] == [[60, 40]]])) < set(
        bucket.objects()
    )
    assert [path for path, _ in first.unusable] == ["a.png", "b.jpg"]
    assert second.plan.nothing_to_do
    (folder / "a.png").unlink()
    (folder / "captions.yaml").write_text("b.jpg: {hidden: true}\n")
    sync(remove_many=2)
    assert [record["sizes"] for record in bucket.records()] == [[[60, 40]]]


def credits_in(bucket):
    """What the public files say of their author, by object."""
    return {
        name: (exif.get(0x013B), exif.get(0x8298))
        for name, content in bucket.objects().items()
        if name.startswith("photos/")
        for exif in [Image.open(io.BytesIO(content)).getexif()]
    }


def test_a_changed_credit_reaches_the_public_files_and_a_removed_one_leaves_them(
    sync, bucket, picture, folder, monkeypatch
):
    picture("a.png", size=(500, 300))
    picture("b.png", color="blue")
    (folder / "captions.yaml").write_text("defaults: {credit: Ann, license: CC0-1.0}\n")
    sync()
    pixels = [Image.open(io.BytesIO(c)).tobytes() for n, c in bucket.objects().items() if "ph" in n]
    assert set(credits_in(bucket).values()) == {("Ann", "Ann, CC0-1.0")}
    rendered = trouble(monkeypatch, "", times=0)

    (folder / "captions.yaml").write_text("a.png: {credit: Bob}\n")
    outcome = sync()

    assert sorted(map(str, credits_in(bucket).values())) == sorted(
        map(str, [("Bob", "Bob")] * 3 + [(None, None)] * 2)
    )
    assert (outcome.files_sent, rendered) == (5, [])
    assert [
        Image.open(io.BytesIO(c)).tobytes() for n, c in bucket.objects().items() if "ph" in n
    ] == pixels
    assert sync().plan.nothing_to_do


def test_of_two_sources_of_one_picture_the_one_that_is_shown_says_whose_it_is(
    sync, bucket, picture, folder, tmp_path
):
    picture("both.png")
    talk = picture("both.png", folder=tmp_path / "talk").parent
    (folder / "captions.yaml").write_text("both.png: {credit: Ann}\n")
    (talk / "captions.yaml").write_text("both.png: {credit: Bob}\n")
    sync("talk", talk)
    sync()

    for _ in range(2):
        sync("talk", talk)
        sync()

    assert set(credits_in(bucket).values()) == {("Ann", "Ann")}
    assert sync().plan.nothing_to_do
    assert sync("talk", talk).plan.nothing_to_do


def test_a_catalog_that_is_none_is_left_alone(sync, bucket, picture):
    picture("a.png")
    bucket.bucket.blob("catalog.jsonl").upload_from_string("something else")

    with pytest.raises(CatalogError, match="none that this version reads"):
        sync()

    assert bucket.objects() == {"catalog.jsonl": b"something else"}


@pytest.mark.parametrize("recipe", ["v2", "v901"])
def test_where_a_newer_program_wrote_nothing_is_written(sync, bucket, picture, recipe):
    picture("a.png")
    theirs = {"id": "0" * 16, "source": "talk", "recipe": recipe, "sizes": [], "alt": "", "x": [1]}
    theirs = theirs if recipe == "v2" else {k: v for k, v in theirs.items() if k != "x"}
    bucket.bucket.blob("catalog.jsonl").upload_from_string(write_catalog([theirs]))
    before = bucket.generations()

    with pytest.raises(Outdated, match="Update this program"):
        sync()
    with pytest.raises(Outdated, match="Update this program"):
        remove_source(connect(bucket.name), "talk", [])

    assert bucket.generations() == before


def test_what_it_cannot_have_made_is_never_deleted_however_old(
    sync, bucket, picture, folder, monkeypatch
):
    picture("a.png")
    picture("b.png", color="blue")
    sync()
    theirs = ["photos/2019/DSC_0001.NEF", "photos/holiday.jpg", "photos/v2/notes.txt"]
    for name in theirs:
        bucket.bucket.blob(name).upload_from_string(b"x")
    (folder / "b.png").unlink()
    monkeypatch.setattr("uploader.sync.plan._LEFT_BEHIND", -1.0)

    outcome = sync()

    assert set(theirs) < set(bucket.objects())
    assert outcome.plan.foreign == theirs
    assert len(outcome.plan.deleted) == 2
    text = describe(outcome.plan)
    assert f"not of a gallery, and left alone: {', '.join(theirs)}" in text
    assert "1 removed, 1 unchanged; 2 files to delete." in text


@pytest.mark.parametrize(
    ("date", "age"),
    [(lambda: format_datetime(datetime.now(UTC) + timedelta(days=2)), 2 * 86400), (lambda: "", 0)],
)
def test_the_age_of_an_object_is_told_by_the_date_of_the_buckets_answer(bucket, date, age):
    bucket.bucket.blob("photos/a.jpg").upload_from_string(b"x", "image/jpeg")
    opened = connect(bucket.name)

    def answered(response, *_, **__):
        response.headers["Date"] = date()

    opened._client._http.hooks["response"].insert(0, answered)

    assert opened.list("photos/")["photos/a.jpg"].age == pytest.approx(age, abs=60)


def test_a_picture_that_was_sent_before_another_source_withdrew_it_is_sent_again(
    sync, bucket, picture, tmp_path, monkeypatch
):
    """The other run published these files as its own and withdrew them, before this one wrote."""
    picture("both.png")
    talk = picture("both.png", folder=tmp_path / "talk").parent
    write = sync_module.write_catalog_object

    def come_between(*arguments):
        monkeypatch.setattr(sync_module, "write_catalog_object", write)
        sync("talk", talk)
        remove_source(connect(bucket.name), "talk", [])
        write(*arguments)

    monkeypatch.setattr(sync_module, "write_catalog_object", come_between)

    outcome = sync()

    (record,) = bucket.records()
    assert (record["source"], outcome.failed) == ("stack", [])
    assert files(record["id"]) < set(bucket.objects())


def test_who_deletes_what_an_interrupted_run_withdrew_writes_the_catalog_first(
    sync, bucket, picture, folder
):
    """By its generation who relies on the files meanwhile learns that they go."""
    picture("a.png")
    sync()
    orphan = bucket.bucket.blob(f"photos/v2/{'0' * 16}-400.webp")
    orphan.upload_from_string(b"x", "image/webp")
    with Index(folder) as index:
        index.withdrawing(bucket.name, ["0" * 16])
    before = bucket.generations()["catalog.jsonl"]

    outcome = sync()

    assert outcome.plan.deleted == [orphan.name]
    assert orphan.name not in bucket.objects()
    assert bucket.generations()["catalog.jsonl"] != before


def without_captions(file):
    file.unlink()


def as_dangling_link(file):
    file.unlink()
    file.symlink_to("nowhere.yaml")


def as_folder(file):
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("harm", [without_captions, as_dangling_link, as_folder])
def test_hidden_stays_hidden_when_the_captions_file_is_lost(sync, bucket, picture, folder, harm):
    picture("a.png")
    picture("b.png", color="blue")
    captions = folder / "captions.yaml"
    captions.write_text("a.png: {hidden: true}\n")
    sync()
    before = bucket.generations()
    harm(captions)

    with pytest.raises(CaptionsError, match=r"captions\.yaml"):
        sync()

    assert bucket.generations() == before


def test_the_day_on_which_a_photo_came_in_stays_for_ever(
    sync, bucket, picture, folder, tmp_path, monkeypatch
):
    """Over another run, a rename, an edit, a second source and a lost index."""
    picture("a.png")
    picture("b.png", color="blue")
    monkeypatch.setattr(Bucket, "today", lambda _: "2026-01-02")
    sync()
    monkeypatch.setattr(Bucket, "today", lambda _: "2026-11-30")
    (folder / "a.png").rename(folder / "c.png")
    picture("b.png", color="green")
    picture("new.png", color="gold")
    talk = picture("c.png", folder=tmp_path / "talk").parent

    sync()
    sync("talk", talk)
    for path in folder.glob(".gallery-index*"):
        path.unlink()
    sync()

    days = sorted((record["source"], record["added"]) for record in bucket.records())
    assert days == [
        ("stack", "2026-01-02"),
        ("stack", "2026-01-02"),
        ("stack", "2026-11-30"),
        ("talk", "2026-01-02"),
    ]


def test_a_photo_that_is_hidden_no_more_is_said(sync, bucket, picture, folder):
    picture("a.png")
    picture("b.png", color="blue")
    captions = folder / "captions.yaml"
    captions.write_text("a.png: {hidden: true}\n")
    sync()
    captions.write_text("")

    outcome = sync()

    assert [photo.file.path for photo in outcome.plan.survey.revealed] == ["a.png"]
    captions.unlink()
    sync()  # an empty file said that it may go


def test_a_rendition_with_wrong_headers_or_missing_is_mended(sync, bucket, picture):
    picture("a.png", size=(500, 300))
    sync()
    first, second, _ = sorted(name for name in bucket.objects() if name.startswith("photos/"))
    blob = bucket.bucket.blob(first)
    blob.cache_control = "no-cache"
    blob.patch()
    bucket.bucket.blob(second).delete()

    outcome = sync()

    assert outcome.files_sent == 2
    assert {blob.cache_control for blob in bucket.bucket.list_blobs(prefix="photos/")} == {
        "public, max-age=86400"
    }


def test_what_a_run_left_behind_is_cleared_up_after_a_day_only(sync, bucket, picture, monkeypatch):
    """A younger one may belong to an upload that is under way."""
    picture("a.png")
    orphan = bucket.bucket.blob("photos/v2/0000000000000000-400.webp")
    orphan.upload_from_string(b"x", "image/webp")
    sync()
    assert orphan.name in bucket.objects()
    monkeypatch.setattr("uploader.sync.plan._LEFT_BEHIND", -1.0)

    sync()

    assert orphan.name not in bucket.objects()


def test_a_picture_that_another_source_withdraws_just_now_is_sent_again(
    sync, bucket, picture, tmp_path, monkeypatch
):
    """Its renditions were there when the plan was made, and gone when the catalog was written."""
    picture("both.png")
    talk = picture("both.png", folder=tmp_path / "talk").parent
    sync("talk", talk)
    touch_all = Sync._touch_all

    def withdraw_before(self, own):
        monkeypatch.setattr(Sync, "_touch_all", touch_all)
        remove_source(connect(bucket.name), "talk", [])
        self._gallery.records = []
        return touch_all(self, own)

    monkeypatch.setattr(Sync, "_touch_all", withdraw_before)

    outcome = sync()

    (record,) = bucket.records()
    assert (record["source"], outcome.failed) == ("stack", [])
    assert files(record["id"]) < set(bucket.objects())


def test_a_rendition_that_is_relied_on_is_touched_before_the_catalog_names_it(
    sync, bucket, picture, tmp_path, monkeypatch
):
    """Or the other source's removal, which has listed it already, would delete it after."""
    picture("both.png")
    talk = picture("both.png", folder=tmp_path / "talk").parent
    sync("talk", talk)
    slow = connect(bucket.name)
    gallery = read_gallery(slow)
    remove = Bucket.remove

    read, synced = galleries.read_gallery, []

    def sync_in_between(self, name, listed):
        if not synced:
            synced.append(True)
            monkeypatch.setattr(galleries, "read_gallery", read)
            sync()
        remove(self, name, listed)

    monkeypatch.setattr(galleries, "read_gallery", lambda _bucket: gallery)
    monkeypatch.setattr(Bucket, "remove", sync_in_between)

    remove_source(slow, "talk", [])

    (record,) = bucket.records()
    assert record["source"] == "stack"
    assert files(record["id"]) < set(bucket.objects())


def test_uploaders_of_eight_sources_at_once_lose_nothing(bucket, pool, tmp_path):
    def upload(source):
        root = tmp_path / source
        root.mkdir()
        for number in range(4):
            color = f"#{source[-1]}0{number}0ff"
            (root / f"{number}.png").write_bytes(png(color))
        (root / "both.png").write_bytes(png("white"))
        with Index(root) as index:
            run = Sync(connect(bucket.name), source, index, pool)
            run.carry_out(run.plan(survey(root, index, pool)))

    threads = [threading.Thread(target=upload, args=(f"source-{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    records = bucket.records()
    assert len(records) == 8 * 5
    assert len(ids(records)) == 8 * 4 + 1
    assert set().union(*map(files, ids(records))) < set(bucket.objects())


def test_a_bucket_that_is_not_there_is_told_at_once(folder, picture, pool, cloud):
    picture("a.png")
    with Index(folder) as index, pytest.raises(NotThere, match="there is no such bucket"):
        Sync(connect("no-such-bucket"), "stack", index, pool).plan(survey(folder, index, pool))


# google-auth leaves a refused download open where no credentials can be refreshed.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
@pytest.mark.parametrize(("status", "told"), [(403, "no permission"), (401, "have expired")])
def test_what_the_bucket_refuses_is_told_at_once(sync, picture, cloud, status, told):
    picture("a.png")
    cloud.fault(method="*", times=100, status=status)

    with pytest.raises(StorageError, match=told):
        sync()
    gc.collect()  # here, and not in a later test


def test_a_full_disk_or_a_read_only_folder_is_done_without_an_index(
    sync, bucket, picture, folder, monkeypatch
):
    picture("a.png")
    monkeypatch.setattr("uploader.folder.index.FILE", "no/such/folder")

    assert sync().photo_count == 1
    assert not list(folder.glob(".gallery*"))
