"""What a folder holds, and what is said about the rest."""

import os
import shutil
import socket
import time

import pytest
from PIL import Image

from uploader.errors import CaptionsError, FolderError, Unusable
from uploader.folder.index import Index
from uploader.folder.listing import list_folder
from uploader.folder.survey import survey
from uploader.render.pool import Pool


@pytest.fixture(scope="module")
def pool():
    with Pool(1) as pool:
        yield pool


@pytest.fixture
def look(folder, pool):
    def survey_it():
        with Index(folder) as index:
            return survey(folder, index, pool)

    return survey_it


def paths(photos):
    return [photo.file.path for photo in photos]


def test_photos_are_found_at_any_depth_in_sorted_order(look, picture):
    for name in ("b.jpg", "alps/z.PNG", "alps/deep/a.webp", "a.gif"):
        picture(name, color=f"#{len(name):02}0000")

    found = look()

    assert paths(found.photos) == ["a.gif", "alps/deep/a.webp", "alps/z.PNG", "b.jpg"]
    assert [photo.file.album for photo in found.photos] == ["", "alps", "alps", ""]


def test_the_same_picture_twice_is_one_photo_with_the_first_words(look, picture, folder):
    picture("b.png")
    picture("a.png")
    picture("c.png", color="blue")
    (folder / "captions.yaml").write_text("a.png: first\nb.png: second\n")

    found = look()

    assert paths(found.photos) == ["a.png", "c.png"]
    assert found.photos[0].metadata.caption == "first"
    assert found.twice == [("b.png", "a.png")]


def test_hidden_photos_are_kept_apart(look, picture, folder):
    picture("a.png")
    picture("b.png", color="blue")
    (folder / "captions.yaml").write_text("a.png: {hidden: true}\n")

    found = look()

    assert (paths(found.photos), paths(found.hidden)) == (["b.png"], ["a.png"])


def test_the_nearest_words_win_field_by_field(look, picture, folder):
    picture("alps/deep/a.jpg")
    (folder / "captions.yaml").write_text(
        "defaults: {credit: Root, license: CC0-1.0}\n"
        "alps/deep/a.jpg: {caption: from the root, alt: from the root}\n"
    )
    (folder / "alps/captions.yaml").write_text(
        "defaults: {credit: Alps}\ndeep/a.jpg: {date: 2017}\n"
    )
    (folder / "alps/deep/captions.yaml").write_text("a.jpg: from beside\n")
    (folder / "alps/deep/metadata.json").write_text(
        '[{"image": "a.jpg", "image-date": "1999", "image-description": "from the list"}]'
    )

    (photo,) = look().photos

    metadata = photo.metadata
    assert (metadata.caption, metadata.alt, metadata.date) == (
        "from beside",
        "from the root",
        "1999",
    )
    assert (metadata.credit, metadata.license) == ("Alps", "CC0-1.0")


def test_words_in_the_file_come_after_written_ones_and_before_defaults(look, picture, folder):
    exif = Image.Exif()
    exif[0x010E], exif[0x013B] = "In the file", "The camera's owner"
    picture("a.jpg", exif=exif)
    (folder / "captions.yaml").write_text("defaults: {credit: Nobody}\na.jpg: Written\n")

    (photo,) = look().photos

    assert (photo.metadata.caption, photo.metadata.credit) == ("Written", "The camera's owner")


def test_entries_without_photo_are_told_with_file_and_line(look, picture, folder):
    picture("alps/IMG_1.JPG")
    (folder / "captions.yaml").write_text("a.jpg: x\nalps/img_1.jpg: y\nIMG_1.JPG: z\n")

    assert look().problems == [
        "captions.yaml:1: there is no photo “a.jpg”. Delete the line, or give the photo that name.",
        "captions.yaml:2: there is no photo “alps/img_1.jpg”. Did you mean “alps/IMG_1.JPG”?",
        "captions.yaml:3: there is no photo “IMG_1.JPG”. Did you mean “alps/IMG_1.JPG”?",
    ]


