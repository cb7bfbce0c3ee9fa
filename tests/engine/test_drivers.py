"""One program, two drivers: the same behaviour, and neither touches what the other made."""

import json
import re
import subprocess
import sys

import pytest

from tests.conftest import LocalCloud
from tests.e2e.gallery import free_port, get


def behaviour(cloud, outputs):
    """What a visitor can tell of a gallery, names and numbers of one run taken out."""
    bucket = outputs["bucket"]

    def plain(value):
        text = json.dumps(value, sort_keys=True)
        for name, stand_in in (
            (outputs["apiKey"], "<key>"),
            (outputs["apiUrl"], "<api>"),
            (bucket, "<bucket>"),
            (cloud.url, "<cloud>"),
        ):
            text = text.replace(name, stand_in)
        return json.loads(re.sub(r"(dashboards/builder/)[^?]+", r"\1<id>", text))

    client = cloud.storage_client()
    found = client.get_bucket(bucket)
    policy = found.get_iam_policy(requested_policy_version=3)
    names = sorted(blob.name for blob in found.list_blobs())
    base = outputs["siteUrl"].split("/site/")[0]
    key = f"key={outputs['apiKey']}"
    catalog = get(f"{base}/catalog.jsonl").body.decode()
    ids = [json.loads(line)["id"] for line in catalog.splitlines()[1:]]
    (function,) = [r for r in cloud.state()["resources"].values() if "buildConfig" in r]
    return plain(
        {
            "iam": sorted(
                (b["role"], sorted(b["members"]))
                for b in policy.bindings
                if "legacyBucket" not in b["role"]
            ),
            "cors": list(found.cors),
            "prevention": found.iam_configuration.public_access_prevention,
            "names": names,
            "catalog": catalog,
            "site": {
                name: get(f"{base}/{name}").body.decode("latin-1")
                for name in names
                if name.startswith("site/")
            },
            "headers": {
                name: dict(get(f"{base}/{name}").headers).get("Cache-Control") for name in names
            },
            "environment": function["serviceConfig"]["environmentVariables"],
            "limits": {
                k: function["serviceConfig"].get(k)
                for k in ("availableMemory", "maxInstanceCount", "timeoutSeconds")
            },
            "answers": [get(f"{outputs['apiUrl']}/photos/{id_}?{key}").json for id_ in ids],
            "refusal": get(outputs["apiUrl"]).json,
            "outputs": {k: v for k, v in outputs.items() if k != "apiKey"},
        }
    )


def runner(folder, cloud, command, *words, check=True):
    return subprocess.run(
        [
            sys.executable, "-m", "cli", command, "--port", str(cloud.port),
            "--state", str(cloud.state_dir), *words,
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=check,
    )  # fmt: skip


@pytest.fixture(scope="module")
def second_cloud(tmp_path_factory, checkout):
    """Where the second local cloud will be: the runner itself starts it, and stops it."""
    cloud = LocalCloud(tmp_path_factory.mktemp("second") / "cloud")
    cloud.port = free_port()
    cloud.url = f"http://127.0.0.1:{cloud.port}"
    yield cloud
    runner(checkout.folder, cloud, "destroy", check=False)


def test_both_drivers_leave_the_same_behaviour(checkout, cloud, second_cloud, tmp_path):
    checkout.up()
    by_engine = behaviour(cloud, checkout.outputs())

    runner(checkout.folder, second_cloud, "up")
    shown = runner(checkout.folder, second_cloud, "outputs", "--json", "--show-secrets")
    by_runner = behaviour(second_cloud, json.loads(shown.stdout))

    assert by_runner == by_engine


def test_each_refuses_what_the_other_made(checkout, cloud, second_cloud):
    refused = runner(checkout.folder, cloud, "up", check=False)
    assert refused.returncode == 1
    assert "made by Pulumi's engine" in refused.stderr

    file = checkout.folder / "Pulumi.local.yaml"
    text = file.read_text()
    checkout.add_stack("other")
    other = checkout.folder / "Pulumi.other.yaml"
    other.write_text(text.replace(cloud.url, second_cloud.url))
    failed = checkout.up("other", check=False)
    assert failed.returncode != 0
    assert "runner" in failed.stdout + failed.stderr
    checkout.destroy("other", check=False)


def test_both_take_all_away(checkout, cloud, second_cloud):
    checkout.destroy()
    assert list(cloud.storage_client().list_buckets(project="local-project")) == []

    runner(checkout.folder, second_cloud, "destroy")
    assert not second_cloud.state_dir.exists()
