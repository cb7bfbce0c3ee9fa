"""Everything that each stack declares, as one file to read: a changed argument is a line there.

To write the files anew, and then read what changed:
GOLDEN=write pytest tests/image_gallery/test_golden.py
"""

import json
import os
import re
from itertools import chain
from pathlib import Path

import pytest
import yaml

from tests.image_gallery.recording import declare

GOLDEN = Path(__file__).parent / "golden"
EVERYTHING = {
    "alertEmail": "me@example.org",
    "domain": "photos.example.com",
    "rateLimit": "60",
    "budgetAmount": "10",
    "billingAccount": "000000-AAAAAA-111111",
    "allowedOrigins": '["https://blog.example"]',
    "keys": '["second", "first"]',
    "removeMany": "7",
    "showDetails": "true",
    "title": "Holidays",
    "description": "Where we were",
    "homeUrl": "https://blog.example",
    "lang": "de",
}
STACKS = {
    "local": ("local", {}),
    "dev": ("dev", {}),
    "prod": ("prod", {}),
    "prod-with-everything": ("prod", EVERYTHING),
}
# What changes with each build of page or function, and with each photo, is held elsewhere.
CHANGING = {
    r"\b[0-9a-f]{16}-([\w.-]+\.gz)": r"<hash>-\1",
    r"((?:assets/|<hash>-)[a-z]+-)[\w-]{8}\b": r"\1<hash>",
    r"function-[0-9a-f]{16}": "function-<hash>",
    r"gallery-images-[0-9a-f]{7}": "gallery-images-<drawn>",
}


def plain(value):
    """Write out JSON texts, shorten long ones, drop the pickled provider, keep all else."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in sorted(value.items()) if key != "__provider"}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, str) and value.startswith("{"):
        return plain(json.loads(value))
    if isinstance(value, str) and (len(value) > 2000 or value.lower().startswith("<!doctype")):
        return f"<{value[:20].strip()}…>"
    return value


def named(urn):
    """`urn:pulumi:…::A$gcp:storage/bucket:Bucket::gallery-photos` → `Bucket gallery-photos`."""
    *_, types, name = urn.split("::")
    if types == "pulumi:pulumi:Stack":
        return ""
    return f"{types.rpartition(':')[2]} {name}"


def as_text(recorder, outputs):
    resources = {}
    for resource in [*recorder.declared, *chain(*recorder.components.values())]:
        if resource.type.endswith(":Photos"):
            resource.inputs["photos"] = "<one short text for each photo>"
        about = {
            "parent": named(resource.parent) if resource.parent else "",
            "depends on": sorted(named(urn) for urn in resource.dependencies),
            "protected": resource.protect,
            "delete before replace": resource.delete_before_replace,
            "ignored changes": resource.ignore_changes,
            "hooks": resource.hooks,
            "secret": sorted(resource.secrets),
            "inputs": plain(resource.inputs),
        }
        is_default = ([], {}, "", None)
        resources[named(resource.urn)] = {
            key: value
            for key, value in about.items()
            if value not in is_default and not (key == "protected" and not value)
        }
    whole = {
        "outputs": {
            name: "[secret]" if hidden else value for name, (value, hidden) in outputs.items()
        },
        "resources": dict(sorted(resources.items())),
    }
    text = yaml.safe_dump(whole, sort_keys=False, width=100, allow_unicode=True)
    for pattern, stand_in in CHANGING.items():
        text = re.sub(pattern, stand_in, text)
    return text


@pytest.mark.parametrize("name", STACKS)
def test_a_stack_declares_what_its_golden_file_says(name):
    stack, settings = STACKS[name]
    recorder, outputs = declare(stack, **settings)
    path = GOLDEN / f"{name}.yaml"

    text = as_text(recorder, outputs)

    if os.environ.get("GOLDEN") == "write":
        path.write_text(text)
    assert text == path.read_text()
