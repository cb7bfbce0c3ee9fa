"""The captions page: what it serves, whom it refuses, and how it is used with a keyboard alone."""

import errno
import re
import shutil
import subprocess
import sys

import pytest

from tests.uploader.conftest import ROOT
from uploader.captions_page.server import _listen, create_app
from uploader.folder.captions import read_captions
from uploader.folder.index import Index
from uploader.render.pool import Pool

TOKEN = "the-token-of-this-page"


@pytest.fixture
def client(folder, picture):
    picture("a.png", size=(500, 300))
    picture("b.png", color="blue")
    (folder / "captions.yaml").write_text("# mine\na.png: There\n")
    with Index(folder) as index, Pool(1) as pool:
        yield create_app(folder, index, pool, TOKEN).test_client()


def get(client, path, host="127.0.0.1:8481"):
    return client.get(f"/{TOKEN}{path}", headers={"Host": host})


def put(client, id_, typed, seen):
    """Save what was typed, over what was seen."""
    body = {"typed": typed, "seen": seen}
    return client.put(f"/{TOKEN}/photos/{id_}", json=body, headers={"Host": "localhost:8481"})


def test_it_lists_photos_with_their_words(client):
    first, second = get(client, "/photos").json

    assert (first["path"], first["caption"], first["size"]) == ("a.png", "There", [500, 300])
    assert (second["path"], second["caption"]) == ("b.png", "")


def test_pictures_are_served_upright_and_webp(client):
    id_ = get(client, "/photos").json[0]["id"]

    picture = get(client, f"/photos/{id_}.webp")

    assert (picture.status_code, picture.mimetype) == (200, "image/webp")
    assert picture.data[:4] == b"RIFF"
    assert get(client, "/photos/0000000000000000.webp").status_code == 404


def test_words_are_written_as_one_goes(client, folder):
    id_ = get(client, "/photos").json[1]["id"]
    words = {"caption": 'A "blue" # photo', "alt": "Blue", "date": "Aug 2017", "credit": "Me"}

    told = put(client, id_, words, dict.fromkeys(words, ""))

    assert told.json["date"] == "2017-08"
    written = read_captions(folder / "captions.yaml", "x")
    assert written.entries["b.png"].fields == words | {"date": "2017-08"}
    assert (folder / "captions.yaml").read_text().startswith("# mine\na.png: There\n")


def test_a_date_that_is_none_is_refused_and_nothing_is_written(client, folder):
    before = (folder / "captions.yaml").read_bytes()
    id_ = get(client, "/photos").json[1]["id"]

    told = put(client, id_, {"date": "2017-13"}, {"date": ""})

    assert told.status_code == 400
    assert told.json["problem"].startswith(
        "Nothing was saved: “2017-13” is no date. Type one of: 2017"
    )
    assert (folder / "captions.yaml").read_bytes() == before


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8481", "127.0.0.1.evil.example:1"])
def test_it_answers_to_its_own_name_only(client, host):
    assert get(client, "/", host).status_code == 403
    assert get(client, "/photos", host).status_code == 403


def test_other_sites_cannot_write_through_a_visitors_browser(client):
    """A form of theirs can send no JSON; a script of theirs would have to ask first (CORS)."""
    id_ = get(client, "/photos").json[0]["id"]
    host = {"Host": "127.0.0.1:8481"}

    form = client.put(f"/{TOKEN}/photos/{id_}", data={"caption": "x"}, headers=host)
    asked = client.options(
        f"/{TOKEN}/photos/{id_}", headers=host | {"Origin": "http://evil.example"}
    )

    assert form.status_code == 415
    assert "Access-Control-Allow-Origin" not in asked.headers


@pytest.mark.parametrize("path", ["/", "/photos", "/page.js", f"/{TOKEN}x/photos", "/%20/photos"])
def test_without_the_token_there_is_no_answer(client, path):
    assert client.get(path, headers={"Host": "127.0.0.1:8481"}).status_code == 403


