import os

import pytest

from uploader.errors import CaptionsError
from uploader.folder.captions import read_captions
from uploader.folder.metadata_list import read_metadata


@pytest.fixture
def read(tmp_path):
    def write_and_read(text, encoding="utf-8"):
        file = tmp_path / "captions.yaml"
        file.write_bytes(text.encode(encoding))
        return read_captions(file, "captions.yaml")

    return write_and_read


@pytest.mark.parametrize("text", ["2017", "No", "1:30", "~", "0x10", "1e3", "null", "2017-08-14"])
def test_every_scalar_is_text(read, text):
    captions = read(f"a.jpg: {text}\n")

    assert captions.entries["a.jpg"].fields["caption"] == text
    assert captions.problems == []


def test_fields_and_defaults_are_read(read):
    captions = read(
        "defaults: {credit: Me, license: CC0-1.0}\n"
        'a.jpg: {caption: "Out", alt: b, date: Aug 2017, hidden: yes}\n'
    )

    assert captions.defaults == {"credit": "Me", "license": "CC0-1.0"}
    assert captions.entries["a.jpg"].fields == {
        "caption": "Out",
        "alt": "b",
        "date": "2017-08",
        "hidden": True,
    }


@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ("a.jpg: Harbour #2 # later", 'Type: "a.jpg": "Harbour #2 # later"'),
        ("a.jpg: Harbour # 2", 'Type: "a.jpg": "Harbour # 2"'),
        ("a.jpg: !wow great", 'Type: "a.jpg": "!wow great"'),
        ("a.jpg: [sic]", 'Type: "a.jpg": "[sic]"'),
        ("a.jpg: {alt: [x]}", 'Type: alt: "[x]"'),
    ],
)
def test_what_yaml_would_cut_or_twist_is_shown_as_it_should_be_typed(read, line, typed):
    (problem,) = read(f"b.jpg: fine\n{line}\n").problems

    assert problem.startswith("captions.yaml:2: ")
    assert problem.endswith(typed)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a.jpg: x\nb.jpg: y\na.jpg: z\n", 'captions.yaml:3: "a.jpg" is there already, on line 1'),
        ("a.jpg: {captoin: x}\n", 'captions.yaml:1: "captoin" is no field'),
        ("a.jpg: {date: 2017-13}\n", 'captions.yaml:1: "2017-13" is no date. Type one of: 2017,'),
        ("a.jpg: {hidden: maybe}\n", "Type: hidden: true"),
        ("a.jpg: {alt: x, alt: y}\n", "alt of"),
        ("defaults: {date: 2017}\n", "defaults: can only set credit and license"),
    ],
)
def test_what_is_wrong_is_reported_with_its_line(read, text, told):
    (problem,) = read(text).problems

    assert told in problem


