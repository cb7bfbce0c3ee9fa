"""What a killed `up` left behind is found by its labels and titles, and nobody else's is named."""

import dataclasses

import pytest

from doctor.leftovers import leftovers
from tests.doctor.conftest import PROJECT

REGION = "europe-west1"
LISTS = {
    "bucket": f"gcloud storage buckets list --project {PROJECT}",
    "function": f"gcloud functions list --v2 --regions {REGION} --project {PROJECT}",
    "secret": f"gcloud secrets list --project {PROJECT}",
    "repository": f"gcloud artifacts repositories list --location {REGION} --project {PROJECT}",
    "key": f"gcloud services api-keys list --project {PROJECT}",
    "account": f"gcloud iam service-accounts list --project {PROJECT}",
}


def labelled(name, stack, application="image-gallery"):
    return {"name": name, "labels": {"application": application, "stack": stack}}


def titled(name, title):
    return {"name": f"projects/p/keys/{name}", "displayName": title}


@pytest.fixture
def find(gcloud, dev):
    """Return what is found of the stack `dev`, whose state holds `held`."""
    stack = dev()

    def look(*held, **lists):
        gcloud.answers |= {command: (0, lists.get(what, [])) for what, command in LISTS.items()}
        gcloud.publish()
        return leftovers(dataclasses.replace(stack, held=frozenset(held)))

    return look


def test_nothing_is_left_behind_where_the_state_holds_everything(find):
    (found,) = find("a", "b", bucket=[labelled("a", "dev")], secret=[labelled("b", "dev")])

    assert (found.verdict, found.says) == ("ok", "none")


@pytest.mark.parametrize("what", ["bucket", "function", "secret", "repository"])
def test_what_carries_the_stacks_labels_is_found(find, what):
    (found,) = find("held", **{what: [labelled("held", "dev"), labelled("x/left", "dev")]})

    assert found.says == f"the {what} left is not in the stack's state"
    assert found.do.startswith("gcloud ")
    assert "left" in found.do


@pytest.mark.parametrize("what", ["key", "account"])
def test_what_carries_no_labels_is_found_by_its_title(find, what):
    (found,) = find(**{what: [titled("left", "Image gallery, dev: first")]})

    assert found.says == f"the {what} left is not in the stack's state"


def test_nobody_elses_is_named(find):
    (found,) = find(
        bucket=[labelled("a", "prod"), labelled("b", "dev", "other"), {"name": "c"}],
        key=[
            titled("d", "Image gallery, dev2: first"),
            titled("e", "Image gallery, prod: first"),
            titled("f", "dev: first"),
            {"name": "g"},
        ],
    )

    assert found.says == "none"


def test_a_list_that_cannot_be_had_is_unknown_and_its_command_printed(dev, gcloud):
    gcloud.answers[LISTS["secret"]] = (1, "ERROR: API not enabled")
    gcloud.answers |= {command: (0, []) for what, command in LISTS.items() if what != "secret"}
    gcloud.publish()

    (found,) = leftovers(dev())

    assert (found.verdict, found.do) == ("unknown", LISTS["secret"])
    assert "API not enabled" in found.says


def test_of_a_service_that_is_off_nothing_is_left_and_nothing_asked(dev, gcloud):
    gcloud.answers[LISTS["bucket"]] = (0, [labelled("left", "dev")])
    gcloud.publish()

    (found,) = leftovers(dev(), frozenset({"storage.googleapis.com"}))

    assert found.says == "the bucket left is not in the stack's state"
    assert gcloud.asked == [LISTS["bucket"]]
