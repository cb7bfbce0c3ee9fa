"""A checkout of its own with a gallery running from it, driven by the README's commands."""

import json
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".local", ".pulumi", "node_modules", "__pycache__", ".*_cache",
    ".hypothesis", "tests", "docs", "bench", ".photos", "my-photos",
)  # fmt: skip


def free_port():
    """A port that nobody listens on, with a few above it that are likely free as well."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Answer:
    """One HTTP answer, whatever its status."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args):
        return None


def get(url, headers=None, method="GET"):
    """Ask once, following nothing."""
    request = urllib.request.Request(url, headers=headers or {}, method=method)
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=30) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers, error.read())


class Gallery:
    """`make up` in a copy of the checkout; `state_dir` is the local cloud's folder."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
        (folder / ".venv").symlink_to(Path(sys.prefix))
        for stamp in ("program", "development"):
            (folder / ".venv" / stamp).touch()
        self.state_dir = folder / ".local"

    def make(self, target, *, check=True, **variables):
        """Run a make target; return the finished process, its output as text."""
        words = [f"{name}={value}" for name, value in variables.items()]
        finished = subprocess.run(
            ["make", "--no-print-directory", target, f"PORT={self.port}", *words],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )
        if check:
            assert finished.returncode == 0, finished.stdout + finished.stderr
        return finished

    def up(self):
        """`make up`; return what it printed as outputs."""
        lines = self.make("up").stdout.splitlines()
        return {
            name: value.strip()
            for name, _, value in (line.partition(": ") for line in lines)
            if value
        }

    @cached_property
    def config(self):
        """The page's own configuration, as the first `make up` published it."""
        return get(self.outputs["siteUrl"].replace("index.html", "config.json")).json

    @property
    def outputs(self):
        finished = subprocess.run(
            [
                sys.executable, "-m", "cli", "outputs", "--port", str(self.port),
                "--json", "--show-secrets",
            ],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=True,
        )  # fmt: skip
        return json.loads(finished.stdout)

    def api(self, path="/", **headers):
        """Ask the API, with the page's key."""
        config = self.config
        join = "&" if "?" in path else "?"
        return get(f"{config['apiUrl']}{path}{join}key={config['apiKey']}", headers)

    def objects(self):
        """Every object in the photo bucket, name → generation."""
        items, token = {}, ""
        while True:
            page = get(
                f"http://127.0.0.1:{self.port}/storage/v1/b/{self.outputs['bucket']}/o?pageToken={token}"
            ).json
            items |= {item["name"]: item["generation"] for item in page.get("items", [])}
            token = page.get("nextPageToken", "")
            if not token:
                return items

    def catalog(self):
        """The catalog's records."""
        text = get(self.config["catalogUrl"]).body.decode()
        return [json.loads(line) for line in text.splitlines()[1:]]
