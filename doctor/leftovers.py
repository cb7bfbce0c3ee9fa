"""What a killed `up` left behind: labelled or named as this stack's, and not in its state."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from doctor.errors import DoctorError
from doctor.findings import Finding, ok, unknown, wrong
from doctor.google import Google
from doctor.stack import Stack

__all__ = ["leftovers"]

_APPLICATION = "image-gallery"


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """A kind of resource: where all of them are listed, how ours are known, how one is removed."""

    what: str
    service: str
    path: str
    key: str
    is_ours: Callable[[dict[str, Any], str], bool]
    remove: str


def _labelled(item: dict[str, Any], stack: str) -> bool:
    labels = item.get("labels") or {}
    return labels.get("application") == _APPLICATION and labels.get("stack") == _label(stack)


def _titled(item: dict[str, Any], stack: str) -> bool:
    """API keys and accounts carry no labels; their display names say whose they are."""
    return bool(
        re.match(rf"Image gallery, (stack )?{re.escape(stack)}:", item.get("displayName", ""))
    )


def _label(stack: str) -> str:
    return re.sub(r"[^a-z0-9_-]", "-", stack.lower())[:63]


_IN_REGION = "projects/{project}/locations/{region}"
_KINDS = (
    _Kind(what="bucket", service="storage", path="b?project={project}", key="items",
          is_ours=_labelled, remove="gcloud storage rm --recursive gs://{name}"),
    _Kind(what="function", service="cloudfunctions2", path=f"{_IN_REGION}/functions",
          key="functions", is_ours=_labelled,
          remove="gcloud functions delete {name} --gen2 --region {region}"),
    _Kind(what="secret", service="secretManager", path="projects/{project}/secrets",
          key="secrets", is_ours=_labelled, remove="gcloud secrets delete {name}"),
    _Kind(what="repository", service="artifactRegistry", path=f"{_IN_REGION}/repositories",
          key="repositories", is_ours=_labelled,
          remove="gcloud artifacts repositories delete {name} --location {region}"),
    _Kind(what="key", service="apikeys", path="projects/{project}/locations/global/keys",
          key="keys", is_ours=_titled, remove="gcloud services api-keys delete {name}"),
    _Kind(what="account", service="iamBeta", path="projects/{project}/serviceAccounts",
          key="accounts", is_ours=_titled, remove="gcloud iam service-accounts delete {name}"),
)  # fmt: skip


def leftovers(stack: Stack, google: Google) -> list[Finding]:
    """Name each leftover; one `ok` where there is none."""
    findings = [finding for kind in _KINDS for finding in _of_kind(kind, stack, google)]
    return findings or [ok("leftovers", "none")]


def _of_kind(kind: _Kind, stack: Stack, google: Google) -> list[Finding]:
    place = {"project": stack.project, "region": stack.region}
    try:
        items = google.all_of(kind.service, kind.path.format(**place), kind.key)
    except DoctorError as error:
        by_hand = f"Look for {kind.what} resources of stack {stack.name} in the console."
        return [unknown("leftovers", f"{kind.what}: could not be asked ({error})", by_hand)]
    return [
        wrong(
            "leftovers",
            f"the {kind.what} {name} is this stack's by its name tag, and not in its state",
            kind.remove.format(name=name, **place),
        )
        for item in items
        if kind.is_ours(item, stack.name) and (name := _name(item)) not in stack.held
    ]


def _name(item: dict[str, Any]) -> str:
    return str(item["name"]).rpartition("/")[2]
