"""Exports of other programs become captions.yaml; the owner's own words stay, nothing is lost."""

import json

import pytest
import yaml

from cli.app import main
from uploader.imports.exports import read_exports
from uploader.imports.takeout import _sidecars


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


def taken(timestamp="1502733780", **more):
    """A Takeout sidecar, as Google writes it."""
    return {"title": "IMG_1.jpg", "photoTakenTime": {"timestamp": timestamp}} | more


def captions(folder):
    return yaml.safe_load((folder / "captions.yaml").read_text())


def run(folder, *options):
    return main(["import", str(folder), *options])


# Pairs of names that people reported: github.com/ente/ente/pull/4956 and
# Xentraxx/GooglePhotosTakeoutHelper_Neo#29.
@pytest.mark.parametrize(
    ("photo", "sidecar"),
    [
        ("IMG_1.jpg", "IMG_1.jpg.json"),
        ("IMG_1.jpg", "IMG_1.jpg.supplemental-metadata.json"),
        ("IMG_1(1).jpg", "IMG_1.jpg(1).json"),
        ("IMG_1(1).jpg", "IMG_1.jpg.supplemental-metadata(1).json"),
        ("IMG_1-edited.jpg", "IMG_1.jpg.supplemental-metadata.json"),
        ("IMG_1-bearbeitet(2).jpg", "IMG_1.jpg.supplemental-metadata(2).json"),
        ("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUdifferent.jpg",
         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRST.json"),
        ("1234567891234567891234567891_DSCN0091.JPG",
         "1234567891234567891234567891_DSCN0091.JPG.supp.json"),
        ("1234567891234567891234567891_DSCN0091(1).JPG",
         "1234567891234567891234567891_DSCN0091.JPG.supp(1).json"),
    ],
)  # fmt: skip
def test_a_takeout_sidecar_is_found_under_its_cut_name(tmp_path, photo, sidecar):
    write(tmp_path / "Kyoto" / sidecar, taken(description="Rain"))

    found = read_exports(tmp_path, [f"Kyoto/{photo}"])

    assert found.fields == {f"Kyoto/{photo}": {"caption": "Rain", "date": "2017-08-14"}}


@pytest.mark.parametrize(
    ("photo", "sidecar", "title"),
    [
        ("IMG_1-编辑.jpg", "IMG_1.jpg.supplemental-metadata.json", "IMG_1.jpg"),
        ("IMG_1-modifié(1).jpg", "IMG_1.jpg.supplemental-metadata(1).json", "IMG_1.jpg"),
        ("IMG_1.JPG", "img_1.jpg.suppl.json", "img_1.jpg"),
        ("Cafe\u0301.jpg", "other.json", "Café.jpg"),
    ],
)
def test_a_takeout_sidecar_is_found_by_its_title(tmp_path, photo, sidecar, title):
    write(tmp_path / "Kyoto" / sidecar, taken(description="Rain") | {"title": title})

    assert list(read_exports(tmp_path, [f"Kyoto/{photo}"]).fields) == [f"Kyoto/{photo}"]


@pytest.mark.parametrize(
    "more",
    [{"trashed": True}, {"archived": True}, {"googlePhotosOrigin": {"fromPartnerSharing": {}}}],
)
def test_what_was_archived_deleted_or_a_partners_in_takeout_is_hidden(tmp_path, more):
    write(tmp_path / "IMG_1.jpg.json", taken("0", **more))

    assert read_exports(tmp_path, ["IMG_1.jpg"]).fields == {"IMG_1.jpg": {"hidden": True}}


def flickrs(folder):
    write(folder / "photo_3649912345.json", flickr("3649912345"))


def takeouts(folder):
    write(folder / "Kyoto/IMG_1.jpg.supplemental-metadata.json", taken())


@pytest.mark.parametrize("export", [flickrs, takeouts])
def test_an_export_is_published_once_it_was_imported(picture, folder, bucket, capsys, export):
    picture("Kyoto/IMG_1.jpg")
    picture("a_3649912345_o.jpg", color="blue")
    export(folder)

    assert main(["sync", str(folder), "--bucket", bucket.name]) == 4
    refused = capsys.readouterr().err
    assert bucket.objects() == {}
    assert refused.count("\n") == 1
    assert "was not imported" in refused
    assert f"Type: ./gallery import {folder}" in refused
    assert run(folder) == 0
    assert main(["sync", str(folder), "--bucket", bucket.name]) == 0
    assert len(bucket.records()) == 2


def test_an_instagram_export_is_refused_with_the_folder_to_copy(picture, folder, bucket, capsys):
    picture("media/posts/201708/a.jpg")
    picture("media/stories/201708/b.jpg", color="blue")

    assert main(["plan", str(folder), "--bucket", bucket.name]) == 4
    assert "Copy its folder media/posts alone" in capsys.readouterr().err


def test_no_sidecar_is_taken_for_another_photos():
    assert "IMG_1.jpg" not in set(_sidecars("IMG_11.jpg"))
    assert not set(_sidecars("IMG_1.jpg")) & set(_sidecars("IMG_1(1).jpg"))


def test_a_takeout_folder_becomes_captions(picture, folder, capsys):
    picture("Trip to Kyoto/IMG_1.jpg", color="red")
    picture("Trip to Kyoto/IMG_2.jpg", color="blue")
    write(folder / "Trip to Kyoto/IMG_1.jpg.supplemental-metadata.json", taken(description="Rain"))
    write(folder / "Trip to Kyoto/IMG_2.jpg.json", taken(trashed=True))
    write(folder / "Trip to Kyoto/metadata.json", {"title": "Trip to Kyoto", "access": "protected"})

    assert run(folder) == 0

    assert captions(folder) == {
        "Trip to Kyoto/IMG_1.jpg": {"caption": "Rain", "date": "2017-08-14"},
        "Trip to Kyoto/IMG_2.jpg": {"date": "2017-08-14", "hidden": True},
    }
    said = capsys.readouterr().out
    assert "Google Takeout: 2 files" in said
    assert "+ Trip to Kyoto/IMG_1.jpg: “Rain”, 2017-08-14" in said
    assert said.endswith("captions.yaml: written for 2 photos; 0 moved.\n")


def test_a_second_import_writes_nothing_more(picture, folder, capsys):
    picture("IMG_1.jpg")
    write(folder / "IMG_1.jpg.json", taken(description="Rain"))
    run(folder)
    before = (folder / "captions.yaml").read_bytes()

    assert run(folder) == 0

    assert (folder / "captions.yaml").read_bytes() == before
    assert "written for 0 photos" in capsys.readouterr().out


def test_what_the_owner_wrote_stays(picture, folder):
    picture("IMG_1.jpg")
    (folder / "captions.yaml").write_text('IMG_1.jpg:\n  caption: "Mine"  # I said\n  date: ""\n')
    write(folder / "IMG_1.jpg.json", taken(description="Theirs", trashed=True))

    run(folder)

    text = (folder / "captions.yaml").read_text()
    entry = captions(folder)["IMG_1.jpg"]
    assert entry == {"caption": "Mine", "date": "", "hidden": True}
    assert "Theirs" not in text


@pytest.mark.parametrize(
    ("timestamp", "written"),
    [
        ("1502700000", None),
        ("1502733780", None),
        ("1502830000", None),
        ("1600000000", "2020-09-13"),
    ],
)
def test_a_date_in_utc_does_not_shift_the_cameras_own_day(picture, folder, timestamp, written):
    from PIL import Image

    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2017:08:14 23:30:00"
    picture("IMG_1.jpg", exif=exif)
    write(folder / "IMG_1.jpg.json", taken(timestamp))

    run(folder)

    entry = captions(folder).get("IMG_1.jpg", {}) if (folder / "captions.yaml").exists() else {}
    assert entry.get("date") == written


def flickr(id_, **more):
    """A photo's file in Flickr's export, as Flickr documents it."""
    return {
        "id": id_, "name": "DSC_0001", "description": "", "date_taken": "2009-06-13 10:26:11",
        "license": "All Rights Reserved", "privacy": "public", "albums": [],
    } | more  # fmt: skip


def test_a_flickr_export_becomes_captions_and_its_albums_folders(picture, folder, capsys):
    picture("dsc0001_3649912345_o.jpg", color="red")
    picture("harbour_3649912346_o.jpg", color="blue")
    picture("3649912347_0123456789_o.jpg", color="green")
    write(folder / "photo_3649912345.json", flickr("3649912345", albums=[{"title": "Sea/side"}]))
    write(folder / "photo_3649912346.json", flickr(
        "3649912346", name="The harbour", license="Attribution-ShareAlike License"))  # fmt: skip
    write(folder / "photo_3649912347.json", flickr(
        "3649912347", description="Only for us", privacy="friends only"))  # fmt: skip
    write(folder / "albums.json", {"albums": [{"title": "Sea/side", "photos": ["3649912345"]}]})

    assert run(folder, "--albums") == 0

    date = "2009-06-13T10:26"
    assert captions(folder) == {
        "3649912347_0123456789_o.jpg": {"caption": "Only for us", "date": date, "hidden": True},
        "Sea-side/dsc0001_3649912345_o.jpg": {"date": date},
        "harbour_3649912346_o.jpg": {
            "caption": "The harbour", "date": date, "license": "CC-BY-SA-2.0"},
    }  # fmt: skip
    assert (folder / "Sea-side" / "dsc0001_3649912345_o.jpg").exists()
    assert (
        "> dsc0001_3649912345_o.jpg → Sea-side/dsc0001_3649912345_o.jpg" in capsys.readouterr().out
    )


def test_an_album_climbs_out_of_no_folder(picture, folder):
    picture("a_3649912345_o.jpg")
    write(folder / "photo_3649912345.json", flickr("3649912345", albums=[{"title": "../../up"}]))

    run(folder, "--albums")

    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    assert list(folder.glob("*/a_3649912345_o.jpg"))


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[" * 100_000, b"7", b"[]", b"[null]", b'[{"media": 7}]', b'{"id": 1, "name": 2}',
     b'{"title": 1, "photoTakenTime": null}',
     b'{"title": "a", "photoTakenTime": {"timestamp": 1e99}}',
     b'{"id": "1", "name": null, "date_taken": [], "albums": [7]}', b"\xff\xfe"],
)  # fmt: skip
def test_a_foreign_or_broken_file_never_ends_an_import(picture, folder, content):
    picture("IMG_1.jpg")
    (folder / "IMG_1.jpg.json").write_bytes(content)

    assert run(folder) == 0


def test_a_pipe_with_an_exports_name_is_not_waited_for(picture, folder):
    import os

    picture("IMG_1.jpg")
    os.mkfifo(folder / "IMG_1.jpg.json")

    assert run(folder) == 0


def test_a_dry_run_writes_nothing(picture, folder, capsys):
    picture("IMG_1.jpg")
    write(folder / "IMG_1.jpg.json", taken(description="Rain"))

    assert run(folder, "--dry-run", "--json") == 0

    assert not (folder / "captions.yaml").exists()
    said = json.loads(capsys.readouterr().out)
    assert said["written"] == {"IMG_1.jpg": {"caption": "Rain", "date": "2017-08-14"}}


def test_without_an_export_it_says_what_is_known(picture, folder, capsys):
    picture("IMG_1.jpg")

    assert run(folder) == 0
    assert "Google Takeout or Flickr" in capsys.readouterr().out
