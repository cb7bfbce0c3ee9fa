"""Checks before the first `up` onto Google: whatever would stop it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from doctor.findings import Finding, judge, ok, unknown, wrong
from doctor.gcloud import GcloudError, ask, is_there
from doctor.stack import Stack

__all__ = ["enabled_services", "preflight"]

# What the provider itself needs before it can switch anything else on.
_BY_HAND = ("serviceusage.googleapis.com", "cloudresourcemanager.googleapis.com")
_EXCEPTION = (
    "Ask your organisation's administrator for an exception on this project, or use a project "
    "outside the organisation."
)
# In the order in which the provider takes them; the first of each pair is of the stack's file.
_CREDENTIALS = (
    ("accessToken", ("GOOGLE_OAUTH_ACCESS_TOKEN",)),
    ("credentials", ("GOOGLE_CREDENTIALS", "GOOGLE_CLOUD_KEYFILE_JSON", "GCLOUD_KEYFILE_JSON")),
)
_DEFAULT = "gcloud auth application-default print-access-token"
_ENABLED = "gcloud services list --enabled --project {project}"


@dataclass(frozen=True, kw_only=True)
class _Question:
    """What is asked, by which command, of which service, and how the answer is judged."""

    about: str
    command: str
    service: str
    judge: Callable[[Stack, Any], Finding]


def enabled_services(stack: Stack) -> frozenset[str] | Finding:
    """Return the project's services that are on, or why that cannot be known."""
    command = _ENABLED.format(project=stack.project)
    try:
        return frozenset(service["config"]["name"] for service in ask(command))
    except GcloudError as error:
        return unknown("services", f"could not be asked: {error}", command)


def preflight(stack: Stack, enabled: frozenset[str] | Finding) -> list[Finding]:
    """Return what stands in the way of `pulumi up`, by the services that are on."""
    findings = [_pulumi(), *_settings(stack), _login(stack)]
    if not stack.project:
        return findings
    findings.append(_services(stack, enabled) if isinstance(enabled, frozenset) else enabled)
    for question in _QUESTIONS:
        if not isinstance(enabled, Finding) and question.service not in enabled:
            continue  # `_services` names it
        filled = question.command.format(project=stack.project, region=stack.region)
        try:
            findings.append(question.judge(stack, ask(filled)))
        except GcloudError as error:
            findings.append(unknown(question.about, f"could not be asked: {error}", filled))
    return [*findings, *(_not_asked(stack, enabled) if isinstance(enabled, frozenset) else ())]


def _pulumi() -> Finding:
    if shutil.which("pulumi") is None:
        how = "Install it: https://www.pulumi.com/docs/install/ (./gallery up does without)"
        return wrong("Pulumi", "there is no `pulumi` on PATH", how)
    finished = subprocess.run(["pulumi", "version"], capture_output=True, text=True, check=False)
    version = f"{finished.stdout.strip()}, Python {'.'.join(map(str, sys.version_info[:3]))}"
    return ok("Pulumi", version)


def _settings(stack: Stack) -> Iterator[Finding]:
    """What the provider needs, as `Pulumi.<stack>.yaml` says it."""
    project = stack.project or "my-project-id"
    wanted = {"project": project, "billingProject": project, "userProjectOverride": "true"}
    for key, example in wanted.items():
        value = stack.config.get(f"gcp:{key}", "")
        is_wrong = not value or (example == "true" and value != "true")
        do = f"pulumi config set gcp:{key} {example} -s {stack.name}"
        yield judge(f"gcp:{key}", f"is not set to {example}" if is_wrong else "", do, value)
    if stack.config.get("gcp:region", stack.region) != stack.region:
        says = f"is {stack.config['gcp:region']}, and the function runs in region, {stack.region}"
        yield wrong("gcp:region", says, f"pulumi config rm gcp:region -s {stack.name}")


def _login(stack: Stack) -> Finding:
    """Who provider and uploader are: not gcloud's account, which answers these questions."""
    as_whom = stack.config.get("gcp:impersonateServiceAccount") or os.environ.get(
        "GOOGLE_IMPERSONATE_SERVICE_ACCOUNT"
    )
    suffix = f", as {as_whom}" if as_whom else ""
    for setting, variables in _CREDENTIALS:
        if stack.config.get(f"gcp:{setting}"):
            return ok("login", f"by gcp:{setting}{suffix}")
        for variable in variables:
            if os.environ.get(variable):
                return ok("login", f"by {variable}{suffix}")
    if not is_there():
        return unknown("login", "could not be asked: gcloud is not installed", _DEFAULT)
    try:
        ask(_DEFAULT)
    except GcloudError as error:
        return wrong(
            "login", f"Pulumi cannot sign in: {error}", "gcloud auth application-default login"
        )
    return ok("login", f"by application default credentials{suffix}")


