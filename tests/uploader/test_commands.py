"""The command line as a person and as a script use it."""

import json
import os
import subprocess
import sys
import time

import pytest
from PIL import Image

from tests.uploader.conftest import ROOT, run
from uploader.sync import attempts
from uploader.sync.progress import state


def test_sync_says_what_it_does_and_does_it(bucket, picture, folder):
    picture("a.png")
    (folder / "captions.yaml").write_text('a.png: "On the pier"\n')

    done = run("sync", folder, "--bucket", bucket.name)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        '+ a.png is new: "On the pier"\n'
        "1 new; about 0 kB to send.\n"
        "The gallery shows 1 photo of this folder; 2 files sent (0 kB).\n"
    )
    assert [record["source"] for record in bucket.records()] == ["photos"]


def test_plan_changes_nothing(bucket, picture, folder):
    picture("a.png")

    done = run("plan", folder, "--bucket", bucket.name, "--source", "stack")

    assert (done.returncode, done.stdout) == (0, "+ a.png is new\n1 new; about 0 kB to send.\n")
    assert bucket.objects() == {}


def test_json_is_one_object_with_what_was_done(bucket, picture, folder):
    picture("a.png")
    (folder / "b.jpg").write_bytes(b"x")

    done = run("sync", folder, "--bucket", bucket.name, "--json")

    told = json.loads(done.stdout)
    assert done.returncode == 3
    assert (told["new"], told["photos"], told["sent"]["files"]) == (["a.png"], 1, 2)
    assert told["unusable"] == [{"path": "b.jpg", "reason": "is no image that can be read"}]
    assert told["failed"] == []


def test_exit_code_3_says_that_some_photos_are_unusable(bucket, picture, folder):
    picture("a.png")
    (folder / "b.jpg").write_bytes(b"x")

    assert run("plan", folder, "--bucket", bucket.name).returncode == 3
    assert run("sync", folder, "--bucket", bucket.name).returncode == 3


@pytest.mark.parametrize("words", [(), ("fly", "x"), ("plan", "x", "y"), ("sync", "x", "-x")])
def test_exit_code_2_is_wrong_usage(words):
    assert run(*words).returncode == 2


def test_a_photo_that_was_not_sent_is_named_and_the_next_run_goes_on(
    bucket, picture, folder, cloud
):
    picture("a.png")
    picture("b.png", color="blue")
    cloud.fault(method="storage.objects.insert", times=1, status=403)

    failed = run("sync", folder, "--bucket", bucket.name)
    again = run("sync", folder, "--bucket", bucket.name)

    assert failed.returncode == 1
    assert ".png was not sent: " in failed.stdout
    assert "The gallery shows 1 photo of this folder" in failed.stdout
    assert again.returncode == 0
    assert len(bucket.records()) == 2


@pytest.mark.parametrize(
    ("name", "environment", "told"),
    [
        ("no-such-bucket", {}, "there is no such bucket or object. Check the bucket's name."),
        (
            "xyz",
            {"STORAGE_EMULATOR_HOST": "127.0.0.1:9"},
            "nothing answers there. Check the address",
        ),
        (
            "xyz",
            {"STORAGE_EMULATOR_HOST": "", "GOOGLE_APPLICATION_CREDENTIALS": "/nothing.json"},
            "There are no Google credentials on this machine. Type: gcloud auth",
        ),
    ],
)
def test_what_cannot_work_is_told_in_one_line_and_soon(
    cloud, picture, folder, monkeypatch, name, environment, told
):
    picture("a.png")
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)

    failed = run("sync", folder, "--bucket", name)

    assert failed.returncode == 1
    assert told in failed.stderr
    assert failed.stderr.count("\n") == 1
    assert max(attempts._FIRST_LIMIT, attempts._FIRST_TIMEOUT, attempts._CONNECT_TIMEOUT) < 5


