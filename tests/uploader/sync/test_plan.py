"""The plan in words and as JSON is a contract: people and programs read it."""

import json
from pathlib import Path

import pytest

from uploader.errors import RemovalRefused
from uploader.folder.listing import PhotoFile
from uploader.folder.metadata import Metadata
from uploader.folder.survey import Photo, Survey
from uploader.sync.bucket import Listed
from uploader.sync.catalog import names_for, rendition_name
from uploader.sync.describe import describe
from uploader.sync.gallery import Gallery
from uploader.sync.plan import (
    RENDITION_CACHE,
    SAMPLE,
    TYPES,
    as_json,
    guard,
    guard_removal,
    make_plan,
    serving,
)


def photo(path, number, size=(500, 400), **words):
    return Photo(PhotoFile(path, None, (0, 0, 0)), f"{number:016x}", size, Metadata(**words))


def objects(*photos):
    return {
        name: Listed(1, 1, 100, TYPES[name[name.rindex(".") :]], RENDITION_CACHE)
        for photo in photos
        for name in names_for(photo)
    }


def record(number, source="stack", **fields):
    sizes = [[400, 320], [500, 400]]
    return {"id": f"{number:016x}", "source": source, "recipe": "v2", "sizes": sizes} | fields


NEW = photo("alps/new.jpg", 1, caption="On the “pier”")
CHANGED = photo("alps/old.jpg", 2, caption="After", date="2017-08")
SAME = photo("same.jpg", 3, caption="Same")
HIDDEN = photo("shy.jpg", 4, hidden=True)
RECORDS = [
    record(2, alt="Before", caption="Before", album="alps", license="Mine"),
    record(3, alt="Same", caption="Same"),
    record(4, alt=""),
    record(5, alt="", caption="Gone"),
    record(6, source="talk", alt="Theirs"),
    record(5, source="talk", alt="Gone"),
    record(3, source="talk", alt="Same"),
]
SURVEY = Survey(
    photos=[NEW, CHANGED, SAME],
    hidden=[HIDDEN],
    twice=[("z.jpg", "same.jpg")],
    unusable=[("cut.jpg", "is cut off: the file ends within the picture")],
    left_alone=[("notes.txt", "not a photo"), ("x.mp4", "too")],
    former={"0000000000000005": "gone.jpg"},
    problems=["captions.yaml:7: there is no photo “a.jpg”."],
)


@pytest.fixture
def plan():
    return make_plan("my-gallery", "stack", SURVEY, Gallery(RECORDS, 1, objects(CHANGED, SAME)))


def test_the_plan_in_words(plan):
    assert describe(plan).split("\n") == [
        '+ alps/new.jpg is new: "On the “pier”"',
        '~ alps/old.jpg: caption "Before" → "After", alt "Before" → "After",'
        ' date none → "2017-08", license "Mine" → none',
        "- shy.jpg is hidden now",
        '- gone.jpg ("Gone") is removed, but still shown by “talk”',
        "= z.jpg is the same picture as same.jpg",
        "! cut.jpg is cut off: the file ends within the picture",
        "  skipped, not a photo: notes.txt",
        "  skipped, too: x.mp4",
        "? captions.yaml:7: there is no photo “a.jpg”.",
        "? “talk” shows 1 photo of this folder as well: what you hide here stays there. "
        "To end that: ./gallery remove-source talk --bucket my-gallery",
        "1 new, 1 changed, 2 removed, 1 unchanged; about 49 kB to send.",
    ]


def test_the_plan_as_json(plan):
    assert as_json(plan) == {
        "bucket": "my-gallery",
        "source": "stack",
        "new": ["alps/new.jpg"],
        "changed": [
            {
                "path": "alps/old.jpg",
                "fields": {
                    "caption": ["Before", "After"],
                    "alt": ["Before", "After"],
                    "date": ["", "2017-08"],
                    "license": ["Mine", ""],
                },
            }
        ],
        "unchanged": 1,
        "removed": [
            {"id": "0000000000000004", "path": "", "caption": "", "shown_by": ""},
            {"id": "0000000000000005", "path": "gone.jpg", "caption": "Gone", "shown_by": "talk"},
        ],
        "hidden": ["shy.jpg"],
        "twice": [{"path": "z.jpg", "same_as": "same.jpg"}],
        "unusable": [{"path": "cut.jpg", "reason": "is cut off: the file ends within the picture"}],
        "left_alone": [
            {"path": "notes.txt", "reason": "not a photo"},
            {"path": "x.mp4", "reason": "too"},
        ],
        "problems": ["captions.yaml:7: there is no photo “a.jpg”."],
        "also_shown_by": {"talk": 1},
        "revealed": [],
        "to_delete": 0,
        "foreign": [],
        "to_send": {"photos": 1, "bytes": plan.bytes_to_send},
    }


