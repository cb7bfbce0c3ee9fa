"""What a killed `up` left behind: labelled or titled as this stack's, and not in its state."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from doctor.findings import Finding, ok, unknown, wrong
from doctor.gcloud import GcloudError, ask
from doctor.stack import Stack

__all__ = ["leftovers"]

_REPOSITORIES = "gcloud artifacts repositories"


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """What, by which service, how all are listed, how ours are known, how one is removed."""

    what: str
    service: str
    list_: str
    is_ours: Callable[[dict[str, Any], Stack], bool]
    remove: str


def leftovers(stack: Stack, enabled: frozenset[str] | None = None) -> list[Finding]:
    """Name each leftover; one `ok` where there is none.

    `enabled` are the project's services that are on; of one that is off there can be nothing.
    """
    findings = []
    for kind in _KINDS:
        if enabled is not None and kind.service not in enabled:
            continue
        place = {"project": stack.project, "region": stack.region}
        command = kind.list_.format(**place)
        try:
            names = [_last_word(item["name"]) for item in ask(command) if kind.is_ours(item, stack)]
        except GcloudError as error:
            says = f"{kind.what} could not be asked for: {error}"
            findings.append(unknown("leftovers", says, command))
            continue
        findings += [
            wrong(
                "leftovers",
                f"the {kind.what} {name} is not in the stack's state",
                kind.remove.format(name=name, **place),
            )
            for name in names
            if name not in stack.held
        ]
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


_KINDS = (
    _Kind(
        what="bucket",
        service="storage.googleapis.com",
        list_="gcloud storage buckets list --project {project}",
        is_ours=_labelled,
        remove="gcloud storage rm --recursive gs://{name}",
    ),
    _Kind(
        what="function",
        service="cloudfunctions.googleapis.com",
        list_="gcloud functions list --v2 --regions {region} --project {project}",
        is_ours=_labelled,
        remove="gcloud functions delete {name} --gen2 --region {region} --project {project}",
    ),
    _Kind(
        what="secret",
        service="secretmanager.googleapis.com",
        list_="gcloud secrets list --project {project}",
        is_ours=_labelled,
        remove="gcloud secrets delete {name} --project {project}",
    ),
    _Kind(
        what="repository",
        service="artifactregistry.googleapis.com",
        list_=f"{_REPOSITORIES} list --location {{region}} --project {{project}}",
        is_ours=_labelled,
        remove=f"{_REPOSITORIES} delete {{name}} --location {{region}} --project {{project}}",
    ),
    _Kind(
        what="key",
        service="apikeys.googleapis.com",
        list_="gcloud services api-keys list --project {project}",
        is_ours=_titled,
        remove="gcloud services api-keys delete {name} --project {project}",
    ),
    _Kind(
        what="account",
        service="iam.googleapis.com",
        list_="gcloud iam service-accounts list --project {project}",
        is_ours=_titled,
        remove="gcloud iam service-accounts delete {name} --project {project}",
    ),
)