def test_a_renamed_photo_keeps_its_entry_until_that_is_written_down(look, picture, folder):
    picture("IMG_1.png")
    picture("IMG_2.png", color="blue")
    (folder / "captions.yaml").write_text("IMG_1.png: On the pier\nIMG_2.png: {hidden: true}\n")
    look()
    (folder / "IMG_1.png").rename(folder / "pier.png")
    (folder / "IMG_2.png").rename(folder / "face.png")

    for _ in range(2):
        found = look()

        assert [(photo.file.path, photo.metadata.caption) for photo in found.photos] == [
            ("pier.png", "On the pier")
        ]
        assert paths(found.hidden) == ["face.png"]
        assert found.moved == {"IMG_1.png": "pier.png", "IMG_2.png": "face.png"}
        assert found.problems[0] == (
            "captions.yaml:1: there is no photo “IMG_1.png”. It is “pier.png” now, and keeps its "
            "text; ./gallery init writes that down."
        )


def test_a_photo_keeps_its_entry_over_two_renames_and_in_another_folder(look, picture, folder):
    picture("alps/a.png")
    picture("sea/b.png", color="blue")
    (folder / "alps/captions.yaml").write_text("a.png: {caption: Up, hidden: true}\n")
    look()
    (folder / "alps/a.png").rename(folder / "alps/b.png")
    look()
    (folder / "alps/b.png").rename(folder / "sea/c.png")

    found = look()

    assert [(photo.file.path, photo.metadata.caption) for photo in found.hidden] == [
        ("sea/c.png", "Up")
    ]


def test_a_copy_of_a_photo_takes_no_entry_away(look, picture, folder):
    picture("a.png")
    (folder / "captions.yaml").write_text("a.png: On the pier\n")
    look()
    shutil.copy(folder / "a.png", folder / "b.png")

    found = look()

    assert found.moved == {}
    assert [(photo.file.path, photo.metadata.caption) for photo in found.photos] == [
        ("a.png", "On the pier")
    ]


def test_two_names_that_differ_in_their_unicode_form_are_two_files(look, picture, folder):
    """As after copying from a Mac to Linux; what is written counts for both."""
    picture("\u00e9t\u00e9.png")
    picture("e\u0301te\u0301.png", color="blue")
    picture("e\u0301/a.png", color="green")
    picture("\u00e9/a.png", color="white")
    (folder / "captions.yaml").write_text("\u00e9t\u00e9.png: Summer\n")

    found = look()

    assert [(photo.file.path, photo.metadata.caption) for photo in found.photos] == [
        ("e\u0301/a.png", ""),
        ("e\u0301te\u0301.png", "Summer"),
        ("\u00e9/a.png", ""),
        ("\u00e9t\u00e9.png", "Summer"),
    ]
    assert look() == found


def test_names_that_are_no_text_are_told_apart(look, picture, folder):
    for number, name in enumerate((b"\xff.png", b"\xfe.png")):
        made = picture("made.png", color=f"#0000{number:02}")
        made.rename(os.fsdecode(os.fsencode(folder) + b"/" + name))

    assert paths(look().photos) == ["\\xfe.png", "\\xff.png"]


def test_names_on_disk_and_in_captions_meet_in_nfc(look, picture, folder):
    picture("e\u0301te\u0301.png")
    (folder / "captions.yaml").write_text("\u00e9t\u00e9.png: summer\n")

    (photo,) = look().photos

    assert (photo.file.path, photo.metadata.caption) == ("\u00e9t\u00e9.png", "summer")


def test_odd_names_are_photos_all_the_same(look, picture):
    names = ["a b.png", "#.png", "%20.png", "🎞️.png", "-rf.png", "q?.png", "new\nline.png"]
    for number, name in enumerate([*names, "x" * 250 + ".png"]):
        picture(name, color=f"#0000{number:02}")

    assert len(look().photos) == 8


def test_a_file_that_the_index_knows_is_not_opened(look, picture, folder, monkeypatch):
    picture("a.png")
    before = look()
    monkeypatch.setattr(Pool, "inspect", lambda *_: pytest.fail("a file was opened"))

    assert look() == before


