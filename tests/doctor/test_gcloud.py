"""Every `gcloud` line that doctor, hits and guide print, run by Google's own gcloud.

It talks to a local cloud on which the runner has made the stack `dev`. What only Google has is
answered by a stand-in, by the forms of Google's reference: the organisation's policies and the
billing of the project. The engine's state is what the runner noted down.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import yaml

from doctor.examine import examine
from doctor.stack import read_stack
from image_gallery.gallery import ENABLED
from local.hits import count, of_google
from tests.doctor.conftest import ROOT
from tests.e2e.gallery import Gallery, get

PROJECT = "my-project-id"
pytestmark = [
    pytest.mark.deep,
    pytest.mark.timeout(600),
    pytest.mark.skipif(shutil.which("gcloud") is None, reason="no gcloud on PATH: Google's SDK"),
]
# The name that gcloud gives an address of its own to → where that is on the local cloud.
ENDPOINTS = {
    "apikeys": "apikeys", "artifactregistry": "artifactregistry",
    "cloudfunctions": "cloudfunctions", "cloudresourcemanager": "crm", "iam": "iam",
    "logging": "logging", "run": "run", "secretmanager": "secretmanager",
    "serviceusage": "serviceusage", "storage": "storage/v1",
}  # fmt: skip
ENGINE = """#!{python}
import json, sys
state = json.load(open({state!r}))
words = " ".join(sys.argv[1:3])
if words == "version":
    print("v3.272.0")
elif not state:
    sys.exit("error: no stack named 'dev' found")
elif words == "stack output":
    print(json.dumps(state["outputs"]))
elif words == "stack export":
    print(json.dumps({{"deployment": {{"resources": state["resources"]}}}}))
"""


class Google(BaseHTTPRequestHandler):
    """cloud.google.com/resource-manager/docs/reference/orgpolicy/rest/v2/projects.policies and
    cloud.google.com/billing/docs/reference/rest/v1/projects/getBillingInfo, of a project that
    has no organisation.
    """

    def do_GET(self):
        path = self.path.partition("?")[0]
        constraint = re.search(r"/policies/([\w.]+):getEffectivePolicy$", path)
        if constraint:
            name = f"projects/123456789/policies/{constraint[1]}"
            body = {"name": name, "spec": {"rules": [{"allowAll": True}]}}
        else:
            body = {
                "name": f"projects/{PROJECT}/billingInfo",
                "projectId": PROJECT,
                "billingAccountName": "billingAccounts/000000-AAAAAA-111111",
                "billingEnabled": True,
            }
        text = json.dumps(body).encode()
        self.send_response(200 if constraint or path.endswith("/billingInfo") else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def google():
    server = HTTPServer(("127.0.0.1", 0), Google)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


class Dev(Gallery):
    """The stack `dev`, made by the runner; then its files are the checked-in ones again."""

    def deploy(self):
        """Deploy onto the local cloud; return what the engine's state would hold."""
        files = {name: self.folder / f"Pulumi.{name}.yaml" for name in ("dev", "local")}
        before = files["dev"].read_text()
        settings = {n: yaml.safe_load(file.read_text())["config"] for n, file in files.items()}
        port = settings["local"]["gcp:storageCustomEndpoint"].split(":")[2].split("/")[0]
        merged = json.dumps({"config": settings["local"] | settings["dev"]})
        files["dev"].write_text(merged.replace(f":{port}/", f":{self.port}/"))
        command = [sys.executable, "-m", "cli", "up", "--stack", "dev", "--port", str(self.port)]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        files["dev"].write_text(before)
        records = json.loads((self.state_dir / "runner-dev.json").read_text())
        outputs = json.loads((self.state_dir / "outputs-dev.json").read_text())
        return {
            "outputs": {name: value for name, (value, _) in outputs.items()},
            "resources": [{"type": one["type"], "id": one["id"]} for one in records],
        }


@pytest.fixture(scope="module")
def machine(tmp_path_factory, google):
    """A machine with gcloud, an engine that has the state, and a project that is prepared."""
    folder = tmp_path_factory.mktemp("gcloud")
    machine = Machine(folder, google)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in machine.environment.items():
            patch.setenv(name, value)
        patch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        patch.chdir(machine.gallery.folder)
        yield machine
    machine.gallery.make("destroy", check=False)
    subprocess.run(
        [sys.executable, "-m", "cli", "stop"], cwd=machine.gallery.folder, check=False,
        capture_output=True,
    )  # fmt: skip


