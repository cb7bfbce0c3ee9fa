"""One gallery, from `make up` to pixels, through every change, to nothing left."""

import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image
from webpreview import webpreview

from tests.e2e.gallery import ROOT, Gallery, get

pytestmark = pytest.mark.timeout(280)
FRESH = 32  # the function asks for the catalog once in 30 s


@pytest.fixture(scope="module")
def gallery(tmp_path_factory):
    gallery = Gallery(tmp_path_factory.mktemp("checkout") / "gallery")
    gallery.printed = gallery.up()
    yield gallery
    gallery.make("destroy", check=False)


def wait_for(claim, seconds=FRESH):
    """Wait until a claim holds; return whether it did."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if claim():
            return True
        time.sleep(0.5)
    return claim()


def test_up_prints_where_the_gallery_is(gallery):
    assert list(gallery.printed)[-3:] == ["more", "embed", "page"]
    assert get(gallery.printed["page"]).status == 200
    assert get(gallery.outputs["apiUrl"] + "/health").status == 200
    assert gallery.outputs["photoCount"] == 9
    assert gallery.outputs["bucket"] in gallery.printed["page"]


def test_the_sample_gallery_has_the_photos_of_the_contract(gallery):
    """On which the examples of docs/api.md are run; its captions are the owner's to change."""
    sample = (ROOT / "tests" / "contract" / "sample.jsonl").read_text().splitlines()[1:]
    made = get(gallery.config["catalogUrl"]).body.decode().splitlines()[1:]

    def pictures(lines):
        names = ("id", "recipe", "sizes", "jpeg", "placeholder")
        return [{name: json.loads(line)[name] for name in names} for line in lines]

    assert pictures(made) == pictures(sample)


def test_the_api_asks_for_the_key(gallery):
    answer = get(gallery.config["apiUrl"])

    assert answer.status == 401
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json["type"] == "urn:image-gallery:unauthorized"


def test_thirty_calls_show_at_least_six_photos(gallery):
    ids = {gallery.api().json["id"] for _ in range(30)}

    assert len(ids) >= 6


def test_what_the_api_names_is_a_picture_of_the_stated_size(gallery):
    photo = gallery.api().json

    for rendition in photo["srcSet"]:
        answer = get(rendition["src"])
        image = Image.open(io.BytesIO(answer.body))
        assert image.format == "WEBP"
        assert image.size == (rendition["width"], rendition["height"])
        assert answer.headers["Cache-Control"] == "public, max-age=86400"
        assert set(image.getexif()) <= {0x013B, 0x8298}  # Artist, Copyright
    assert photo["src"] == photo["srcSet"][-1]["src"]


def test_a_shared_link_is_previewed_with_its_picture(gallery):
    """As a messenger does it: no key, another parser than ours, then the image."""
    photo = gallery.api().json
    url = f"{gallery.config['apiUrl']}/p/{photo['id']}"

    found = webpreview(url, content=get(url).body.decode())

    assert found.title == photo["caption"]
    with Image.open(io.BytesIO(get(found.image).body)) as image:
        assert image.format == "JPEG"
        assert max(image.size) <= 1200


def test_the_other_forms_of_the_answer(gallery):
    assert isinstance(gallery.api("/?format=url").json, str)
    redirect = gallery.api("/?format=redirect")
    assert redirect.status == 302
    assert get(redirect.headers["Location"]).status == 200


def test_nobody_can_list_the_photos(gallery):
    base = gallery.outputs["siteUrl"].split("/site/")[0]

    assert get(base).status in (401, 403)
    assert get(f"{base}/photos/v2/0000000000000000-400.webp").status == 403


def test_nothing_changes_where_nothing_changed(gallery):
    before = gallery.objects()

    printed = gallery.up()

    assert gallery.objects() == before
    assert printed == gallery.printed


def test_two_at_once_both_end_well(gallery):
    before = gallery.objects()

    with ThreadPoolExecutor(2) as both:
        finished = list(both.map(lambda _: gallery.make("up"), range(2)))

    assert not any("Traceback" in one.stdout + one.stderr for one in finished)
    assert gallery.objects() == before


def test_a_changed_caption_changes_the_catalog_alone(gallery):
    before = gallery.objects()
    captions = gallery.folder / "photos" / "captions.yaml"
    records = {record["id"]: record for record in gallery.catalog()}
    photo = next(iter(records.values()))
    captions.write_text(captions.read_text().replace(photo["caption"], "Another caption"))

    gallery.up()

    after = gallery.objects()
    assert {name for name in after if before.get(name) != after[name]} == {"catalog.jsonl"}
    path = f"/photos/{photo['id']}"
    assert wait_for(lambda: gallery.api(path).json.get("caption") == "Another caption")