def test_a_file_that_changed_is_read_again(look, picture):
    picture("a.png")
    (before,) = look().photos
    picture("a.png", color="blue")

    (after,) = look().photos

    assert after.id != before.id


@pytest.mark.parametrize("ruin", [lambda file: file.write_bytes(b"no database" * 500), os.mkdir])
def test_an_index_that_cannot_be_used_is_done_without(look, picture, folder, ruin):
    picture("a.png")
    ruin(folder / ".gallery-index")

    assert paths(look().photos) == ["a.png"]


def test_what_is_no_photo_is_named_with_a_reason_and_not_followed(
    look, picture, folder, tmp_path, monkeypatch
):
    picture("a.png")
    outside = picture("outside.png", folder=tmp_path, color="blue")
    (folder / "out.png").symlink_to(outside)
    (folder / "in.png").symlink_to(folder / "a.png")
    (folder / "lost.png").symlink_to(folder / "nothing.png")
    (folder / "loop.png").symlink_to(folder / "loop.png")
    (folder / "round").symlink_to(folder)
    os.mkfifo(folder / "pipe.jpg")
    (folder / "notes.txt").write_text("x")
    (folder / "logo.svg").write_text("<svg/>")
    (folder / "empty.jpg").touch()
    (folder / ".hidden.png").write_bytes(b"x")
    monkeypatch.chdir(folder)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.jpg")

    found = look()

    assert paths(found.photos) == ["a.png"]
    assert found.twice == [("in.png", "a.png")]
    assert found.unusable == [
        ("empty.jpg", "is no image that can be read"),
        ("loop.png", "is a link that leads in a circle"),
        ("lost.png", "is not there"),
        ("out.png", "is a link out of the folder, and not followed"),
        ("pipe.jpg", "is no regular file"),
        ("socket.jpg", "is no regular file"),
    ]
    assert found.left_alone == [
        ("logo.svg", "not a photo"),
        ("notes.txt", "not a photo"),
        ("round", "a link to a folder"),
    ]


def test_a_folder_that_cannot_be_read_makes_the_survey_partial(look, picture, folder, monkeypatch):
    """Its photos are somewhere, and must not be taken for removed."""
    picture("a.png")
    picture("locked/b.png", color="blue")
    scandir = os.scandir

    def refuse(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)

    found = look()

    assert found.partial
    assert found.unusable == [("locked", "cannot be read (permission denied)")]


def test_a_file_that_cannot_be_read_now_makes_it_partial_and_is_not_remembered(
    look, picture, monkeypatch
):
    picture("a.png")
    picture("b.png", color="blue")
    inspect = Pool.inspect

    def refuse(self, path, size):
        if path.name == "b.png":
            raise Unusable("cannot be read (input/output error)", transient=True)
        return inspect(self, path, size)

    monkeypatch.setattr(Pool, "inspect", refuse)
    found = look()
    monkeypatch.undo()

    assert found.partial
    assert found.unusable == [("b.png", "cannot be read (input/output error)")]
    assert paths(look().photos) == ["a.png", "b.png"]


def test_captions_are_found_under_other_spellings_of_their_name(look, picture, folder):
    picture("a.png")
    picture("alps/b.png", color="blue")
    (folder / "Captions.YML").write_text("a.png: There\n")
    (folder / "alps/captions.yml").write_text("b.png: Up\n")

    assert [photo.metadata.caption for photo in look().photos] == ["There", "Up"]


def test_captions_that_are_a_link_out_of_the_folder_end_the_run(look, picture, folder, tmp_path):
    picture("a.png")
    (tmp_path / "captions.yaml").write_text("a.png: Elsewhere\n")
    (folder / "captions.yaml").symlink_to(tmp_path / "captions.yaml")

    with pytest.raises(CaptionsError, match=r"captions.yaml is a link out of the folder"):
        look()


