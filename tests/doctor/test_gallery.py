"""A running gallery, broken in one place at a time: the doctor finds and names each."""

import json
import os
import signal
import subprocess
import sys
import urllib.request

import pytest

from tests.e2e.gallery import Gallery

pytestmark = [pytest.mark.deep, pytest.mark.timeout(280)]


class Patient(Gallery):
    """A gallery with means to break it."""

    def examine(self):
        """What `./gallery doctor` says of it, and its exit code."""
        finished = subprocess.run(
            [sys.executable, "-m", "cli", "doctor", "--port", str(self.port), "--json"],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        return json.loads(finished.stdout), finished.returncode

    def wrong(self):
        """What is wrong with it; nothing else may be unknown."""
        findings, code = self.examine()
        assert {finding["verdict"] for finding in findings} <= {"ok", "wrong"}
        found = [finding for finding in findings if finding["verdict"] == "wrong"]
        assert code == (1 if found else 0)
        return found

    def type(self, command):
        """Do what the doctor says."""
        environment = {**os.environ, "PORT": str(self.port)}
        subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder, env=environment, check=True, capture_output=True,
        )  # fmt: skip

    def call(self, method, path, body=None, content_type="application/json"):
        """Ask the local cloud's storage."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        url = f"http://127.0.0.1:{self.port}{path}"
        headers = {"Content-Type": content_type, "User-Agent": "image-gallery-runner/1"}
        request = urllib.request.Request(url, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def write(self, name, data):
        """Overwrite an object."""
        path = f"/upload/storage/v1/b/{self.outputs['bucket']}/o?uploadType=media&name={name}"
        self.call("POST", path, data, "application/octet-stream")

    def set(self, key, value):
        """Change a setting in the stack's file without deploying it."""
        stack = self.folder / "Pulumi.local.yaml"
        stack.write_text(stack.read_text() + f"  {key}: {json.dumps(value)}\n")


@pytest.fixture(scope="module")
def patient(tmp_path_factory):
    gallery = Patient(tmp_path_factory.mktemp("patient") / "gallery")
    stack = gallery.folder / "Pulumi.local.yaml"
    lines = stack.read_text().splitlines(keepends=True)
    stack.write_text("".join(line for line in lines if not line.startswith("encryptionsalt")))
    gallery.up()
    gallery.kept = stack.read_text()
    yield gallery
    gallery.make("destroy", check=False)


@pytest.fixture(autouse=True)
def _well_afterwards(patient):
    """Each test leaves a gallery without fault."""
    yield
    assert patient.wrong() == []


def test_nothing_is_wrong_with_a_gallery_as_it_was_made(patient):
    findings, code = patient.examine()

    assert code == 0
    assert {finding["about"] for finding in findings} == {
        "Google", "api", "key", "cors", "listing", "catalog", "renditions", "page", "embed",
    }  # fmt: skip


def test_a_catalog_cut_short(patient):
    lines = urllib.request.urlopen(patient.config["catalogUrl"]).read().splitlines(keepends=True)
    patient.write("catalog.jsonl", b"".join(lines[:-1]))

    (found,) = patient.wrong()

    assert found["about"] == "catalog"
    assert found["says"] == "it says 9 photos and holds 8"
    patient.write("catalog.jsonl", b"".join(lines))


def test_a_catalog_out_of_order(patient):
    head, *lines = urllib.request.urlopen(patient.config["catalogUrl"]).read().splitlines(True)
    patient.write("catalog.jsonl", head + b"".join(reversed(lines)))

    (found,) = patient.wrong()

    assert found["says"] == "its records are out of order"
    patient.write("catalog.jsonl", head + b"".join(lines))


def test_a_missing_rendition_comes_back_by_what_it_says(patient):
    gone = sorted(name for name in patient.objects() if name.endswith("-400.webp"))[0]
    path = f"/storage/v1/b/{patient.outputs['bucket']}/o/{gone.replace('/', '%2F')}"
    patient.call("DELETE", path)

    (found,) = patient.wrong()

    assert found["about"] == "renditions"
    assert gone in found["says"]
    patient.type(found["do"])


def test_a_bucket_that_strangers_may_list(patient):
    path = f"/storage/v1/b/{patient.outputs['bucket']}/iam"
    policy = patient.call("GET", f"{path}?optionsRequestedPolicyVersion=3")
    listing = {"role": "roles/storage.objectViewer", "members": ["allUsers"]}
    opened = patient.call("PUT", path, {**policy, "bindings": [*policy["bindings"], listing]})

    (found,) = patient.wrong()

    assert found["about"] == "listing"
    assert "strangers can list the bucket" in found["says"]
    patient.call("PUT", path, {**policy, "etag": opened["etag"]})


def test_a_bucket_without_cors(patient):
    path = f"/storage/v1/b/{patient.outputs['bucket']}"
    cors = patient.call("GET", path)["cors"]
    patient.call("PATCH", path, {"cors": []})

    (found,) = patient.wrong()

    assert found["about"] == "embed"
    assert "may not load" in found["says"]
    patient.call("PATCH", path, {"cors": cors})


def test_an_origin_that_was_never_deployed(patient):
    patient.set("allowedOrigins", ["https://blog.example"])

    (found,) = patient.wrong()

    assert found["about"] == "cors"
    assert found["says"] == "pages of https://blog.example cannot read answers (allowed: nobody)"
    patient.type(found["do"])
    assert patient.wrong() == []
    (patient.folder / "Pulumi.local.yaml").write_text(patient.kept)
    patient.up()


def test_an_api_that_lets_everyone_in(patient):
    patient.set("requireApiKey", False)
    patient.up()
    assert patient.wrong() == []
    (patient.folder / "Pulumi.local.yaml").write_text(patient.kept)

    (found,) = patient.wrong()

    assert found["about"] == "key"
    assert "no key is answered 200, a wrong one 200" in found["says"]
    patient.type(found["do"])


def test_an_embed_without_its_configuration(patient):
    patient.write("site/embed.js", b"customElements.define('random-photo', class {});\n")

    (found,) = patient.wrong()

    assert found["about"] == "embed"
    assert found["says"] == "it comes without its configuration"
    patient.type(found["do"])


def test_a_page_with_another_key(patient):
    config = {**patient.config, "apiKey": "another"}
    patient.write("site/config.json", json.dumps(config).encode())

    (found,) = patient.wrong()

    assert found["about"] == "page"
    assert found["says"] == "it has another apiKey than the stack"
    patient.type(found["do"])


def test_a_local_cloud_that_is_gone(patient):
    note = json.loads((patient.state_dir / "server.json").read_text())
    os.kill(note["pid"], signal.SIGKILL)

    (found,) = patient.wrong()

    assert found["about"] == "listing"
    assert "does not answer" in found["says"]
    patient.type(found["do"])
