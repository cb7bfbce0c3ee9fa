"""Changing captions.yaml touches what was asked for, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uploader.errors import CaptionsError
from uploader.folder.captions import parse_captions, read_captions
from uploader.folder.metadata import clean
from uploader.folder.writing import add_entries, rename_entries, set_fields

WRITTEN = """\
# töp 🎞️
"a 🎞️.jpg": short # why
b.jpg:
  caption: "x"
  license: "CC0-1.0"
  hidden: true

# before c
c.jpg: |
  a block
  of text

d.jpg: {caption: "flow", alt: q}
# end
"""
NEW = {"caption": 'New "q" é # 1: 2', "alt": "- a", "date": "2017-08", "credit": "Me"}


@pytest.fixture
def captions(folder):
    file = folder / "captions.yaml"
    file.write_text(WRITTEN)
    return file


def fields(file):
    return {name: entry.fields for name, entry in read_captions(file, "x").entries.items()}


@pytest.mark.parametrize("name", ["a 🎞️.jpg", "b.jpg", "c.jpg", "d.jpg"])
def test_one_entry_is_changed_and_the_others_stay(folder, captions, name):
    before = fields(captions)

    set_fields(folder, name, NEW)

    after = fields(captions)
    assert after[name] == before[name] | NEW
    assert {n: w for n, w in after.items() if n != name} == {
        n: w for n, w in before.items() if n != name
    }
    text = captions.read_text()
    assert all(line in text for line in ("# töp 🎞️\n", "# before c\n", "# end\n"))


def test_the_nearest_file_that_has_the_photo_is_changed(folder, captions):
    nearer = folder / "alps" / "captions.yaml"
    nearer.parent.mkdir()
    nearer.write_text("e.jpg: near\n")

    set_fields(folder, "alps/e.jpg", NEW)
    set_fields(folder, "alps/f.jpg", NEW)

    assert fields(nearer) == {"e.jpg": NEW}
    assert fields(captions)["alps/f.jpg"] == NEW


def test_entries_are_added_at_the_end(folder, captions):
    add_entries(folder, {"n.jpg": {"date": "2017"}})

    text = captions.read_text()
    assert text.startswith(WRITTEN)
    assert text.endswith('"n.jpg":\n  date: "2017"\n  # caption: ""\n  # alt: ""\n  # credit: ""\n')


def test_a_key_is_renamed_and_keeps_its_fields(folder, captions):
    before = fields(captions)

    rename_entries(folder, {"c.jpg": 'alps/"c": 1.jpg', "nothing.jpg": "x.jpg"})

    after = fields(captions)
    assert after.pop('alps/"c": 1.jpg') == before.pop("c.jpg")
    assert after == before


def test_an_entry_is_renamed_where_it_stands_or_copied_to_the_root(folder):
    for name in ("alps", "sea"):
        (folder / name).mkdir()
    alps = folder / "alps/captions.yaml"
    alps.write_text("# mine\na.jpg: Up\nb.jpg: {caption: Out, hidden: true}\n")

    moved = {"alps/a.jpg": "alps/c.jpg", "alps/b.jpg": "sea/b.jpg", "alps/x.jpg": "alps/y.jpg"}
    assert rename_entries(folder, moved) == {"alps/c.jpg", "sea/b.jpg"}

    assert alps.read_text().startswith('# mine\n"alps/c.jpg": Up\n'.replace("alps/", ""))
    assert fields(folder / "captions.yaml") == {"sea/b.jpg": {"caption": "Out", "hidden": True}}


def test_a_file_that_is_written_another_way_is_left_as_it_is(folder, captions):
    captions.write_text("{a.jpg: x, b.jpg: y}\n")

    with pytest.raises(CaptionsError, match="it can be read, but not changed"):
        set_fields(folder, "a.jpg", NEW)

    assert captions.read_text() == "{a.jpg: x, b.jpg: y}\n"


@pytest.mark.parametrize("line_break", ["\r", "\r\n", "\x85", "\u2028"], ids=ascii)
def test_a_line_break_that_only_yaml_knows_loses_no_words(folder, captions, line_break):
    captions.write_bytes(f'a.jpg: "x"{line_break}b.jpg: z\nc.jpg: "p{line_break}q"\n'.encode())
    before = fields(captions)

    set_fields(folder, "b.jpg", NEW)

    assert fields(captions) == before | {"b.jpg": NEW}


def test_a_file_of_windows_keeps_its_line_ends(folder, captions):
    captions.write_bytes(b"a.jpg: old\r\n# note\r\nb.jpg: z\r\n")

    set_fields(folder, "a.jpg", {"caption": "new"})

    content = captions.read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n")
    assert content.endswith(b"# note\r\nb.jpg: z\r\n")


def test_names_as_a_mac_writes_them_are_found(folder, captions):
    captions.write_text("Ca\u0301ceres.jpg: old\nb.jpg: z\n", encoding="utf-8")

    set_fields(folder, "C\u00e1ceres.jpg", {"caption": "new"})
    rename_entries(folder, {"C\u00e1ceres.jpg": "c.jpg"})

    assert fields(captions) == {"c.jpg": {"caption": "new"}, "b.jpg": {"caption": "z"}}


def test_the_file_keeps_its_permissions(folder, captions):
    captions.chmod(0o640)

    set_fields(folder, "b.jpg", NEW)

    assert captions.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in folder.iterdir()] == ["captions.yaml"]


@given(st.text(max_size=60), st.text(min_size=1, max_size=20))
def test_whatever_is_typed_is_read_back(tmp_path_factory, caption, name):
    folder = tmp_path_factory.mktemp("photos")
    caption, name = clean(caption), clean(name).replace("/", "") or "a"

    if name == "defaults":
        return
    set_fields(folder, name, {"caption": caption})

    read = parse_captions((folder / "captions.yaml").read_bytes().decode(), "x")
    assert read.entries[name.removeprefix("./")].fields["caption"] == caption
    assert read.problems == []


COMMENTED = """\
"b.jpg":
  # the lender wants this name
  credit: "A. B."  # as on the label
  caption: old   # mine
  date:
  # alt: ""
  # license: ask

# before c
"c.jpg": "short"
"""


def test_comments_within_an_entry_stay(folder, captions):
    captions.write_text(COMMENTED)

    set_fields(folder, "b.jpg", {"caption": "new", "alt": "A pier", "date": "2017", "hidden": True})

    assert captions.read_text() == COMMENTED.replace("caption: old ", 'caption: "new" ').replace(
        'date:\n  # alt: ""\n', 'date: "2017"\n  alt: "A pier"\n  hidden: true\n'
    )
    assert fields(captions)["b.jpg"] == {
        "credit": "A. B.", "caption": "new", "date": "2017", "alt": "A pier", "hidden": True,
    }  # fmt: skip


def test_a_field_that_was_offered_is_filled_in_its_place_once(folder, captions):
    captions.unlink()
    add_entries(folder, {"n.jpg": {"date": "2017"}})

    set_fields(folder, "n.jpg", {"caption": "One"})
    set_fields(folder, "n.jpg", {"credit": "Me", "caption": "Two"})

    text = captions.read_text()
    assert text.endswith(
        '"n.jpg":\n  date: "2017"\n  caption: "Two"\n  credit: "Me"\n  # alt: ""\n'
    )
