"""A machine with a `gcloud` of the tests' own, and the stack `dev` as its files say it."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from doctor.stack import read_stack

ROOT = Path(__file__).parents[2]
PROJECT = "my-project-id"
ENABLED = f"gcloud services list --enabled --project {PROJECT}"
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
# An engine that knows its version, and no stack.
_PULUMI = '#!/bin/sh\n[ "$1" = version ] && echo v3.272.0\n'
_VARIABLES = (
    "GOOGLE_OAUTH_ACCESS_TOKEN", "GOOGLE_CREDENTIALS", "GOOGLE_CLOUD_KEYFILE_JSON",
    "GCLOUD_KEYFILE_JSON", "GOOGLE_IMPERSONATE_SERVICE_ACCOUNT",
)  # fmt: skip


def services(*names):
    """`gcloud services list`, of these services."""
    on = [f"{name}.googleapis.com" for name in names]
    return (0, [{"config": {"name": name}, "state": "ENABLED"} for name in on])


class Gcloud:
    """A project that is fine; a test spoils one of its `answers`: command → (exit, output)."""

    def __init__(self, folder):
        self._answers, self._log = folder / "answers.json", folder / "log"
        script = folder / "gcloud"
        text = _SCRIPT.format(python=sys.executable, log=str(self._log), answers=str(self._answers))
        script.write_text(text)
        script.chmod(0o755)
        self.answers = {
            "gcloud auth application-default print-access-token": (0, {"token": "ya29"}),
            ENABLED: services(
                "serviceusage", "cloudresourcemanager", "cloudbilling", "orgpolicy",
                "cloudfunctions"),
            f"gcloud projects describe {PROJECT}": (
                0, {"projectId": PROJECT, "projectNumber": "123", "lifecycleState": "ACTIVE"}),
            f"gcloud billing projects describe {PROJECT}": (
                0, {"billingEnabled": True, "billingAccountName": "billingAccounts/0"}),
            f"gcloud functions regions list --gen2 --project {PROJECT}": (
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
    """The stand-in, and a machine that has no other gcloud and no stack of Pulumi's."""
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / "pulumi").write_text(_PULUMI)
    (bin_ / "pulumi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{bin_}:/usr/bin:/bin")
    for variable in _VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    return Gcloud(bin_)


@pytest.fixture
def dev(monkeypatch, tmp_path):
    """Read the stack `dev` from the checked-in files, with what step 3 of the guide adds.

    `config` are lines of its file; None takes one of the guide's away.
    """

    def read(**config):
        folder = tmp_path / "checkout"
        folder.mkdir(exist_ok=True)
        for name in ("Pulumi.yaml", "Pulumi.dev.yaml"):
            shutil.copy(ROOT / name, folder / name)
        given = {"gcp:project": PROJECT, "gcp:billingProject": PROJECT, **config}
        file = folder / "Pulumi.dev.yaml"
        kept = [line for line in file.read_text().splitlines()
                if not any(line.strip().startswith(f"{key}:") for key in given)]  # fmt: skip
        added = [f"  {key}: {json.dumps(value)}" for key, value in given.items() if value]
        file.write_text("\n".join([*kept, *added]) + "\n")
        monkeypatch.chdir(folder)
        return read_stack("dev", folder / ".local", None)

    return read