def test_a_photo_synced_by_hand_stays_and_one_taken_out_goes(gallery, tmp_path):
    by_hand = tmp_path / "by-hand"
    by_hand.mkdir()
    Image.effect_noise((500, 400), 90).convert("RGB").save(by_hand / "noise.jpg")
    environment = {**os.environ, "STORAGE_EMULATOR_HOST": f"http://127.0.0.1:{gallery.port}"}
    subprocess.run(
        [sys.executable, "-m", "cli", "sync", str(by_hand),
         "--bucket", gallery.outputs["bucket"]],
        cwd=gallery.folder, env=environment, check=True, capture_output=True,
    )  # fmt: skip
    (foreign,) = [record for record in gallery.catalog() if record["source"] == "by-hand"]
    taken = sorted((gallery.folder / "photos").rglob("*.jpg"))[0]
    ids = {record["id"] for record in gallery.catalog()}
    taken.rename(tmp_path / taken.name)

    gallery.up()

    (gone,) = ids - {record["id"] for record in gallery.catalog()}
    assert not [name for name in gallery.objects() if gone in name]
    assert [record for record in gallery.catalog() if record["source"] == "by-hand"] == [foreign]
    assert (
        get(
            f"{gallery.config['catalogUrl'].rsplit('/', 1)[0]}/photos/v2/{foreign['id']}-500.webp"
        ).status
        == 200
    )
    (tmp_path / taken.name).rename(taken)


def test_a_portrait_from_a_phone_is_upright_dated_and_says_no_place(gallery):
    path = gallery.folder / "photos" / "phone.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x8769] = {0x9003: "2021:05:06 07:08:09"}
    exif[0x8825] = {1: "N", 2: (46.0, 58.0, 36.0), 3: "E", 4: (8.0, 39.0, 36.0)}
    picture = Image.effect_noise((640, 480), 80).convert("RGB")
    picture.save(path, exif=exif)

    gallery.up()

    (photo,) = [r for r in gallery.catalog() if r.get("date", "").startswith("2021")]
    assert photo["date"] == "2021-05-06T07:08"
    assert photo["sizes"][-1] == [480, 640]
    assert wait_for(lambda: gallery.api(f"/photos/{photo['id']}").status == 200)
    rendition = get(gallery.api(f"/photos/{photo['id']}").json["src"])
    image = Image.open(io.BytesIO(rendition.body))
    assert image.size == (480, 640)
    assert not image.getexif().get_ifd(0x8825)
    assert b"GPS" not in rendition.body

    written = path.read_bytes()
    path.write_bytes(with_another_word(written, exif))
    assert path.read_bytes() != written
    gallery.up()
    assert photo["id"] in {record["id"] for record in gallery.catalog()}
    path.unlink()


def with_another_word(jpeg, exif):
    """The same picture, with another EXIF segment: nothing is compressed anew."""
    start = jpeg.index(b"\xff\xe1")
    end = start + 2 + int.from_bytes(jpeg[start + 2 : start + 4], "big")
    exif[0x010E] = "another word"
    segment = exif.tobytes()
    return jpeg[:start] + b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment + jpeg[end:]


def test_a_changed_function_replaces_the_old_without_a_failed_request(gallery):
    """Load goes on while the archive changes: each is answered, the last by the new."""
    config, statuses, stop = gallery.config, [], threading.Event()

    def load():
        while not stop.is_set():
            statuses.append(get(f"{config['apiUrl']}/?key={config['apiKey']}").status)

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    rendering = gallery.folder / "function" / "gallery_api" / "rendering.py"
    rendering.write_text(rendering.read_text().replace(".webp", ".webp?new"))
    gallery.up()
    renewed = gallery.api("/?format=url").json
    stop.set()
    for thread in threads:
        thread.join()

    assert renewed.endswith(".webp?new")
    assert len(statuses) > 50
    assert set(statuses) == {200}


def processes_of(gallery):
    """Ids of all processes that belong to this gallery, by their arguments."""
    mine = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (entry / "cmdline").read_bytes()
            port = f"--port\0{gallery.port}\0".encode()
            if str(gallery.folder).encode() in words or (port in words and b"local" in words):
                mine.append(int(entry.name))
    return mine


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds processes under /proc")
def test_killed_processes_come_back_with_all_they_had(gallery):
    before = gallery.objects()
    killed = processes_of(gallery)
    assert killed
    for process in killed:
        os.kill(process, signal.SIGKILL)

    gallery.up()

    assert gallery.objects() == before
    assert gallery.api().status == 200


def test_destroy_leaves_nothing_and_can_be_said_again(gallery):
    port = int(gallery.outputs["apiUrl"].rsplit(":", 1)[1])

    gallery.make("destroy")
    again = gallery.make("destroy")

    assert "nothing to remove" in again.stdout
    assert not gallery.state_dir.exists()
    for number in (gallery.port, port):
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", number)) != 0
    assert processes_of(gallery) == []
