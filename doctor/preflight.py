"""Checks before the first `up` onto Google: whatever would stop it."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

from doctor.findings import Finding, judge, ok, unknown, wrong
from doctor.gcloud import GcloudError, ask
from doctor.stack import Stack

__all__ = ["preflight"]

# What the provider itself needs before it can switch anything else on.
_BY_HAND = ("serviceusage.googleapis.com", "cloudresourcemanager.googleapis.com")
_EXCEPTION = (
    "Ask your organisation's administrator for an exception on this project, or use a project "
    "outside the organisation."
)


def preflight(stack: Stack) -> list[Finding]:
    """Return what stands in the way of `pulumi up`."""
    findings = [_pulumi(), *_settings(stack)]
    if not stack.project:
        return findings
    place = {"project": stack.project, "region": stack.region}
    for about, command, question in _QUESTIONS:
        filled = command.format(**place)
        try:
            findings.append(question(stack, ask(filled)))
        except GcloudError as error:
            findings.append(unknown(about, f"could not be asked: {error}", filled))
    return findings


def _pulumi() -> Finding:
    if shutil.which("pulumi") is None:
        how = "Install it: https://www.pulumi.com/docs/install/ (make up does without)"
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


def _login(stack: Stack, answer: Any) -> Finding:  # noqa: ARG001 - as every question has it
    do = "gcloud auth login && gcloud auth application-default login"
    account = answer[0].get("account", "") if answer else ""
    return judge("login", "" if account else "nobody is logged in", do, account)


def _project(stack: Stack, answer: Any) -> Finding:
    state = answer.get("lifecycleState")
    fault = "" if state == "ACTIVE" else f"{stack.project} is {state}"
    do = f"gcloud projects undelete {stack.project}"
    return judge("project", fault, do, f"{stack.project}, number {answer.get('projectNumber')}")


def _billing(stack: Stack, answer: Any) -> Finding:
    fault = "" if answer.get("billingEnabled") else f"{stack.project} has no billing account"
    do = f"gcloud billing projects link {stack.project} --billing-account ACCOUNT"
    return judge("billing", fault, do, f"on, {answer.get('billingAccountName')}")


def _services(stack: Stack, answer: Any) -> Finding:
    missing = sorted(set(_BY_HAND) - {service["config"]["name"] for service in answer})
    fault = f"to be switched on by hand, once: {', '.join(missing)}" if missing else ""
    do = f"gcloud services enable {' '.join(missing)} --project {stack.project}"
    return judge("services", fault, do, "those that `up` cannot switch on itself are on")


def _region(stack: Stack, answer: Any) -> Finding:
    regions = {place.get("locationId") or place["name"].rpartition("/")[2] for place in answer}
    fault = "" if stack.region in regions else f"{stack.region or 'none'} has no functions"
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
_QUESTIONS: tuple[tuple[str, str, Callable[[Stack, Any], Finding]], ...] = (
    ("login", "gcloud auth list --filter=status:ACTIVE", _login),
    ("project", "gcloud projects describe {project}", _project),
    ("billing", "gcloud billing projects describe {project}", _billing),
    ("services", "gcloud services list --enabled --project {project}", _services),
    ("region", "gcloud functions regions list --project {project}", _region),
    *(
        (about, _DESCRIBE.format(constraint=name), _policy(about, name, says, wanted))
        for about, name, says, wanted in _CONSTRAINTS
    ),
)
