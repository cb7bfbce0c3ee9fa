"""Hits and views are counted as they were answered, exactly."""

import json
import random
from collections import Counter
from pathlib import Path

import functions_framework
import pytest

from cli.app import main
from local.cloud.functions.logs import Logs
from local.hits import count, of_google

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "function" / "main.py"
PHOTOS = ["0c5d7a1e9b3f2846", "3a91f0c2d4e5b687", "7f00000000000001", "9f86d081884c7d65"]


@pytest.fixture
def client(local_cloud, monkeypatch):
    """The function over the contract's catalog on a local cloud."""
    bucket = local_cloud.storage_client().create_bucket("gallery")
    policy = bucket.get_iam_policy(requested_policy_version=3)
    policy.bindings.append({"role": "roles/storage.objectViewer", "members": ["allUsers"]})
    bucket.set_iam_policy(policy)
    catalog = ROOT / "tests" / "contract" / "catalog.jsonl"
    bucket.blob("catalog.jsonl").upload_from_filename(str(catalog))
    monkeypatch.setenv("GALLERY_BASE_URL", f"{local_cloud.url}/gallery")
    monkeypatch.setenv("GALLERY_REQUIRE_KEY", "false")
    return functions_framework.create_app("choose_image", str(SOURCE)).test_client()


@pytest.fixture
def logs(tmp_path, capfd):
    """Keep what the function wrote so far as the local cloud does; return the state folder."""

    def keep():
        kept = Logs(tmp_path / "logs.jsonl")
        for line in capfd.readouterr().out.splitlines():
            kept.write("choose-image", line)
        return tmp_path

    return keep


def run(capfd, *arguments):
    """Return what the command prints."""
    assert main(["hits", *map(str, arguments)]) == 0
    return capfd.readouterr().out


def test_photos_counted_are_photos_sent(client, logs, capfd):
    draw = random.Random(5)
    sent, views, refused, hits = Counter(), Counter(), 0, 0
    for _ in range(300):
        path = draw.choice(
            ["/", "/?count=3", "/?deck=a&n=7&count=9", "/?count=0", f"/photos/{PHOTOS[0]}"]
        )
        answer = client.get(path)
        if answer.status_code == 200:
            hits += 1
            photos = answer.json if isinstance(answer.json, list) else [answer.json]
            sent.update(photo["id"] for photo in photos)
            client.post("/views", json={"id": photos[0]["id"]})
            views[photos[0]["id"]] += 1
        else:
            refused += 1
    client.head("/")
    client.get("/health")
    client.post("/views", json={"id": "0" * 16})

    report = json.loads(run(capfd, "--state", logs(), "--json"))

    assert (report["hits"], report["refused"]) == (hits + 1, refused)
    assert (report["photos"], report["views"]) == (sent.total(), views.total())
    assert {row["id"]: row["sent"] for row in report["byPhoto"]} == sent
    assert {row["id"]: row["views"] for row in report["byPhoto"]} == views


def entry(day, photos, event="hit", status=200):
    payload = {"event": event, "photos": photos, "status": status}
    return {"timestamp": f"{day}T23:59:59.999Z", "jsonPayload": payload}


def test_days_and_photos_are_told_apart():
    report = count(
        [
            entry("2026-11-02", ["b"]),
            entry("2026-11-01", ["a", "b", "b"]),
            entry("2026-11-01", ["a"], event="view", status=204),
            entry("2026-11-01", [], status=503),
            entry("2026-11-01", [], event="view", status=404),
            {"timestamp": "2026-11-01T00:00:00Z", "textPayload": "no line of ours"},
        ]
    )

    assert report == {
        "hits": 2,
        "refused": 1,
        "photos": 4,
        "views": 1,
        "days": [
            {"day": "2026-11-01", "hits": 1, "refused": 1, "photos": 3, "views": 1},
            {"day": "2026-11-02", "hits": 1, "refused": 0, "photos": 1, "views": 0},
        ],
        "byPhoto": [{"id": "a", "sent": 1, "views": 1}, {"id": "b", "sent": 3, "views": 0}],
    }


def test_the_tables_have_the_sum_and_the_first_twenty_photos(tmp_path, capfd):
    entries = tmp_path / "entries.jsonl"
    lines = (json.dumps(entry("2026-11-01", [f"{n:016x}"])) for n in range(30))
    entries.write_text("\n".join(lines))

    rows = [line.split() for line in run(capfd, "--entries", entries).splitlines()]

    assert ["day", "hits", "refused", "sent", "shown"] in rows
    assert ["all", "30", "0", "30", "0"] in rows
    assert ["photo", "sent", "shown"] in rows
    assert rows[-1][:5] == ["…", "and", "10", "photos", "more:"]


def test_without_hits_it_says_so(tmp_path, capfd):
    assert "No hits yet" in run(capfd, "--state", tmp_path)


def test_what_gcloud_reads_is_counted_alike(tmp_path, capfd):
    entries = [entry("2026-11-01", ["a"]), entry("2026-11-01", ["b"])]
    as_list, as_lines = tmp_path / "list.json", tmp_path / "lines.jsonl"
    as_list.write_text(json.dumps(entries, indent=2))
    as_lines.write_text("\n".join(map(json.dumps, entries)))

    reports = [json.loads(run(capfd, "--json", "--entries", path)) for path in (as_list, as_lines)]

    assert reports[0] == reports[1] == count(entries)


@pytest.mark.parametrize("text", ["no json", "[1,", None])
def test_entries_that_cannot_be_read_are_one_clear_line(tmp_path, capfd, text):
    path = tmp_path / "entries.json"
    if text is not None:
        path.write_text(text)

    assert main(["hits", "--entries", str(path)]) == 1

    [line] = capfd.readouterr().err.splitlines()
    assert line.startswith(("error: Cannot read", "error: The log entries are no JSON"))


def test_for_google_it_prints_a_query_of_this_gallery_alone():
    text = of_google("dev", "my-project-id", "gallery-choose-image-1")

    assert "gcloud logging read --project my-project-id " in text
    assert 'resource.labels.service_name="gallery-choose-image-1"' in text
    assert 'jsonPayload.event=("hit" OR "view")' in text
    assert "pulumi stack output dashboardUrl --stack dev" in text


def test_a_gallery_that_was_never_deployed_has_no_hits_to_ask_for(capfd):
    assert main(["hits", "--stack", "dev"]) == 1

    assert capfd.readouterr().err == (
        "error: The state of dev tells of no function yet. Deploy it: pulumi up -s dev\n"
    )
