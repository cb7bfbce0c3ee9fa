"""Everything that can be switched on, and every change of the docs, under the real engine."""

import json
import re

import pytest
import yaml

from tests.e2e.gallery import ROOT
from tests.engine.permissions import permission_of
from tests.engine.stack import changes

EVERYTHING = {
    "alertEmail": "me@example.org",
    "domain": "photos.example.com",
    "rateLimit": 60,
    "budgetAmount": 10,
    "billingAccount": "000000-AAAAAA-111111",
}


@pytest.fixture(scope="module")
def stack(checkout):
    checkout.add_stack("all", **EVERYTHING)
    checkout.up("all")
    yield checkout
    checkout.destroy("all", check=False)


def changed(finished):
    return {word: n for word, n in changes(finished).items() if word != "unchanged"}


def set_to(stack, **settings):
    """Change the stack file, then `up`; return what that changed."""
    for key, value in settings.items():
        stack.pulumi("config", "set", key, str(value), stack="all")
    return changed(stack.up("all"))


def test_a_domain_is_one_origin_for_page_photos_and_api(stack):
    outputs = stack.outputs("all")

    assert outputs["apiUrl"] == "https://photos.example.com/api"
    assert outputs["siteUrl"].endswith("/site/index.html")
    assert re.fullmatch(r"photos\.example\.com\. A 203\.0\.113\.\d+", outputs["dnsRecord"])
    kinds = {resource["type"].rpartition(":")[2] for resource in stack.resources("all")}
    assert {"GlobalForwardingRule", "SecurityPolicy", "BackendBucket", "Budget"} <= kinds


def test_up_again_changes_nothing_with_alerts_domain_and_budget(stack):
    assert changed(stack.up("all")) == {}


def test_refresh_finds_no_drift_with_alerts_domain_and_budget(stack):
    words = ("refresh", "--yes", "--run-program", "--color=never")

    assert changed(stack.pulumi(*words, stack="all")) == {}
    assert changed(stack.up("all")) == {}


def test_no_preview_warns(stack):
    preview = stack.pulumi("preview", "--color=never", stack="all")

    lines = [line for line in preview.stdout.splitlines() if "warning:" in line]
    assert [line for line in lines if "from $PATH" not in line] == []


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"rateLimit": 30}, {"updated": 1}),
        ({"budgetAmount": 20}, {"updated": 1}),
        ({"alertEmail": "you@example.org"}, {"updated": 1}),
        ({"maxInstances": 2}, {"updated": 2}),  # the function, and the alert at its ceiling
        ({"domain": "pictures.example.com"}, None),
        ({"rateLimit": 0}, None),
    ],
)
def test_a_change_is_made_in_place_and_found_unchanged(settings, expected, stack):
    made = set_to(stack, **settings)

    assert expected is None or made == expected
    assert "replaced" not in made or "domain" in settings
    assert changed(stack.up("all")) == {}


def test_allowed_origins_are_added_as_the_docs_have_it(stack):
    stack.pulumi(
        "config", "set", "--path", "allowedOrigins[0]", "https://blog.example", stack="all"
    )

    assert changed(stack.up("all"))["updated"] >= 2  # the function, and what the site is told


def test_a_wrong_setting_is_refused_before_anything_is_made(stack):
    stack.pulumi("config", "set", "memory", "lots", stack="all")
    stack.pulumi("config", "set", "region", "Mars", stack="all")

    failed = stack.up("all", check=False)

    stack.pulumi("config", "rm", "memory", stack="all")
    stack.pulumi("config", "rm", "region", stack="all")
    text = failed.stdout + failed.stderr
    assert "memory is 'lots'" in text
    assert "region is 'Mars'" in text
    assert "Traceback" not in text
    assert changed(stack.up("all")) == {}


def test_a_secret_setting_stays_one_in_state(stack):
    stack.pulumi("config", "set", "--secret", "alertEmail", "hidden@example.org", stack="all")

    stack.up("all")

    state = json.dumps(stack.resources("all"))
    assert "hidden@example.org" not in state
    assert "hidden@example.org" not in (stack.folder / "Pulumi.all.yaml").read_text()


def test_a_renamed_stack_goes_on_in_place(stack):
    before = stack.outputs("all")
    stack.pulumi("stack", "rename", "renamed", stack="all")
    try:
        said = changed(stack.up("renamed"))
        after = stack.outputs("renamed")
    finally:
        stack.pulumi("stack", "rename", "all", stack="renamed")

    assert set(said) <= {"updated"}  # titles and labels name the stack
    assert {key: after[key] for key in ("bucket", "apiUrl")} == {
        key: before[key] for key in ("bucket", "apiUrl")
    }


def test_the_deployers_role_suffices_for_every_method_that_was_called(stack, cloud):
    role = yaml.safe_load((ROOT / "image_gallery" / "deployer-role.yaml").read_text())
    needed = {permission_of(method) for method in cloud.calls()} - {None}

    assert len(needed) > 50
    assert needed - set(role["includedPermissions"]) == set()


def test_destroy_leaves_nothing(stack, cloud):
    stack.destroy("all")

    assert stack.resources("all") == []
    left = cloud.state()["resources"]
    compute = [name for name in left if name.startswith("compute.")]
    assert [name for name in compute if "operations" not in name] == []
