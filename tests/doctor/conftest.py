"""A machine with a `gcloud` of the tests' own: what it is asked is kept, what it says is given."""

import json
import sys

import pytest

PROJECT = "my-project-id"
_SCRIPT = """#!{python}
import json, sys
words = [word for word in sys.argv[1:] if word not in ("--format=json", "--quiet")]
assert sys.argv[-2:] == ["--format=json", "--quiet"], sys.argv
command = " ".join(["gcloud", *words])
with open({log!r}, "a") as log:
    log.write(command + "\\n")
answers = json.load(open({answers!r}))
status, answer = answers.get(command, [1, "ERROR: (gcloud) nothing is known of it"])
print(answer if status else json.dumps(answer), file=sys.stderr if status else sys.stdout)
sys.exit(status)
"""


class Gcloud:
    """A project that is fine; a test spoils one of its `answers`: command → (exit, output)."""

    def __init__(self, folder):
        self._answers, self._log = folder / "answers.json", folder / "log"
        script = folder / "gcloud"
        text = _SCRIPT.format(python=sys.executable, log=str(self._log), answers=str(self._answers))
        script.write_text(text)
        script.chmod(0o755)
        on = ("serviceusage.googleapis.com", "cloudresourcemanager.googleapis.com")
        self.answers = {
            "gcloud auth list --filter=status:ACTIVE": (0, [{"account": "me@example.org"}]),
            f"gcloud projects describe {PROJECT}": (
                0, {"projectId": PROJECT, "projectNumber": "123", "lifecycleState": "ACTIVE"}),
            f"gcloud billing projects describe {PROJECT}": (
                0, {"billingEnabled": True, "billingAccountName": "billingAccounts/0"}),
            f"gcloud services list --enabled --project {PROJECT}": (
                0, [{"config": {"name": name}, "state": "ENABLED"} for name in on]),
            f"gcloud functions regions list --project {PROJECT}": (
                0, [{"locationId": "europe-west1"}, {"name": "projects/p/locations/us-east1"}]),
        }  # fmt: skip
        for constraint in (
            "iam.allowedPolicyMemberDomains", "iam.managed.allowedPolicyMembers",
            "storage.publicAccessPrevention", "gcp.resourceLocations",
            "cloudfunctions.allowedIngressSettings", "run.allowedIngress",
        ):  # fmt: skip
            self.answers[policy(constraint)] = (0, {"spec": {"rules": [{"allowAll": True}]}})

    def publish(self):
        self._answers.write_text(json.dumps(self.answers))

    @property
    def asked(self):
        """Every command so far."""
        return self._log.read_text().splitlines() if self._log.exists() else []


def policy(constraint):
    return f"gcloud org-policies describe {constraint} --effective --project {PROJECT}"


@pytest.fixture
def gcloud(monkeypatch, tmp_path):
    """The stand-in, and a machine that has no other gcloud and no pulumi of its own."""
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / "pulumi").write_text("#!/bin/sh\necho v3.272.0\n")
    (bin_ / "pulumi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{bin_}:/usr/bin:/bin")
    return Gcloud(bin_)