def test_nothing_to_do_is_said_so():
    plan = make_plan("b", "stack", Survey(photos=[SAME]), Gallery(RECORDS[1:2], 1, objects(SAME)))

    assert plan.nothing_to_do
    assert describe(plan) == "Nothing to do: 1 photo unchanged."


@pytest.mark.parametrize(
    "listed",
    [
        Listed(1, 1, 100, "image/webp", "no-cache"),
        Listed(1, 1, 100, "image/png", RENDITION_CACHE),
        Listed(1, 1, 0, "image/webp", RENDITION_CACHE),
    ],
)
def test_a_rendition_with_wrong_headers_is_sent_again(listed):
    there = objects(SAME) | {rendition_name(SAME.id, 400): listed}

    plan = make_plan("b", "stack", Survey(photos=[SAME]), Gallery(RECORDS[1:2], 1, there))

    assert list(plan.missing) == [SAME.id]
    assert describe(plan) == "1 unchanged; about 49 kB to send."


def test_nothing_is_removed_while_part_of_the_folder_cannot_be_read():
    survey = Survey(photos=[SAME], hidden=[HIDDEN], partial=True)

    plan = make_plan("b", "stack", survey, Gallery(RECORDS, 1, objects(SAME)))

    assert [gone["id"] for gone in plan.removed] == [HIDDEN.id]
    assert "? 2 photos would be removed, but not while part of the folder cannot be read" in (
        describe(plan).split("\n")
    )


@pytest.mark.parametrize(
    ("before", "removed", "said", "refused"),
    [
        (10, 4, None, False),
        (10, 5, None, True),
        (10, 6, 6, False),
        (10, 6, 7, True),
        (3, 3, None, False),
        (4, 1, None, False),
        (4, 2, None, True),
        (4, 3, None, True),
        (9, 9, None, True),
        (100, 57, None, True),
        (100, 57, 57, False),
    ],
)
def test_removing_half_of_four_or_more_wants_the_exact_number(before, removed, said, refused):
    if not refused:
        guard_removal("stack", before, removed, said)
        return

    with pytest.raises(RemovalRefused, match=f"--remove-many {removed}"):
        guard_removal("stack", before, removed, said)


def loss(count, lost):
    """A plan of a source of so many photos, of which some lose their captions."""
    shown = [photo(f"{n}.png", n, caption="" if n < lost else "Same") for n in range(count)]
    records = [record(n, alt="Same", caption="Same") for n in range(count)]
    return make_plan("b", "stack", Survey(photos=shown), Gallery(records, 1, {}))


@pytest.mark.parametrize(
    ("before", "lost", "said", "refused"),
    [(9, 9, None, False), (10, 4, None, False), (10, 5, None, True), (10, 6, 6, False)],
)
def test_emptying_half_of_ten_or_more_wants_the_exact_number(before, lost, said, refused):
    plan = loss(before, lost)

    if not refused:
        guard(plan, said)
        return
    with pytest.raises(RemovalRefused, match=f"from {lost} of {before} .*--remove-many {lost}"):
        guard(plan, said)


@pytest.mark.parametrize(
    ("revealed", "said", "refused"), [(1, None, False), (2, None, True), (2, 2, False)]
)
def test_showing_half_of_four_hidden_photos_wants_the_exact_number(revealed, said, refused):
    survey = Survey(photos=[NEW, CHANGED, SAME], hidden_before=4)
    survey.revealed = survey.photos[:revealed]
    plan = make_plan("b", "stack", survey, Gallery())

    assert describe(plan).count("was hidden, and is shown now") == revealed
    assert f"{revealed} not hidden any more" in describe(plan)
    if not refused:
        guard(plan, said)
        return
    with pytest.raises(
        RemovalRefused, match=r"show 2 of 4 photos that were hidden.*--remove-many 2"
    ):
        guard(plan, said)


def test_the_sample_is_what_lies_in_the_checkout_and_leaves_without_a_number():
    lines = (Path(__file__).parents[2] / "contract" / "sample.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines[1:]]

    guard(make_plan("b", "stack", Survey(photos=[NEW]), Gallery(records)), None)

    assert {record["id"] for record in records} == SAMPLE


def test_the_stack_serves_a_picture_before_any_other_source():
    assert serving(["art", "stack", "talk"]) == "stack"
    assert serving(["talk", "art"]) == "art"
