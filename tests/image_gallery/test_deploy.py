"""Deploying from GitHub: no key, nothing in a fork, and credentials that Google's client takes."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import yaml
from google.auth import identity_pool
from google.auth.transport.requests import Request

from tests.image_gallery.recording import ROOT

WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "deploy.yml").read_text())
JOB = WORKFLOW["jobs"]["deploy"]


class GitHub(BaseHTTPRequestHandler):
    """Answers as GitHub does whoever asks with the run's token."""

    def do_GET(self):
        asked = (self.headers["Authorization"], self.path)
        allowed = asked == (
            "Bearer of-this-run",
            "/token?v=2&audience=https://iam.googleapis.com/projects/1/providers/github",
        )
        self.send_response(200 if allowed else 403)
        self.end_headers()
        self.wfile.write(json.dumps({"value": "who-this-run-is"}).encode())

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def github():
    server = HTTPServer(("127.0.0.1", 0), GitHub)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/token?v=2"
    server.shutdown()
    server.server_close()
    thread.join()


def test_googles_client_gets_githubs_token_by_the_credentials(github):
    finished = subprocess.run(
        [sys.executable, ROOT / ".github" / "google_credentials.py"],
        env={
            **os.environ,
            "PROVIDER": "projects/1/providers/github",
            "ACCOUNT": "deployer@p.iam.gserviceaccount.com",
            "ACTIONS_ID_TOKEN_REQUEST_URL": github,
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "of-this-run",
        },
        capture_output=True,
        text=True,
        check=True,
    )

    credentials = identity_pool.Credentials.from_info(json.loads(finished.stdout))

    assert credentials.service_account_email == "deployer@p.iam.gserviceaccount.com"
    assert credentials.retrieve_subject_token(Request()) == "who-this-run-is"


def test_it_does_nothing_until_its_variables_are_set_and_for_no_stranger():
    assert "vars.GCP_WORKLOAD_IDENTITY_PROVIDER != ''" in JOB["if"]
    assert "github.event.pull_request.head.repo.full_name == github.repository" in JOB["if"]
    assert set(WORKFLOW[True]) == {"push", "pull_request"}  # `on` is true in YAML 1.1


def test_no_key_is_stored_and_no_update_is_broken_off():
    text = (ROOT / ".github" / "workflows" / "deploy.yml").read_text()

    assert {
        line.split("secrets.")[1].split(" ")[0] for line in text.splitlines() if "secrets." in line
    } == {
        "PULUMI_CONFIG_PASSPHRASE",
        "PULUMI_ACCESS_TOKEN",
    }
    assert JOB["permissions"]["id-token"] == "write"
    assert "cancel-in-progress" not in WORKFLOW["concurrency"]


def test_a_pull_request_is_previewed_and_main_is_deployed():
    runs = {step.get("if", ""): step["run"] for step in JOB["steps"] if "if" in step}

    assert "pulumi preview" in runs["github.event_name == 'pull_request'"]
    assert "--yes" not in runs["github.event_name == 'pull_request'"]
    assert "pulumi up" in runs["github.event_name == 'push'"]


@pytest.mark.parametrize("step", [step for step in JOB["steps"] if "run" in step])
def test_nothing_that_others_write_is_pasted_into_a_script(step):
    assert "${{" not in step["run"]