def test_an_empty_field_takes_away_what_the_file_says_and_marks_a_decorative_photo(
    look, picture, folder
):
    exif = Image.Exif()
    exif[0x010E], exif[0x013B] = "In the file", "The camera's owner"
    for name, color in (("a.jpg", "red"), ("b.jpg", "blue"), ("c.jpg", "green")):
        picture(name, color=color, exif=exif)
    (folder / "captions.yaml").write_text(
        'defaults: {credit: Me}\na.jpg: {caption: "", credit: ""}\nb.jpg: {alt: ""}\nc.jpg:\n'
    )

    taken, decorative, untouched = (photo.metadata for photo in look().photos)

    assert (taken.caption, taken.read_aloud, taken.credit) == ("", "", "")
    assert (decorative.caption, decorative.read_aloud) == ("In the file", "")
    assert (untouched.caption, untouched.read_aloud) == ("In the file", "In the file")
    assert untouched.credit == "The camera's owner"


SIDECAR = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
 exif:DateTimeOriginal="1955-06-01T10:00:01"><dc:description><rdf:Alt>
 <rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></dc:description></rdf:Description></rdf:RDF>
</x:xmpmeta>"""


def test_an_xmp_file_beside_a_photo_comes_after_captions_and_before_the_file(
    look, picture, folder, monkeypatch
):
    exif = Image.Exif()
    exif[0x010E], exif[0x013B] = "In the file", "The camera's owner"
    for name, color in (("a.jpg", "red"), ("b.JPG", "blue"), ("c.jpg", "green")):
        picture(name, color=color, exif=exif)
    (folder / "a.xmp").write_text(SIDECAR.format("Lightroom’s"))
    (folder / "B.jpg.XMP").write_text(SIDECAR.format("darktable’s"))
    (folder / "c.xmp").write_text(SIDECAR.format("cut off")[:-40])
    (folder / "captions.yaml").write_text("b.JPG: {date: 1956}\n")

    found = look()

    lightroom, darktable, broken = (photo.metadata for photo in sorted(found.photos, key=path_of))
    assert (lightroom.caption, lightroom.date) == ("Lightroom’s", "1955-06-01T10:00")
    assert (darktable.caption, darktable.date) == ("darktable’s", "1956")
    assert (broken.caption, broken.credit) == ("In the file", "The camera's owner")
    assert found.left_alone == []
    monkeypatch.setattr("uploader.folder.survey.sidecar_metadata", None)
    assert look() == found
    monkeypatch.undo()
    (folder / "a.xmp").write_text(SIDECAR.format("Changed"))
    assert look().photos[0].metadata.caption == "Changed"


def path_of(photo):
    return photo.file.path


def test_formats_that_are_not_shown_are_named_with_what_to_do(look, picture, folder):
    picture("a.png")
    for name in ("b.jxl", "c.DNG", "d.nef", "e.psd"):
        (folder / name).write_bytes(b"x")

    raw = "raw file: export it as JPEG"
    assert look().left_alone == [
        ("b.jxl", "JPEG XL, which few browsers show: export it as JPEG or AVIF"),
        ("c.DNG", raw),
        ("d.nef", raw),
        ("e.psd", "not a photo"),
    ]


def test_what_was_thrown_away_and_what_programs_keep_is_left_alone_in_one_line_a_kind(
    look, picture, folder
):
    picture("a.png")
    for name in (
        *("$RECYCLE.BIN/b.png", "#recycle/b.png", "alps/@eaDir/b.jpg/SYNOPHOTO_THUMB_M.png"),
        *("Photos Library.photoslibrary/originals/1/b.png", "x Previews.lrdata/b.png"),
        *("lost+found/b.png", "__MACOSX/b.png", ".Trash-1000/b.png", ".picasaoriginals/b.png"),
    ):
        picture(name, color="blue")

    found = look()

    assert paths(found.photos) == ["a.png"]
    assert found.left_alone == [
        ("#recycle/", "a folder of what was thrown away"),
        ("$RECYCLE.BIN/", "a folder of what was thrown away"),
        ("Photos Library.photoslibrary/", "the catalog of a photo program"),
        ("__MACOSX/", "a folder of thumbnails"),
        ("alps/@eaDir/", "a folder of thumbnails"),
        ("lost+found/", "a folder of what was thrown away"),
        ("x Previews.lrdata/", "the catalog of a photo program"),
    ]


def test_folders_and_files_that_an_owner_left_out_are_left_alone(look, picture, folder):
    names = ("a.png", "alps/b.png", "alps/private/c.png", "s/d.png", "alps/keep/e.png", "f.tmp.png")
    for number, name in enumerate(names):
        picture(name, color=f"#0000{number:02}")
    (folder / "s/.nomedia").touch()
    (folder / ".gitignore").write_text("*.tmp.png\n")
    (folder / "alps/.galleryignore").write_text("# mine\n/private/\nkeep/*\n!keep/e.png\n")

    found = look()

    assert paths(found.photos) == ["a.png", "alps/b.png", "alps/keep/e.png"]
    assert found.left_alone == [
        ("alps/private/", "left out by alps/.galleryignore"),
        ("f.tmp.png", "left out by .gitignore"),
        ("s/", "left out by .nomedia"),
    ]


def test_an_ignore_file_that_cannot_be_read_ends_the_run(look, picture, folder):
    """What it leaves out would be published."""
    picture("a.png")
    os.mkfifo(folder / ".galleryignore")

    with pytest.raises(FolderError, match=r"^\.galleryignore cannot be read"):
        look()


def test_hints_for_thousands_of_entries_take_no_time(look, picture, folder):
    picture("a.png")
    lines = (f"old/PIC_{number:05}.jpg: x\n" for number in range(5_000))
    (folder / "captions.yaml").write_text("".join(lines))
    look()
    began = time.process_time()

    assert len(look().problems) == 5_000

    assert time.process_time() - began < 5


def test_a_file_that_cannot_be_read_any_more_keeps_what_it_held(look, picture, folder):
    """By what earlier runs know, so that the rest of the folder need not wait for it."""
    picture("a.png")
    picture("b.png", color="blue")
    picture("c.png", color="green")
    ids = {photo.file.path: photo.id for photo in look().photos}
    (folder / "b.png").write_bytes(b"no picture any more")
    (folder / "c.png").write_bytes(b"nor this")
    (folder / "captions.yaml").write_text("c.png: {hidden: true}\n")

    found, again = look(), look()

    for one in (found, again):
        assert [photo.id for photo in one.undecodable] == [ids["b.png"]]
        assert [photo.id for photo in one.hidden] == [ids["c.png"]]
        assert not one.partial
        assert [path for path, _ in one.unusable] == ["b.png", "c.png"]


def test_trouble_is_tried_again_alone_and_last_in_this_run_and_the_next(look, picture, monkeypatch):
    for number in range(4):
        picture(f"{number}.png", color=f"#0000{number:02}")
    order = []
    inspect = Pool.inspect

    def fail(self, path, size):
        order.append(path.name)
        if path.name == "1.png":
            raise Unusable("makes the decoder crash", transient=True)
        return inspect(self, path, size)

    monkeypatch.setattr(Pool, "inspect", fail)
    first = look()
    picture("9.png", color="white")
    order_then, order[:] = list(order), []
    look()
    monkeypatch.undo()

    assert (sorted(order_then[:4]), order_then[4:]) == (
        ["0.png", "1.png", "2.png", "3.png"],
        ["1.png"],
    )
    assert order == ["9.png", "1.png"]
    assert first.unusable == [("1.png", "makes the decoder crash")]
    assert len(look().photos) == 5


def test_a_missing_folder_a_file_and_an_empty_folder_are_refused(look, folder, tmp_path):
    with pytest.raises(FolderError, match=r"holds no photo. Put some there \(apng, avif"):
        look()
    (folder / "broken.jpg").write_bytes(b"x")
    with pytest.raises(FolderError, match=r"broken.jpg is no image that can be read\.$"):
        look()
    shutil.rmtree(folder)
    with pytest.raises(FolderError, match=r"is not there. Name the folder that holds your photos"):
        list_folder(folder)
    folder.touch()
    with pytest.raises(FolderError, match="is a file"):
        list_folder(folder)


def test_captions_that_cannot_be_read_end_the_run(look, picture, folder):
    picture("a.png")
    (folder / "captions.yaml").write_text("a.png: He said: yes\n")

    with pytest.raises(CaptionsError, match=r'Type: "a.png": "He said: yes"'):
        look()
