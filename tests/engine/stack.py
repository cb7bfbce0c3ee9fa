"""A checkout of its own whose stacks Pulumi's engine deploys onto a local cloud of its own."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.e2e.gallery import LEFT_OUT, ROOT, get

CLOSED = "http://127.0.0.1:9"  # nothing can reach Google through it


class Checkout:
    """A copy of the checkout, a file backend, and the stack files on the local cloud's port."""

    def __init__(self, folder, cloud):
        self.folder, self.cloud = folder, cloud
        shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
        (folder / ".venv").symlink_to(Path(sys.prefix))
        (folder / ".pulumi").mkdir()
        self._point_at(cloud.url)
        self.environment = {
            **os.environ,
            "PULUMI_BACKEND_URL": f"file://{folder}/.pulumi",
            "PULUMI_CONFIG_PASSPHRASE": "local",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "GOOGLE_OAUTH_ACCESS_TOKEN": cloud.token,
            "HTTPS_PROXY": CLOSED,
        }
        self.pulumi("stack", "select", "--create", "local")

    def _point_at(self, url):
        stack = self.folder / "Pulumi.local.yaml"
        stack.write_text(stack.read_text().replace("http://127.0.0.1:8480", url))

    def add_stack(self, name, **settings):
        """Make a stack with local's configuration, and `settings` over it."""
        lines = (self.folder / "Pulumi.local.yaml").read_text().splitlines()
        kept = [line for line in lines if line.strip().split(":")[0] not in settings]
        added = [f"  {key}: {json.dumps(value)}" for key, value in settings.items()]
        start = kept.index("config:") + 1
        text = "\n".join([*kept[:start], *added, *kept[start:], ""])
        (self.folder / f"Pulumi.{name}.yaml").write_text(text)
        self.pulumi("stack", "init", "--no-select", name)

    def pulumi(self, *words, stack=None, check=True, timeout=280):
        """Run the engine; return the finished process, its output as text."""
        where = ("--stack", stack) if stack else ()
        finished = subprocess.run(
            ["pulumi", *words, *where, "--non-interactive"],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        if check:
            assert finished.returncode == 0, finished.stdout + finished.stderr
        return finished

    def up(self, stack="local", **options):
        """`pulumi up`; return the finished process."""
        return self.pulumi("up", "--yes", "--color=never", stack=stack, **options)

    def destroy(self, stack="local", **options):
        """`pulumi destroy` as the README has it."""
        words = ("destroy", "--yes", "--run-program", "--color=never")
        return self.pulumi(*words, stack=stack, **options)

    def outputs(self, stack="local"):
        """The stack's outputs, the key included."""
        words = ("stack", "output", "--json", "--show-secrets")
        return json.loads(self.pulumi(*words, stack=stack).stdout)

    def resources(self, stack="local"):
        """What the stack's state holds."""
        exported = json.loads(self.pulumi("stack", "export", stack=stack).stdout)
        return exported["deployment"].get("resources", [])

    def objects(self, stack="local"):
        """Every object in the stack's photo bucket, name → generation."""
        bucket = self.cloud.storage_client().bucket(self.outputs(stack)["bucket"])
        return {blob.name: blob.generation for blob in bucket.list_blobs()}

    def catalog(self, stack="local"):
        """The catalog's records."""
        base = self.outputs(stack)["siteUrl"].split("/site/")[0]
        text = get(f"{base}/catalog.jsonl").body.decode()
        return [json.loads(line) for line in text.splitlines()[1:]]


def changes(finished):
    """What an `up`, `refresh` or `preview` says it did: {"created": 3, "unchanged": 40, …}."""
    text = finished.stdout.rpartition("Resources:")[2].split("Duration")[0]
    found = re.findall(r"(\d+) (to [a-z]+|[a-z]+ed)\b", text)
    return {word: int(number) for number, word in found}