def test_a_missing_folder_and_broken_captions_are_one_line(bucket, folder, tmp_path, picture):
    missing = run("sync", tmp_path / "nothing", "--bucket", bucket.name)
    picture("a.png")
    (folder / "captions.yaml").write_text("a.png: He said: yes\n")
    broken = run("sync", folder, "--bucket", bucket.name)

    assert (missing.returncode, broken.returncode) == (4, 4)
    assert missing.stderr.endswith("is not there. Name the folder that holds your photos.\n")
    assert broken.stderr.startswith("captions.yaml:1: cannot be read")
    assert missing.stderr.count("\n") == broken.stderr.count("\n") == 1


def test_init_writes_an_entry_for_each_photo_and_keeps_what_is_there(picture, folder):
    picture("a.png")
    picture("alps/b.png", color="blue")
    (folder / "captions.yaml").write_text("# mine\na.png: There\n")

    done, again = run("init", folder), run("init", folder)

    text = (folder / "captions.yaml").read_text()
    assert done.stdout == "1 added, 0 moved in captions.yaml.\n"
    assert again.stdout == "0 added, 0 moved in captions.yaml.\n"
    assert text.startswith("# mine\na.png: There\n")
    assert text.endswith(
        '"alps/b.png":\n  # caption: ""\n  # alt: ""\n  # date: ""\n  # credit: ""\n'
    )


def test_init_moves_the_words_of_a_renamed_file(picture, folder):
    picture("IMG_1.png")
    (folder / "captions.yaml").write_text("IMG_1.png: On the pier\n")
    run("init", folder)
    (folder / "IMG_1.png").rename(folder / "pier.png")

    done = run("init", folder, "--json")

    assert json.loads(done.stdout) == {"added": [], "moved": {"IMG_1.png": "pier.png"}}
    assert (folder / "captions.yaml").read_text() == '"pier.png": On the pier\n'


def test_check_finds_what_is_missing_in_folder_and_bucket(bucket, picture, folder):
    picture("a.png")
    picture("b.png", color="blue")
    (folder / "captions.yaml").write_text("a.png: {caption: x, date: 2017}\nc.png: y\n")
    run("sync", folder, "--bucket", bucket.name)
    good, bad, *_ = sorted(name for name in bucket.objects() if name.startswith("photos/"))
    bucket.bucket.blob(good).delete()
    blob = bucket.bucket.blob(bad)
    blob.cache_control = "no-cache"
    blob.patch()
    bucket.bucket.blob("photos/v2/0000000000000000-400.webp").upload_from_string(b"x")

    done = run("check", folder, "--bucket", bucket.name)

    assert done.returncode == 1
    assert [tuple(line.split(". ")[0].rsplit(": ", 1)) for line in done.stdout.splitlines()] == [
        ("b.png", "no alt text"),
        ("b.png", "no date"),
        ("captions.yaml:2", "captions"),
        (good, "missing rendition"),
        ("photos/v2/0000000000000000-400.webp", "rendition without record"),
        (bad, "wrong headers"),
        ("6 to mend.",),
    ]


def test_check_of_a_healthy_gallery_is_content(bucket, picture, folder):
    picture("a.png")
    (folder / "captions.yaml").write_text("a.png: {caption: x, date: 2017}\n")
    run("sync", folder, "--bucket", bucket.name)

    done = run("check", folder, "--bucket", bucket.name, "--json")

    assert (done.returncode, json.loads(done.stdout)) == (0, {"findings": []})


def test_the_sample_gallery_is_healthy():
    done = run("check", ROOT / "photos")

    assert done.stdout == "0 to mend.\n"


def test_help_has_examples():
    done = run("--help")

    assert done.returncode == 0
    assert "./gallery up --photos" in done.stdout
    for command in ("plan", "sync", "init", "captions", "check"):
        assert command in done.stdout
        assert run(command, "--help").returncode == 0


def test_progress_tells_files_bytes_rate_and_time_left():
    assert state(500, 2000, 90_000_000, 45.0) == (
        "500 of 2,000 photos, 90.0 MB sent, 2.0 MB/s, 2:15 left"
    )


