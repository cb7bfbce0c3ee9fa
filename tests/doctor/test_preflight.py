"""Before the first `up`: each thing in the way is found, named, and answered with a command."""

import pytest

from doctor.preflight import enabled_services, preflight
from tests.doctor.conftest import ENABLED, PROJECT, policy, services


@pytest.fixture
def find(gcloud, dev):
    """What the doctor finds of the stack `dev`."""

    def look(**config):
        gcloud.publish()
        stack = dev(**config)
        return preflight(stack, enabled_services(stack) if stack.project else frozenset())

    return look


def wrong(findings):
    return [finding for finding in findings if finding.verdict != "ok"]


def test_nothing_is_wrong_where_nothing_is(gcloud, find):
    found = find()

    assert wrong(found) == []
    assert {"Pulumi", "login", "project", "billing", "services", "region", "members",
            "public access", "locations", "ingress"} <= {one.about for one in found}  # fmt: skip
    assert sorted(gcloud.asked) == sorted(gcloud.answers)


# Answers as Google documents them: an effective policy of orgpolicy v2, a project, its billing.
@pytest.mark.parametrize(
    ("command", "answer", "about", "says", "do"),
    [
        (f"gcloud projects describe {PROJECT}", {"lifecycleState": "DELETE_REQUESTED"}, "project",
         "DELETE_REQUESTED", "gcloud projects undelete"),
        (f"gcloud billing projects describe {PROJECT}", {"billingEnabled": False}, "billing",
         "no billing account", "gcloud billing projects link"),
        (ENABLED, services("cloudbilling", "orgpolicy", "cloudfunctions")[1], "services",
         "cloudresourcemanager.googleapis.com, serviceusage.googleapis.com",
         "gcloud services enable"),
        (f"gcloud functions regions list --gen2 --project {PROJECT}", [{"locationId": "us-east1"}],
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
def test_what_is_wrong_at_google_is_named(gcloud, find, command, answer, about, says, do):
    gcloud.answers[command] = (0, answer)

    (found,) = wrong(find())

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
def test_a_policy_that_lets_the_gallery_through_is_no_obstacle(gcloud, find, rules):
    gcloud.answers[policy("gcp.resourceLocations")] = (0, {"spec": {"rules": rules}})

    assert wrong(find()) == []


def test_what_gcloud_refuses_is_unknown_and_the_command_is_printed(gcloud, find):
    command = policy("run.allowedIngress")
    gcloud.answers[command] = (1, "some noise\nERROR: (gcloud) PERMISSION_DENIED: no")

    (found,) = wrong(find())

    assert found.verdict == "unknown"
    assert found.says == "could not be asked: (gcloud) PERMISSION_DENIED: no"
    assert found.do == command


def test_without_gcloud_every_command_is_printed(gcloud, find, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")

    found = find()

    printed = {finding.do for finding in found if finding.verdict == "unknown"}
    assert printed == set(gcloud.answers)
    assert "Install it" in found[0].do


@pytest.mark.parametrize(
    ("key", "value"),
    [("billingProject", None), ("userProjectOverride", None), ("userProjectOverride", "false")],
)
def test_a_setting_that_the_provider_needs_is_asked_for(find, key, value):
    (found,) = wrong(find(**{f"gcp:{key}": value}))

    assert found.about == f"gcp:{key}"
    assert found.do.startswith(f"pulumi config set gcp:{key} ")


def test_without_a_project_google_is_asked_about_the_login_alone(gcloud, find):
    assert {one.about for one in wrong(find(**{"gcp:project": None}))} == {"gcp:project"}
    assert gcloud.asked == ["gcloud auth application-default print-access-token"]


def test_a_region_of_the_provider_that_decides_nothing_is_named(find):
    (found,) = wrong(find(**{"gcp:region": "us-east1"}))

    assert found.says == "is us-east1, and the function runs in region, europe-west1"
    assert found.do == "pulumi config rm gcp:region -s dev"


def test_the_region_is_the_stacks_own(find):
    """The stack's file has none: Pulumi.yaml does."""
    (region,) = [one for one in find(region="us-east1") if one.about == "region"]

    assert (region.verdict, region.says) == ("ok", "us-east1")


def test_an_encrypted_setting_keeps_nobody_from_the_rest(find):
    secure = {"secure": "v1:abc:def"}

    found = find(alertEmail=secure, **{"gcp:credentials": secure})

    assert wrong(found) == []
    assert "by gcp:credentials" in [one.says for one in found if one.about == "login"]


def test_the_login_is_that_of_pulumi_and_not_of_gcloud(gcloud, find):
    command = "gcloud auth application-default print-access-token"
    gcloud.answers[command] = (1, "ERROR: (gcloud.auth) Your default credentials were not found.")

    (found,) = wrong(find())

    assert (
        found.says
        == "Pulumi cannot sign in: (gcloud.auth) Your default credentials were not found."
    )
    assert found.do == "gcloud auth application-default login"


@pytest.mark.parametrize(
    ("variable", "says"),
    [
        ("GOOGLE_OAUTH_ACCESS_TOKEN", "by GOOGLE_OAUTH_ACCESS_TOKEN"),
        ("GOOGLE_CREDENTIALS", "by GOOGLE_CREDENTIALS"),
        ("GOOGLE_CLOUD_KEYFILE_JSON", "by GOOGLE_CLOUD_KEYFILE_JSON"),
        ("GOOGLE_IMPERSONATE_SERVICE_ACCOUNT", "by application default credentials, as me@x"),
    ],
)
def test_credentials_of_the_environment_are_a_login(find, monkeypatch, variable, says):
    monkeypatch.setenv(variable, "me@x")

    assert [one.says for one in find() if one.about == "login"] == [says]


def test_a_service_that_only_the_questions_need_is_named_where_it_is_off(gcloud, find):
    gcloud.answers[ENABLED] = services("serviceusage", "cloudresourcemanager", "cloudfunctions")

    billing, policies = wrong(find())

    assert (billing.verdict, billing.about) == ("unknown", "billing")
    assert billing.do == f"gcloud services enable cloudbilling.googleapis.com --project {PROJECT}"
    assert policies.about == "members, public access, locations, ingress"
    assert "orgpolicy.googleapis.com is off" in policies.says
    assert not [command for command in gcloud.asked if "org-policies" in command]
