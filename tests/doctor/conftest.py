"""Google's REST APIs, as far as the doctor asks them before the first `up`: a small stand-in."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

PROJECT = "my-project-id"


class StandIn:
    """A project that is fine, until a test spoils one of its `answers`: path → (status, body)."""

    def __init__(self, url):
        self.url = url
        on = ("serviceusage.googleapis.com", "cloudresourcemanager.googleapis.com")
        self.answers = {
            f"/crm/projects/{PROJECT}": (
                200,
                {"projectId": PROJECT, "projectNumber": "123", "lifecycleState": "ACTIVE"},
            ),
            f"/billing/projects/{PROJECT}/billingInfo": (
                200,
                {"billingEnabled": True, "billingAccountName": "billingAccounts/0"},
            ),
            f"/usage/projects/{PROJECT}/services": (200, self.services(*on)),
            "iam.allowedPolicyMemberDomains": (200, {"listPolicy": {"allValues": "ALLOW"}}),
            "storage.publicAccessPrevention": (200, {"booleanPolicy": {}}),
            f"/functions/projects/{PROJECT}/locations": (
                200,
                {"locations": [{"locationId": "europe-west1"}]},
            ),
        }
        self.tokens = set()

    @staticmethod
    def services(*names):
        return {"services": [{"config": {"name": name}, "state": "ENABLED"} for name in names]}

    @property
    def config(self):
        """A stack's configuration that points here, and whose storage is Google's."""
        return {
            "gcp:project": PROJECT,
            "gcp:billingProject": PROJECT,
            "gcp:userProjectOverride": "true",
            "image-gallery:region": "europe-west1",
            "gcp:accessToken": "token",
            "gcp:resourceManagerCustomEndpoint": f"{self.url}/crm/",
            "gcp:coreBillingCustomEndpoint": f"{self.url}/billing/",
            "gcp:serviceUsageCustomEndpoint": f"{self.url}/usage/",
            "gcp:cloudfunctions2CustomEndpoint": f"{self.url}/functions/",
        }


def _handler(stand_in):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self._answer(self.path.split("?")[0])

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._answer(body["constraint"].removeprefix("constraints/"))

        def _answer(self, path):
            stand_in.tokens.add(self.headers["Authorization"])
            status, body = stand_in.answers.get(path, (404, {"error": {"message": "not here"}}))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_):
            """Say nothing."""

    return Handler


@pytest.fixture
def google(monkeypatch, tmp_path):
    """The stand-in, and a machine that has nobody's credentials and no pulumi of its own."""
    for name in (
        "GOOGLE_CREDENTIALS",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "GOOGLE_OAUTH_ACCESS_TOKEN",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "gcloud"))
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / "pulumi").write_text("#!/bin/sh\necho v3.272.0\n")
    (bin_ / "pulumi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{bin_}:/usr/bin:/bin")
    stand_in = StandIn("")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(stand_in))
    stand_in.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield stand_in
    server.shutdown()
    server.server_close()