class Machine:
    """Knows the gallery, gcloud's environment and the lines that were run."""

    def __init__(self, folder, google):
        self.gallery = Dev(folder / "gallery")
        self.state = folder / "state.json"
        self.state.write_text("{}")
        engine = folder / "pulumi"
        engine.write_text(ENGINE.format(python=sys.executable, state=str(self.state)))
        engine.chmod(0o755)
        serve = [sys.executable, "-m", "cli", "serve", "--background"]
        subprocess.run(
            [*serve, "--port", str(self.gallery.port)],
            cwd=self.gallery.folder, check=True, capture_output=True,
        )  # fmt: skip
        file = self.gallery.folder / "Pulumi.dev.yaml"
        file.write_text(
            file.read_text() + f"  gcp:project: {PROJECT}\n  gcp:billingProject: {PROJECT}\n"
        )
        override, url = "CLOUDSDK_API_ENDPOINT_OVERRIDES_", f"http://127.0.0.1:{self.gallery.port}"
        self.environment = {
            "CLOUDSDK_CONFIG": str(folder / "config"),
            "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
            "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "true",
            "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "true",
            "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE": str(self.gallery.state_dir / "token"),
            "GOOGLE_OAUTH_ACCESS_TOKEN": (self.gallery.state_dir / "token").read_text(),
            # Whatever has no address of its own here goes nowhere.
            "HTTPS_PROXY": "http://127.0.0.1:9",
            "NO_PROXY": "127.0.0.1",
            f"{override}ORGPOLICY": f"{google}/",
            f"{override}CLOUDBILLING": f"{google}/",
            **{f"{override}{name.upper()}": f"{url}/{path}/" for name, path in ENDPOINTS.items()},
        }

    def stack(self):
        """The stack as the checked-in files and the engine tell of it."""
        return read_stack("dev", self.gallery.folder / "elsewhere", None)

    def findings(self):
        """All findings that are not fine."""
        return [one for one in examine(self.stack()) if one.verdict != "ok"]

    def run(self, line):
        """Type a line; return what it printed."""
        finished = subprocess.run(
            ["bash", "-o", "pipefail", "-c", line], cwd=self.gallery.folder,
            env=os.environ, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert finished.returncode == 0, f"{line}\n{finished.stderr}"
        return finished.stdout

    def guide(self, about):
        """The guide's own line that holds these words, with its continuations."""
        text = (ROOT / "docs" / "deploying.md").read_text().replace("\\\n", " ")
        (line,) = {one.strip() for one in text.splitlines() if about in one and "gcloud" in one}
        return line


def test_before_the_guides_first_step_the_services_are_asked_for(machine):
    found = machine.findings()

    assert {one.about for one in found} == {
        "services", "billing", "region", "members, public access, locations, ingress",
    }  # fmt: skip
    assert "cloudresourcemanager.googleapis.com, serviceusage.googleapis.com" in found[0].says
    machine.run(found[0].do)


def test_after_step_one_nothing_is_in_the_way(machine):
    machine.run(machine.guide("gcloud services enable"))

    assert machine.findings() == []


def test_after_an_up_all_is_well_and_nothing_is_left_over(machine):
    services = " ".join(f"{name}.googleapis.com" for name in ENABLED)
    machine.run(f"gcloud services enable {services} --project {PROJECT}")
    machine.state.write_text(json.dumps(machine.gallery.deploy()))

    assert machine.findings() == []


PLANTED = (
    "gcloud storage buckets create gs://left-bucket --project {project} --location EU",
    "gcloud storage buckets update gs://left-bucket"
    " --update-labels application=image-gallery,stack=dev",
    "echo x | gcloud storage cp - gs://left-bucket/a/b",
    "gcloud secrets create left-secret --labels application=image-gallery,stack=dev"
    " --project {project}",
    "gcloud artifacts repositories create left-repository --repository-format docker"
    " --location europe-west1 --labels application=image-gallery,stack=dev --project {project}",
    "gcloud services api-keys create --display-name 'Image gallery, dev: first'"
    " --project {project}",
    "gcloud iam service-accounts create left-account"
    " --display-name 'Image gallery, dev: builds it' --project {project}",
)


def test_what_was_left_behind_is_found_and_goes_by_the_lines_that_are_printed(machine):
    for line in PLANTED:
        machine.run(line.format(project=PROJECT))
    state = json.loads(machine.state.read_text())
    function = "gcp:cloudfunctionsv2/function:Function"
    forgotten = [one for one in state["resources"] if one["type"] != function]
    machine.state.write_text(json.dumps({**state, "resources": forgotten}))

    found = machine.findings()

    kinds = {"bucket", "function", "secret", "repository", "key", "account"}
    assert {one.says.split()[1] for one in found} == kinds
    for finding in found:
        machine.run(f"{finding.do} --quiet")
    assert [one for one in machine.findings() if one.about == "leftovers"] == []
    machine.state.write_text(json.dumps(machine.gallery.deploy()))


def test_hits_are_those_of_this_gallery(machine):
    stack = machine.stack()
    asked = f"{stack.outputs['apiUrl']}/?key={stack.outputs['apiKey']}"
    assert [get(asked).status for _ in range(3)] == [200, 200, 200]
    line = of_google("dev", PROJECT, stack.function).split("\n\n")[1].replace("\\\n", " ")
    reading = shlex.join(shlex.split(line.partition("|")[0]))

    entries = json.loads(machine.run(reading))

    assert count(entries)["hits"] >= 3
    other = reading.replace(stack.function, "another-gallery")
    assert json.loads(machine.run(other)) == []


def test_the_functions_log_is_read_as_the_doctor_says(machine):
    stack = machine.stack()

    assert stack.function in machine.run(stack.logs)