def _project(stack: Stack, answer: Any) -> Finding:
    state = answer.get("lifecycleState")
    fault = "" if state == "ACTIVE" else f"{stack.project} is {state}"
    do = f"gcloud projects undelete {stack.project}"
    return judge("project", fault, do, f"{stack.project}, number {answer.get('projectNumber')}")


def _billing(stack: Stack, answer: Any) -> Finding:
    fault = "" if answer.get("billingEnabled") else f"{stack.project} has no billing account"
    do = f"gcloud billing projects link {stack.project} --billing-account ACCOUNT"
    return judge("billing", fault, do, f"on, {answer.get('billingAccountName')}")


def _services(stack: Stack, enabled: Collection[str]) -> Finding:
    missing = sorted(set(_BY_HAND) - set(enabled))
    fault = f"to be switched on by hand, once: {', '.join(missing)}" if missing else ""
    do = f"gcloud services enable {' '.join(missing)} --project {stack.project}"
    return judge("services", fault, do, "those that `up` cannot switch on itself are on")


def _not_asked(stack: Stack, enabled: Collection[str]) -> Iterator[Finding]:
    """Questions whose service is off, one line for each service."""
    for service in dict.fromkeys(question.service for question in _QUESTIONS):
        about = [one.about for one in _QUESTIONS if one.service == service]
        if service not in enabled and service not in _BY_HAND:
            says = f"could not be asked: {service} is off, which only these questions need"
            do = f"gcloud services enable {service} --project {stack.project}"
            yield unknown(", ".join(dict.fromkeys(about)), says, do)


def _region(stack: Stack, answer: Any) -> Finding:
    regions = {place.get("locationId") or place["name"].rpartition("/")[2] for place in answer}
    fault = "" if stack.region in regions else f"{stack.region} has no functions"
    do = f"pulumi config set region europe-west1 -s {stack.name}"
    return judge("region", fault, do, stack.region)


def _allows(rule: dict[str, Any], wanted: str) -> bool:
    """Whether a rule lets a value through; one without a list does, unless it denies all."""
    values = rule.get("values") or {}
    if rule.get("enforce") or rule.get("denyAll") or wanted in (values.get("deniedValues") or []):
        return False
    allowed = values.get("allowedValues")
    # A group of locations is allowed as `in:europe-west1-locations`.
    return allowed is None or any(wanted and wanted in value for value in allowed)


def _policy(about: str, constraint: str, says: str, wanted: str) -> Callable[..., Finding]:
    """Return the question whether a constraint lets `wanted`, or the stack's region, through."""

    def question(stack: Stack, answer: Any) -> Finding:
        rules = (answer.get("spec") or {}).get("rules") or []
        value = stack.region if wanted == "region" else wanted
        allowed = all(_allows(rule, value) for rule in rules)
        fault = "" if allowed else f"{constraint} {says}"
        return judge(about, fault, _EXCEPTION, f"{constraint} is no obstacle")

    return question


_DESCRIBE = "gcloud org-policies describe {constraint} --effective --project {{project}}"
# The three ways to forbid the public, where things may be, and who may call a function.
_CONSTRAINTS = (
    ("members", "iam.allowedPolicyMemberDomains", "lets only some domains be named", "allUsers"),
    ("members", "iam.managed.allowedPolicyMembers", "lets only some members be named", ""),
    ("public access", "storage.publicAccessPrevention", "forbids public buckets", ""),
    ("locations", "gcp.resourceLocations", "does not allow the stack's region", "region"),
    ("ingress", "cloudfunctions.allowedIngressSettings", "forbids public functions", "ALLOW_ALL"),
    ("ingress", "run.allowedIngress", "forbids public services", "all"),
)
_QUESTIONS = (
    _Question(
        about="project",
        command="gcloud projects describe {project}",
        service="cloudresourcemanager.googleapis.com",
        judge=_project,
    ),
    _Question(
        about="billing",
        command="gcloud billing projects describe {project}",
        service="cloudbilling.googleapis.com",
        judge=_billing,
    ),
    _Question(
        about="region",
        # Without --gen2 it asks the first generation.
        command="gcloud functions regions list --gen2 --project {project}",
        service="cloudfunctions.googleapis.com",
        judge=_region,
    ),
    *(
        _Question(
            about=about,
            command=_DESCRIBE.format(constraint=name),
            service="orgpolicy.googleapis.com",
            judge=_policy(about, name, says, wanted),
        )
        for about, name, says, wanted in _CONSTRAINTS
    ),
)