def test_ctrl_c_ends_cleanly_and_a_second_run_continues(bucket, picture, folder, cloud):
    for number in range(20):
        picture(f"{number}.png", color=f"#0000{number + 10}")
    cloud.fault(method="storage.objects.insert", share=1.0, delay=1.0)
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "sync", folder, "--bucket", bucket.name],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not cloud.calls().get("storage.objects.insert") and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(2)
    _, told = process.communicate(timeout=30)
    cloud.clear_faults()

    assert process.returncode == 130
    assert told == "Stopped. The same command goes on where this one ended.\n"
    assert run("sync", folder, "--bucket", bucket.name).returncode == 0
    assert len(bucket.records()) == 20


def test_a_dry_run_is_a_plan_and_changes_nothing(bucket, picture, folder):
    picture("a.png")

    planned = run("plan", folder, "--bucket", bucket.name)
    dry = run("sync", folder, "--bucket", bucket.name, "--dry-run")

    assert (dry.returncode, dry.stdout) == (planned.returncode, planned.stdout)
    assert bucket.objects() == {}


def test_a_bucket_is_taken_with_gs_as_gcloud_says_it(bucket, picture, folder):
    picture("a.png")

    assert run("sync", folder, "--bucket", f"gs://{bucket.name}/").returncode == 0
    assert len(bucket.records()) == 1


@pytest.mark.parametrize(
    "name", ["", "My Bucket", "x", "https://example.com/b", "gs://", "a" * 300]
)
def test_what_is_no_bucket_name_is_told_in_one_line(cloud, picture, folder, name):
    picture("a.png")

    refused = run("sync", folder, "--bucket", name)

    assert refused.returncode == 1
    assert "is no name of a bucket" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_file_names_do_not_act_on_the_terminal(bucket, picture, folder):
    """Nor do captions: a terminal obeys escape sequences, and a new line could say anything."""
    picture("a\x1b[2J.png")
    picture("b\n+ c.png is new.png", color="blue")
    picture("d\u202egnp.png", color="green")
    (folder / "e\x9b31m.txt").touch()

    said = run("sync", folder, "--bucket", bucket.name)
    as_json = run("sync", folder, "--bucket", bucket.name, "--json")

    for text in (said.stdout, as_json.stdout):
        assert not set(text) & set("\x1b\x9b\u202e")
    assert "+ a\\x1b[2J.png is new\n" in said.stdout
    assert "+ b\\n+ c.png is new.png is new\n" in said.stdout


