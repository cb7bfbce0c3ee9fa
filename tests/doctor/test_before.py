"""Before the first `up`: each thing in the way is found, named, and answered with a command."""

import pytest

from doctor.before import before
from doctor.google import Google, access_token
from doctor.stack import Stack
from tests.doctor.conftest import PROJECT


def findings(google, **config):
    """What the doctor finds, by what it is about."""
    values = {key: value for key, value in {**google.config, **config}.items() if value is not None}
    stack = Stack(name="dev", config=values, outputs={}, held=frozenset())
    found = before(stack, Google(config=values, token=access_token(values)))
    return {finding.about: finding for finding in found}


def test_nothing_is_wrong_where_nothing_is(google):
    found = findings(google)

    assert {finding.verdict for finding in found.values()} == {"ok"}
    assert {"Python", "Pulumi", "credentials", "project", "billing", "services", "region",
            "domains", "public access"} <= set(found)  # fmt: skip
    assert google.tokens == {"Bearer token"}


@pytest.mark.parametrize(
    ("path", "answer", "about", "says", "do"),
    [
        (f"/crm/projects/{PROJECT}", (403, {"error": {"message": "no"}}), "project",
         "not there, or not for you", "gcloud services enable"),
        (f"/crm/projects/{PROJECT}", (200, {"lifecycleState": "DELETE_REQUESTED"}), "project",
         "DELETE_REQUESTED", "gcloud projects undelete"),
        (f"/billing/projects/{PROJECT}/billingInfo", (200, {"billingEnabled": False}), "billing",
         "no billing account", "gcloud billing projects link"),
        (f"/usage/projects/{PROJECT}/services", (200, {}), "services",
         "cloudresourcemanager.googleapis.com, serviceusage.googleapis.com",
         "gcloud services enable"),
        (f"/usage/projects/{PROJECT}/services", (403, {"error": {"message": "off"}}), "services",
         "by hand", "gcloud services enable"),
        ("iam.allowedPolicyMemberDomains", (200, {"listPolicy": {"allowedValues": ["C0"]}}),
         "domains", "iam.allowedPolicyMemberDomains", "exception"),
        ("storage.publicAccessPrevention", (200, {"booleanPolicy": {"enforced": True}}),
         "public access", "storage.publicAccessPrevention", "exception"),
    ],
)  # fmt: skip
def test_what_is_wrong_at_google_is_named(google, path, answer, about, says, do):
    google.answers[path] = answer

    found = findings(google)

    wrong = [finding for finding in found.values() if finding.verdict == "wrong"]
    assert [finding.about for finding in wrong] == [about]
    assert says in wrong[0].says
    assert do in wrong[0].do


@pytest.mark.parametrize(
    ("key", "value", "about", "do"),
    [
        ("gcp:project", None, "gcp:project", "pulumi config set gcp:project my-project-id -s dev"),
        ("gcp:billingProject", None, "gcp:billingProject",
         f"pulumi config set gcp:billingProject {PROJECT} -s dev"),
        ("gcp:userProjectOverride", "false", "gcp:userProjectOverride",
         "pulumi config set gcp:userProjectOverride true -s dev"),
        ("image-gallery:region", "Belgium", "region",
         "pulumi config set region europe-west1 -s dev"),
    ],
)  # fmt: skip
def test_a_setting_that_is_missing_is_named(google, key, value, about, do):
    found = findings(google, **{key: value})

    assert found[about].verdict == "wrong"
    assert found[about].do == do


def test_a_region_without_functions_is_named_once_google_can_say(google):
    on = ("serviceusage", "cloudresourcemanager", "cloudfunctions")
    path = f"/usage/projects/{PROJECT}/services"
    google.answers[path] = (200, google.services(*(f"{name}.googleapis.com" for name in on)))

    assert findings(google)["region"].verdict == "ok"
    found = findings(google, **{"image-gallery:region": "mars-west1"})

    assert found["region"].says == "mars-west1 has no functions"


def test_without_credentials_nothing_is_asked(google):
    found = findings(google, **{"gcp:accessToken": None})

    assert found["credentials"].verdict == "wrong"
    assert found["credentials"].do == "gcloud auth application-default login"
    assert google.tokens == set()


def test_without_pulumi_it_says_where_to_get_it(google, monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin:/bin")

    assert findings(google)["Pulumi"].verdict == "wrong"


def test_what_cannot_be_asked_is_said_and_is_not_wrong(google):
    google.answers[f"/billing/projects/{PROJECT}/billingInfo"] = (
        403,
        {"error": {"message": "Cloud Billing API has not been used"}},
    )

    found = findings(google)["billing"]

    assert found.verdict == "unknown"
    assert "Cloud Billing API has not been used" in found.says
    assert found.do == f"gcloud billing projects describe {PROJECT}"


def test_a_google_that_does_not_answer_is_said(google):
    found = findings(google, **{"gcp:coreBillingCustomEndpoint": "http://127.0.0.1:9/"})

    assert found["billing"].verdict == "unknown"
    assert "does not answer" in found["billing"].says


def test_a_list_is_read_over_all_its_pages(google):
    pages = {"": {"items": [{"name": "a"}], "nextPageToken": "2"}, "2": {"items": [{"name": "b"}]}}

    class Paged(Google):
        def ask(self, service, path, *, body=None):
            return pages[path.partition("pageToken=")[2]]

    assert Paged(config={}, token="").all_of("storage", "b?project=p", "items") == [
        {"name": "a"}, {"name": "b"},
    ]  # fmt: skip