def test_of_a_repeated_key_the_first_counts(read):
    assert read("a.jpg: x\na.jpg: z\n").entries["a.jpg"].fields["caption"] == "x"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("b: x\na.jpg: He said: yes\n", "captions.yaml:2: cannot be read"),
        ("a.jpg: He said: yes\n", 'Type: "a.jpg": "He said: yes"'),
        ("a.jpg: *stars*\n", 'Type: "a.jpg": "*stars*"'),
        ("a.jpg: @home\n", 'Type: "a.jpg": "@home"'),
        ("- a\n- b\n", "captions.yaml:1: expected lines such as"),
        ("just text\n", "expected lines such as"),
        ("\t- a\n", "captions.yaml:1: cannot be read"),
        ("[" * 5000, "cannot be read"),
        ("a: \x01\n", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_ends_the_run_with_one_line(read, text, told):
    with pytest.raises(CaptionsError) as refused:
        read(text)

    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_encodings_of_other_editors_are_read(read, encoding):
    assert read('a.jpg: "Zoë"\n', encoding).entries["a.jpg"].fields["caption"] == "Zoë"


def test_names_are_compared_in_nfc(read):
    assert list(read("e\u0301.jpg: x\n").entries) == ["\u00e9.jpg"]


def test_an_empty_file_has_no_words(read):
    assert read("# nothing yet\n").entries == {}


def test_the_list_of_the_original_article_is_read(tmp_path):
    file = tmp_path / "metadata.json"
    file.write_text(
        '[{"image": "a.jpg", "image-date": "2017-08", "image-description": "Out"}, {"image": "b"}]'
    )

    entries = read_metadata(file, "metadata.json").entries

    assert entries["a.jpg"].fields == {"caption": "Out", "date": "2017-08"}
    assert entries["b"].fields == {}


@pytest.mark.parametrize("text", ['[{"image": "a.jpg"', '[{"image"' + "[" * 100_000])
def test_a_list_that_is_broken_is_refused_in_one_line(tmp_path, text):
    file = tmp_path / "metadata.json"
    file.write_text(text)

    with pytest.raises(CaptionsError, match="is not a JSON list of"):
        read_metadata(file, "metadata.json")


@pytest.mark.parametrize(
    "text", ["", "{}x", '{"title": "Kyoto"}', "[]", "[1]", '["a"]', "[" * 1_000_000, '{"image": 1}']
)
def test_a_file_of_that_name_by_another_program_is_left_alone(tmp_path, text):
    file = tmp_path / "metadata.json"
    file.write_text(text)

    read = read_metadata(file, "kyoto/metadata.json")

    assert read.entries == {}
    assert read.problems[0].startswith("kyoto/metadata.json: left alone")


@pytest.mark.parametrize(
    "text",
    ["[" * 1_000_000, "{" * 1_000_000, "a: " + "{b: " * 1_000_000, "- " * 100_000 + "x"],
    ids=["lists", "mappings", "values", "blocks"],
)
def test_a_megabyte_of_brackets_is_refused_in_one_line(read, text):
    with pytest.raises(CaptionsError, match=r"captions.yaml:1: cannot be read"):
        read(text)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (os.mkfifo, "is no regular file"),
        (lambda path: path.symlink_to("/dev/zero"), "cannot be read"),
        (lambda path: path.mkdir(), "cannot be read"),
        (lambda path: (path.touch(), os.truncate(path, 30_000_000)), "is 30 MB; at most 20 MB"),
    ],
    ids=["fifo", "device", "folder", "enormous"],
)
@pytest.mark.parametrize("reader", [read_captions, read_metadata])
def test_what_is_no_captions_file_is_refused_and_never_hangs(tmp_path, make, reason, reader):
    make(tmp_path / "captions.yaml")

    with pytest.raises(CaptionsError, match=f"alps/captions.yaml {reason}"):
        reader(tmp_path / "captions.yaml", "alps/captions.yaml")


def test_an_empty_field_is_there_and_a_place_that_was_not_filled_in_is_not(read):
    captions = read('a.jpg: {caption: "", alt: ""}\nb.jpg:\nc.jpg: ""\n')

    assert [entry.fields for entry in captions.entries.values()] == [
        {"caption": "", "alt": ""},
        {},
        {"caption": ""},
    ]


def test_a_caption_that_is_too_long_is_said_to_be_cut(read):
    captions = read(f'a.jpg: "{"x" * 2001}"\nb.jpg: "{"x" * 2000}"\n')

    assert captions.problems == [
        "captions.yaml:1: caption has 2,001 characters; the first 2,000 are shown."
    ]


@pytest.mark.parametrize("line_break", ["\r", "\r\n", "\x85", "\u2028"], ids=ascii)
def test_problems_are_on_the_line_that_yaml_counts(read, line_break):
    problems = read(f'a.jpg: "x{line_break}{line_break}y"{line_break}b.jpg: [two]\n').problems

    assert problems == [
        'captions.yaml:4: "b.jpg" is a list to YAML. Type: "b.jpg": "[two]"',
    ]