def test_the_output_takes_any_encoding(bucket, picture, folder):
    picture("Größe 🎞️.png")
    command = [sys.executable, "-m", "cli", "plan", folder, "--bucket", bucket.name]

    done = subprocess.run(
        command,
        env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"Gr\xf6\xdfe \U0001f39e\ufe0f.png is new" in done.stdout


def test_each_kind_of_end_has_its_exit_code(bucket, picture, folder, tmp_path):
    for number, color in enumerate(("red", "green", "blue", "white")):
        picture(f"{number}.png", color=color)
    run("sync", folder, "--bucket", bucket.name)
    for number in range(3):
        (folder / f"{number}.png").unlink()

    refused = run("sync", folder, "--bucket", bucket.name)

    assert refused.returncode == 5
    assert "This would remove 3 of 4 photos of “photos”" in refused.stderr
    assert "--remove-many 3" in refused.stderr
    assert run("sync", tmp_path / "none", "--bucket", bucket.name).returncode == 4
    assert run("sync", folder, "--bucket", bucket.name, "--remove-many", 3).returncode == 0


def test_removed_photos_are_named_by_path_and_caption(bucket, picture, folder):
    picture("a.png")
    picture("alps/b.png", color="blue")
    (folder / "captions.yaml").write_text("alps/b.png: On the pier\n")
    run("sync", folder, "--bucket", bucket.name)
    (folder / "alps/b.png").unlink()
    (folder / "captions.yaml").write_text("")

    planned = run("plan", folder, "--bucket", bucket.name)

    assert '- alps/b.png ("On the pier") is removed\n' in planned.stdout


def test_other_sources_of_the_same_pictures_are_named_with_what_ends_that(bucket, picture, folder):
    """Else what is hidden in one of them stays public by the other."""
    picture("a.png")
    picture("b.png", color="blue")
    run("sync", folder, "--bucket", bucket.name, "--source", "stack")
    second = run("sync", folder, "--bucket", bucket.name, "--source", "photos")
    (folder / "captions.yaml").write_text("a.png: {hidden: true}\n")

    hidden = run("sync", folder, "--bucket", bucket.name, "--source", "stack")
    sources = run("sources", "--bucket", bucket.name)
    removed = run("remove-source", "photos", "--bucket", bucket.name)

    command = f"./gallery remove-source stack --bucket {bucket.name}"
    assert "? “stack” shows 2 photos of this folder as well: what you hide" in second.stdout
    assert command in second.stdout
    assert "- a.png is hidden now, but still shown by “photos”\n" in hidden.stdout
    assert sources.stdout == (
        "photos: 2 photos, of which 1 are shown by it\nstack: 1 photo, of which 1 are shown by it\n"
    )
    assert removed.stdout == "“photos” is gone, with 2 photos.\n"
    assert [record["source"] for record in bucket.records()] == ["stack"]
    assert len(bucket.objects()) == 1 + 2


def test_what_is_hidden_here_and_shown_by_others_is_said_each_time(bucket, picture, folder):
    picture("a.png")
    picture("b.png", color="blue")
    run("sync", folder, "--bucket", bucket.name, "--source", "photos")
    (folder / "captions.yaml").write_text("a.png: {hidden: true}\n")

    said = run("plan", folder, "--bucket", bucket.name, "--source", "stack").stdout

    assert "? a.png is hidden here, but still shown by “photos”\n" in said


def test_removing_a_source_wants_the_number_and_the_right_name(bucket, picture, folder):
    for number, color in enumerate(("red", "green", "blue", "white")):
        picture(f"{number}.png", color=color)
    run("sync", folder, "--bucket", bucket.name)

    unknown = run("remove-source", "fotos", "--bucket", bucket.name)
    refused = run("remove-source", "photos", "--bucket", bucket.name)
    done = run("remove-source", "photos", "--bucket", bucket.name, "--remove-many", 4)

    assert "The gallery has no source “fotos”. Its sources:" in unknown.stderr
    assert (refused.returncode, done.returncode) == (5, 0)
    assert set(bucket.objects()) == {"catalog.jsonl"}


def test_two_folders_of_one_name_are_two_sources_unless_said_otherwise(bucket, picture, tmp_path):
    first = picture("a.png", folder=tmp_path / "one/photos").parent
    second = picture("b.png", folder=tmp_path / "two/photos", color="blue").parent
    run("sync", first, "--bucket", bucket.name)

    run("sync", second, "--bucket", bucket.name)

    assert {record["source"] for record in bucket.records()} == {"photos", "photos-2"}
    picture("c.png", folder=first, color="green")
    (first / "a.png").unlink()
    (second / ".gallery-index").unlink()
    for folder in (first, second, first):
        run("sync", folder, "--bucket", bucket.name)
    assert sorted(record["source"] for record in bucket.records()) == ["photos", "photos-2"]
    run("sync", second, "--bucket", bucket.name, "--source", "photos")
    assert len(bucket.records()) == 2


def test_details_are_shown_where_they_are_wanted(bucket, picture, folder):
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "FUJIFILM", "X100V"
    picture("a.jpg", exif=exif)
    arguments = ("sync", folder, "--bucket", bucket.name)

    plain, detailed = run(*arguments), run(*arguments, "--details")

    assert "details" not in plain.stdout
    assert '~ a.jpg: details none → "FUJIFILM X100V"' in detailed.stdout
    assert bucket.records()[0]["details"] == "FUJIFILM X100V"
    assert "is new" not in run(*arguments).stdout
    assert "details" not in bucket.records()[0]
