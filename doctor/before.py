"""Before the first `up` onto Google: everything that would stop it, asked beforehand."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from doctor.errors import RefusedError
from doctor.findings import Finding, asked, ok, unknown, wrong
from doctor.google import Google
from doctor.stack import Stack

__all__ = ["before"]

# What the provider itself needs before it can switch anything else on.
_BY_HAND = ("serviceusage.googleapis.com", "cloudresourcemanager.googleapis.com")
_OLDEST = [3, 11]  # as in pyproject.toml
_DOMAINS = "constraints/iam.allowedPolicyMemberDomains"
_PREVENTION = "constraints/storage.publicAccessPrevention"
_EXCEPTION = (
    "Ask your organisation's administrator for an exception on this project, or use a project "
    "outside the organisation. This gallery cannot run without public access."
)


def before(stack: Stack, google: Google) -> list[Finding]:
    """Return what stands in the way of `pulumi up`."""
    findings = [_python(), _pulumi(), _credentials(google), *_settings(stack)]
    if not google.token or not stack.project:
        return findings
    project = stack.project
    questions = (
        ("project", _project, f"gcloud projects describe {project}"),
        ("billing", _billing, f"gcloud billing projects describe {project}"),
        ("services", _services, f"gcloud services list --enabled --project {project}"),
        ("region", _region, f"gcloud functions regions list --project {project}"),
        ("domains", _domain_policy, _describe(_DOMAINS, project)),
        ("public access", _prevention_policy, _describe(_PREVENTION, project)),
    )
    findings += [
        asked(about, lambda question=question: question(stack, google), by_hand)  # type: ignore[misc]  # mypy sees no default in a lambda
        for about, question, by_hand in questions
    ]
    return findings


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if list(sys.version_info[:2]) < _OLDEST:
        return wrong("Python", f"{version} is too old", "Install Python 3.11 or newer.")
    return ok("Python", version)


def _pulumi() -> Finding:
    if shutil.which("pulumi") is None:
        return wrong(
            "Pulumi",
            "there is no `pulumi` on PATH",
            "Install it: https://www.pulumi.com/docs/install/ (make up does without)",
        )
    finished = subprocess.run(["pulumi", "version"], capture_output=True, text=True, check=False)
    return ok("Pulumi", finished.stdout.strip())


def _credentials(google: Google) -> Finding:
    folder = Path(os.environ.get("CLOUDSDK_CONFIG", Path.home() / ".config" / "gcloud"))
    found = [
        name
        for name in ("GOOGLE_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS",
                     "GOOGLE_OAUTH_ACCESS_TOKEN")
        if os.environ.get(name)
    ]  # fmt: skip
    if "gcp:accessToken" in google.config:
        found.append("gcp:accessToken")
    if (folder / "application_default_credentials.json").exists():
        found.append("application default credentials")
    if not found:
        return wrong("credentials", "none found", "gcloud auth application-default login")
    if not google.token:
        return unknown(
            "credentials",
            f"{found[0]} found, but no access token to ask Google with; the rest is not asked",
            "gcloud auth login",
        )
    return ok("credentials", found[0])


def _settings(stack: Stack) -> list[Finding]:
    """What the provider needs to be told, as `Pulumi.<stack>.yaml` says it."""
    findings = []
    for key, example in (("project", "my-project-id"), ("billingProject", "my-project-id")):
        value = stack.config.get(f"gcp:{key}", "")
        set_it = f"pulumi config set gcp:{key} {stack.project or example} -s {stack.name}"
        findings.append(
            ok(f"gcp:{key}", value) if value else wrong(f"gcp:{key}", "is not set", set_it)
        )
    if stack.config.get("gcp:userProjectOverride") != "true":
        findings.append(
            wrong(
                "gcp:userProjectOverride",
                "is not true, and API keys demand a project that their quota counts for",
                f"pulumi config set gcp:userProjectOverride true -s {stack.name}",
            )
        )
    return findings


def _project(stack: Stack, google: Google) -> Finding:
    try:
        project = google.ask("resourceManager", f"projects/{stack.project}")
    except RefusedError as refusal:
        if refusal.status not in (403, 404):
            raise
        return wrong(
            "project",
            f"{stack.project} is not there, or not for you, or the Resource Manager is off",
            f"gcloud services enable {' '.join(_BY_HAND)} --project {stack.project}",
        )
    if project.get("lifecycleState") != "ACTIVE":
        says = f"{stack.project} is {project.get('lifecycleState')}"
        return wrong("project", says, f"gcloud projects undelete {stack.project}")
    return ok("project", f"{stack.project}, number {project.get('projectNumber')}")


def _billing(stack: Stack, google: Google) -> Finding:
    info = google.ask("coreBilling", f"projects/{stack.project}/billingInfo")
    if not info.get("billingEnabled"):
        return wrong(
            "billing",
            f"{stack.project} has no billing account",
            f"gcloud billing projects link {stack.project} --billing-account ACCOUNT",
        )
    return ok("billing", f"on, {info.get('billingAccountName')}")


def _enabled(stack: Stack, google: Google) -> set[str]:
    path = f"projects/{stack.project}/services?filter=state:ENABLED&pageSize=200"
    services = google.all_of("serviceUsage", path, "services")
    return {service["config"]["name"] for service in services}


def _services(stack: Stack, google: Google) -> Finding:
    try:
        missing = sorted(set(_BY_HAND) - _enabled(stack, google))
    except RefusedError as refusal:
        if refusal.status != 403:
            raise
        missing = list(_BY_HAND)
    if missing:
        return wrong(
            "services",
            f"to be switched on by hand, once: {', '.join(missing)}",
            f"gcloud services enable {' '.join(missing)} --project {stack.project}",
        )
    return ok("services", "those that `up` cannot switch on itself are on")


def _region(stack: Stack, google: Google) -> Finding:
    set_it = f"pulumi config set region europe-west1 -s {stack.name}"
    if not re.fullmatch(r"[a-z]+-[a-z]+\d+", stack.region):
        return wrong("region", f"{stack.region or 'none'} is no region of Google's", set_it)
    if "cloudfunctions.googleapis.com" not in _enabled(stack, google):
        return ok("region", f"{stack.region} looks right; the first `up` will tell")
    path = f"projects/{stack.project}/locations"
    regions = {place["locationId"] for place in google.all_of("cloudfunctions2", path, "locations")}
    if stack.region not in regions:
        return wrong("region", f"{stack.region} has no functions", set_it)
    return ok("region", stack.region)


def _policy(stack: Stack, google: Google, constraint: str) -> dict[str, dict[str, object]]:
    path = f"projects/{stack.project}:getEffectiveOrgPolicy"
    return google.ask("resourceManager", path, body={"constraint": constraint})


def _domain_policy(stack: Stack, google: Google) -> Finding:
    rule = _policy(stack, google, _DOMAINS).get("listPolicy", {})
    if rule.get("allowedValues") or rule.get("allValues") == "DENY":
        return wrong(
            "domains", f"{_DOMAINS} lets nobody be named but some domains: not everyone", _EXCEPTION
        )
    return ok("domains", "everyone may be named (domain restricted sharing is off)")


def _prevention_policy(stack: Stack, google: Google) -> Finding:
    if _policy(stack, google, _PREVENTION).get("booleanPolicy", {}).get("enforced"):
        return wrong("public access", f"{_PREVENTION} forbids public buckets", _EXCEPTION)
    return ok("public access", "buckets may be public")


def _describe(constraint: str, project: str) -> str:
    command = "gcloud resource-manager org-policies describe"
    return f"{command} {constraint} --effective --project {project}"
