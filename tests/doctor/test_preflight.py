"""Before the first `up`: each thing in the way is found, named, and answered with a command."""

import pytest

from doctor.preflight import preflight
from doctor.stack import Stack
from tests.doctor.conftest import PROJECT, policy

CONFIG = {
    "gcp:project": PROJECT,
    "gcp:billingProject": PROJECT,
    "gcp:userProjectOverride": "true",
    "image-gallery:region": "europe-west1",
}


def find(gcloud, **config):
    """What the doctor finds, by what it is about; of one name the first that is not fine."""
    gcloud.publish()
    changed = CONFIG | {f"gcp:{key}": value for key, value in config.items()}
    values = {key: value for key, value in changed.items() if value is not None}
    stack = Stack(name="dev", config=values, outputs={}, held=frozenset())
    return preflight(stack)


def wrong(findings):
    return [finding for finding in findings if finding.verdict != "ok"]


def test_nothing_is_wrong_where_nothing_is(gcloud):
    found = find(gcloud)

    assert wrong(found) == []
    assert {"Pulumi", "login", "project", "billing", "services", "region", "members",
            "public access", "locations", "ingress"} <= {one.about for one in found}  # fmt: skip
    assert sorted(gcloud.asked) == sorted(gcloud.answers)


# Answers as Google documents them: an effective policy of orgpolicy v2, a project, its billing.
@pytest.mark.parametrize(
    ("command", "answer", "about", "says", "do"),
    [
        ("gcloud auth list --filter=status:ACTIVE", [], "login", "nobody", "gcloud auth login"),
        (f"gcloud projects describe {PROJECT}", {"lifecycleState": "DELETE_REQUESTED"}, "project",
         "DELETE_REQUESTED", "gcloud projects undelete"),
        (f"gcloud billing projects describe {PROJECT}", {"billingEnabled": False}, "billing",
         "no billing account", "gcloud billing projects link"),
        (f"gcloud services list --enabled --project {PROJECT}", [], "services",
         "cloudresourcemanager.googleapis.com, serviceusage.googleapis.com",
         "gcloud services enable"),
        (f"gcloud functions regions list --project {PROJECT}", [{"locationId": "us-east1"}],
         "region", "europe-west1 has no functions", "pulumi config set region"),
        (policy("iam.allowedPolicyMemberDomains"),
         {"spec": {"rules": [{"values": {"allowedValues": ["is:C03xgje4y"]}}]}},
         "members", "iam.allowedPolicyMemberDomains", "exception"),
        (policy("iam.allowedPolicyMemberDomains"), {"spec": {"rules": [{"denyAll": True}]}},
         "members", "iam.allowedPolicyMemberDomains", "exception"),
        (policy("iam.managed.allowedPolicyMembers"),
         {"spec": {"rules": [{"enforce": True, "parameters": {"allowedMemberSubjects": []}}]}},
         "members", "iam.managed.allowedPolicyMembers", "exception"),
        (policy("storage.publicAccessPrevention"), {"spec": {"rules": [{"enforce": True}]}},
         "public access", "storage.publicAccessPrevention", "exception"),
        (policy("gcp.resourceLocations"),
         {"spec": {"rules": [{"values": {"allowedValues": ["in:us-locations"]}}]}},
         "locations", "gcp.resourceLocations", "exception"),
        (policy("cloudfunctions.allowedIngressSettings"),
         {"spec": {"rules": [{"values": {"allowedValues": ["ALLOW_INTERNAL_ONLY"]}}]}},
         "ingress", "cloudfunctions.allowedIngressSettings", "exception"),
        (policy("run.allowedIngress"),
         {"spec": {"rules": [{"values": {"deniedValues": ["all"]}}]}},
         "ingress", "run.allowedIngress", "exception"),
    ],
)  # fmt: skip
def test_what_is_wrong_at_google_is_named(gcloud, command, answer, about, says, do):
    gcloud.answers[command] = (0, answer)

    (found,) = wrong(find(gcloud))

    assert (found.about, found.verdict) == (about, "wrong")
    assert says in found.says
    assert do in found.do


@pytest.mark.parametrize(
    "rules",
    [
        [],
        [{"enforce": False}],
        [{"values": {"allowedValues": ["in:europe-west1-locations", "in:us-locations"]}}],
        [{"values": {"deniedValues": ["asia-east1"]}}],
    ],
)
def test_a_policy_that_lets_the_gallery_through_is_no_obstacle(gcloud, rules):
    gcloud.answers[policy("gcp.resourceLocations")] = (0, {"spec": {"rules": rules}})

    assert wrong(find(gcloud)) == []


def test_what_gcloud_refuses_is_unknown_and_the_command_is_printed(gcloud):
    command = policy("run.allowedIngress")
    gcloud.answers[command] = (1, "some noise\nERROR: (gcloud) PERMISSION_DENIED: no")

    (found,) = wrong(find(gcloud))

    assert found.verdict == "unknown"
    assert found.says == "could not be asked: (gcloud) PERMISSION_DENIED: no"
    assert found.do == command


def test_without_gcloud_every_command_is_printed(gcloud, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")

    found = find(gcloud)

    printed = {finding.do for finding in found if finding.verdict == "unknown"}
    assert printed == set(gcloud.answers)
    assert "Install it" in found[0].do


@pytest.mark.parametrize(
    ("key", "value"),
    [("billingProject", None), ("userProjectOverride", None), ("userProjectOverride", "false")],
)
def test_a_setting_that_the_provider_needs_is_asked_for(gcloud, key, value):
    (found,) = wrong(find(gcloud, **{key: value}))

    assert found.about == f"gcp:{key}"
    assert found.do.startswith(f"pulumi config set gcp:{key} ")


def test_without_a_project_google_is_not_asked(gcloud):
    assert {one.about for one in wrong(find(gcloud, project=None))} == {"gcp:project"}
    assert gcloud.asked == []