@pytest.mark.parametrize(
    "header",
    [
        {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:9"},
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
    ],
)  # fmt: skip
def test_another_sites_page_is_refused_even_with_the_token(client, header):
    host = {"Host": "127.0.0.1:8481"}

    assert client.get(f"/{TOKEN}/photos", headers=host | header).status_code == 403


def test_no_page_may_frame_it(client):
    headers = get(client, "/").headers

    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("body", [[], {}, {"typed": []}, {"typed": {}, "seen": 7}, "x"])
def test_a_body_of_another_shape_is_refused_in_words(client, body):
    id_ = get(client, "/photos").json[0]["id"]
    host = {"Host": "127.0.0.1:8481"}

    told = client.put(f"/{TOKEN}/photos/{id_}", json=body, headers=host)

    assert told.status_code == 400
    assert told.json["problem"].startswith("Nothing was saved: ")


def test_a_photo_that_was_deleted_or_edited_meanwhile_is_said(client, folder, picture):
    first, second = get(client, "/photos").json
    (folder / "a.png").unlink()
    picture("b.png", color="green")

    for photo in (first, second):
        told = put(client, photo["id"], {"caption": "x"}, {"caption": photo["caption"]})

        assert told.status_code == 400
        assert "Nothing was saved: the photo was changed or deleted" in told.json["problem"]


def test_a_photo_that_was_renamed_meanwhile_is_captioned_under_its_new_name(client, folder):
    second = get(client, "/photos").json[1]
    (folder / "b.png").rename(folder / "c.png")

    assert put(client, second["id"], {"caption": "x"}, {"caption": ""}).status_code == 200
    assert "c.png" in read_captions(folder / "captions.yaml", "x").entries


def test_a_renamed_photo_keeps_the_fields_that_were_not_typed(client, folder):
    (folder / "captions.yaml").write_text("b.png: {alt: A pier, hidden: true}\n")
    second = get(client, "/photos").json[1]
    (folder / "b.png").rename(folder / "c.png")

    assert put(client, second["id"], {"caption": "x"}, {"caption": ""}).status_code == 200
    written = read_captions(folder / "captions.yaml", "x").entries
    assert written["c.png"].fields == {"caption": "x", "alt": "A pier", "hidden": True}


def test_a_full_disk_is_said_and_the_page_goes_on(client, folder, monkeypatch):
    first = get(client, "/photos").json[0]

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("uploader.captions_page.server.set_fields", full)
        told = put(client, first["id"], {"caption": "x"}, {"caption": "There"})

    assert (told.status_code, told.json["problem"]) == (
        500,
        "Nothing was saved: No space left on device. What you typed stays on the page: try again.",
    )
    assert put(client, first["id"], {"caption": "x"}, {"caption": "There"}).status_code == 200


def test_saving_does_not_walk_the_folder(client, monkeypatch):
    first = get(client, "/photos").json[0]
    monkeypatch.setattr("uploader.captions_page.server.survey", None)

    assert put(client, first["id"], {"caption": "x"}, {"caption": "There"}).json["caption"] == "x"
    assert put(client, first["id"], {"caption": ""}, {"caption": "x"}).json["caption"] == ""


def test_what_a_killed_page_left_goes_at_the_next_start(folder, picture):
    picture("a.png")
    (folder / ".captionsab12cd_9").write_text("half")
    (folder / ".captions.backup").write_text("mine")

    with Index(folder) as index, Pool(1) as pool:
        create_app(folder, index, pool, TOKEN)

    assert not (folder / ".captionsab12cd_9").exists()
    assert (folder / ".captions.backup").exists()


def test_the_next_port_is_taken_where_one_is_in_use():
    with _listen(0) as taken:
        port = taken.getsockname()[1]
        with _listen(port) as other:
            assert port < other.getsockname()[1] < port + 20


def test_only_what_was_typed_is_written(client, folder):
    """Not what the file says itself, and not what another program wrote meanwhile."""
    id_ = get(client, "/photos").json[0]["id"]
    (folder / "captions.yaml").write_text('# mine\na.png:\n  caption: There\n  alt: "By hand"\n')

    told = put(client, id_, {"credit": "Me"}, {"credit": ""})

    assert (told.status_code, told.json["alt"]) == (200, "By hand")
    assert (folder / "captions.yaml").read_text() == (
        '# mine\na.png:\n  caption: There\n  alt: "By hand"\n  credit: "Me"\n'
    )


def test_what_somebody_changed_meanwhile_is_not_overwritten_unseen(client, folder):
    id_ = get(client, "/photos").json[0]["id"]
    (folder / "captions.yaml").write_text("a.png: By hand\n")

    told = put(client, id_, {"caption": "Mine"}, {"caption": "There"})

    assert told.status_code == 409
    assert "Somebody changed caption in the meantime" in told.json["problem"]
    assert told.json["photo"]["caption"] == "By hand"
    assert (folder / "captions.yaml").read_text() == "a.png: By hand\n"
    assert put(client, id_, {"caption": "Mine"}, {"caption": "By hand"}).status_code == 200


def test_a_file_that_was_broken_meanwhile_is_named_and_left_alone(client, folder):
    id_ = get(client, "/photos").json[0]["id"]
    (folder / "captions.yaml").write_text("a.png: [\n")

    told = put(client, id_, {"caption": "Mine"}, {"caption": "There"})

    assert told.status_code == 400
    assert "captions.yaml:" in told.json["problem"]
    assert get(client, "/photos").status_code == 400
    assert (folder / "captions.yaml").read_text() == "a.png: [\n"


def test_a_photo_is_hidden_and_comes_back(client, folder):
    id_ = get(client, "/photos").json[1]["id"]

    assert put(client, id_, {"hidden": True}, {"hidden": False}).json["hidden"] is True
    assert [photo["hidden"] for photo in get(client, "/photos").json] == [False, True]
    assert put(client, id_, {"hidden": False}, {"hidden": True}).json["hidden"] is False


def test_an_album_and_a_licence_are_told(client, folder, picture):
    picture("alps/c.png", color="green")
    (folder / "captions.yaml").write_text('alps/c.png: {license: "CC0-1.0"}\n')

    told = {photo["path"]: photo for photo in get(client, "/photos").json}["alps/c.png"]

    assert (told["album"], told["license"]) == ("alps", "CC0-1.0")


@pytest.fixture
def visit(browser):
    """Open the page of a folder, as `./gallery captions` serves it."""
    servers = []

    def visit_it(folder, count):
        command = [sys.executable, "-m", "cli", "captions", folder, "--port", "0"]
        server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        servers.append(server)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(60_000)
        page.goto(re.search(r"http\S+", server.stdout.readline())[0])
        page.locator("#where", has_text=f"of {count}").wait_for()
        return page

    yield visit_it
    for page in browser.contexts:
        page.close()
    for server in servers:
        server.terminate()
        server.communicate()


@pytest.fixture
def two(visit, folder, picture):
    """The page of two small photos."""
    picture("a.png")
    picture("b.png", color="blue")
    return visit(folder, 2)


def test_nine_photos_are_captioned_with_the_keyboard_alone(visit, tmp_path):
    """The sample gallery, without its captions."""
    folder = tmp_path / "samples"
    shutil.copytree(ROOT / "photos", folder, ignore=shutil.ignore_patterns("*.yaml", ".*"))
    page = visit(folder, 9)
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    for number in range(1, 10):
        page.locator("#where", has_text=f"Photo {number} of 9").wait_for()
        page.keyboard.type(f"Caption {number}: “#{number}”")
        page.keyboard.press("Tab")
        page.keyboard.type(f"What is seen on photo {number}")
        page.keyboard.press("Tab")
        page.keyboard.type("14 August 2018")
        page.keyboard.press("Tab")
        if number == 1:
            page.keyboard.type("Zoë")
        else:
            page.keyboard.press("Alt+c")
        page.keyboard.press("Enter")
    page.locator("#where", has_text="All have a caption.").wait_for()

    entries = read_captions(folder / "captions.yaml", "x").entries
    paths = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.jpg"))
    assert said == []
    assert {path: entry.fields for path, entry in entries.items()} == {
        path: {
            "caption": f"Caption {number}: “#{number}”",
            "alt": f"What is seen on photo {number}",
            "date": "2018-08-14",
            "credit": "Zoë",
        }
        for number, path in enumerate(paths, 1)
    }


def test_a_wrong_date_keeps_the_photo_and_says_why(two):
    page = two
    page.locator("#date").fill("tomorrow")
    page.keyboard.press("Enter")

    page.locator("#problem", has_text="“tomorrow” is no date").wait_for()

    assert page.locator("#where").inner_text().startswith("Photo 1 of 2")
    page.locator("#date").fill("")
    page.keyboard.press("Shift+Enter")
    page.locator("#where", has_text="Photo 2 of 2").wait_for()


def test_it_says_so_when_the_command_does_not_run_any_more(two):
    page = two
    page.route("**/photos/*", lambda route: route.abort())
    page.keyboard.type("Lost?")
    page.keyboard.press("Enter")

    page.locator("#problem", has_text="Nothing was saved").wait_for()
    assert page.locator("#caption").input_value() == "Lost?"


def test_it_warns_before_typed_words_are_lost(two):
    page = two
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator("#caption").press_sequentially("Not saved")

    page.reload()

    page.locator("#where", has_text="Photo 1 of 2").wait_for()
    assert asked == ["beforeunload"]


def test_an_input_method_may_use_enter(two):
    page = two
    page.locator("#caption").dispatch_event(
        "keydown", {"key": "Enter", "isComposing": True, "bubbles": True}
    )
    page.locator("#caption").press_sequentially("a")

    assert page.locator("#where").inner_text().startswith("Photo 1 of 2")


def test_after_the_last_photo_it_says_what_to_do_next(two):
    page = two
    page.keyboard.press("Enter")
    page.locator("#where", has_text="Photo 2 of 2").wait_for()
    page.keyboard.press("Enter")

    page.locator(
        "#where", has_text="To publish what you wrote: ./gallery up, or pulumi up"
    ).wait_for()


def test_a_foreign_script_does_not_run(two):
    """By the page's Content-Security-Policy."""
    two.evaluate(
        "document.head.append(Object.assign(document.createElement('script'),"
        " { textContent: 'window.ran = true' }))"
    )

    assert two.evaluate("window.ran") is None


@pytest.mark.parametrize("width", [360, 1280])
def test_everything_fits(two, width):
    page = two
    page.set_viewport_size({"width": width, "height": 740})

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for name in ("caption", "license", "hidden", "back"):
        box = page.locator(f"#{name}").bounding_box()
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width
