"""What a killed `up` left behind: labelled or titled as this stack's, and not in its state."""

import re
from collections.abc import Callable
from typing import Any

from doctor.findings import Finding, ok, unknown, wrong
from doctor.gcloud import GcloudError, ask
from doctor.stack import Stack

__all__ = ["leftovers"]


def leftovers(stack: Stack) -> list[Finding]:
    """Name each leftover; one `ok` where there is none."""
    findings = []
    for what, list_, is_ours, remove in _KINDS:
        place = {"project": stack.project, "region": stack.region}
        command = list_.format(**place)
        try:
            names = [_last_word(item["name"]) for item in ask(command) if is_ours(item, stack)]
        except GcloudError as error:
            says = f"{what} could not be asked for: {error}"
            findings.append(unknown("leftovers", says, command))
            continue
        findings += [
            wrong("leftovers", f"the {what} {name} is not in the stack's state",
                  remove.format(name=name, **place))
            for name in names if name not in stack.held
        ]  # fmt: skip
    return findings or [ok("leftovers", "none")]


def _labelled(item: dict[str, Any], stack: Stack) -> bool:
    labels = item.get("labels") or {}
    name = re.sub(r"[^a-z0-9_-]", "-", stack.name.lower())[:63]
    return (labels.get("application"), labels.get("stack")) == ("image-gallery", name)


def _titled(item: dict[str, Any], stack: Stack) -> bool:
    """API keys and accounts carry no labels; their display names say whose they are."""
    return str(item.get("displayName", "")).startswith(f"Image gallery, {stack.name}: ")


def _last_word(name: str) -> str:
    return name.rpartition("/")[2]


# What, how all are listed, how ours are known, how one is removed.
_KINDS: tuple[tuple[str, str, Callable[[dict[str, Any], Stack], bool], str], ...] = (
    ("bucket", "gcloud storage buckets list --project {project}", _labelled,
     "gcloud storage rm --recursive gs://{name}"),
    ("function", "gcloud functions list --v2 --regions {region} --project {project}", _labelled,
     "gcloud functions delete {name} --gen2 --region {region} --project {project}"),
    ("secret", "gcloud secrets list --project {project}", _labelled,
     "gcloud secrets delete {name} --project {project}"),
    ("repository", "gcloud artifacts repositories list --location {region} --project {project}",
     _labelled,
     "gcloud artifacts repositories delete {name} --location {region} --project {project}"),
    ("key", "gcloud services api-keys list --project {project}", _titled,
     "gcloud services api-keys delete {name} --project {project}"),
    ("account", "gcloud iam service-accounts list --project {project}", _titled,
     "gcloud iam service-accounts delete {name} --project {project}"),
)  # fmt: skip
