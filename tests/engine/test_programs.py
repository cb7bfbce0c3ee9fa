"""The gallery in other programs, under another project's name, and driven by another program."""

import shutil
import sys
from pathlib import Path

from pulumi import automation

from tests.e2e.gallery import LEFT_OUT, ROOT, get
from tests.engine.stack import changes

PAIR = '''
"""Two galleries, the second with an explicit provider."""

import dataclasses
import re

import pulumi
import pulumi_gcp as gcp

from image_gallery import ImageGallery, read_settings

settings = read_settings("one")
endpoints = {
    key: pulumi.Config("gcp").require(key)
    for key in (
        "storageCustomEndpoint", "cloudfunctions2CustomEndpoint", "cloudRunV2CustomEndpoint",
        "iamBetaCustomEndpoint", "serviceUsageCustomEndpoint", "apikeysCustomEndpoint",
        "secretManagerCustomEndpoint", "resourceManagerCustomEndpoint",
        "artifactRegistryCustomEndpoint", "loggingCustomEndpoint", "monitoringCustomEndpoint",
        "computeCustomEndpoint",
    )
}
snake = {re.sub("([A-Z])", r"_\\1", key).lower(): text for key, text in endpoints.items()}
google = gcp.Provider("google", project=settings.project, user_project_override=False, **snake)
one = ImageGallery("one", settings)
two = ImageGallery(
    "two",
    dataclasses.replace(settings, photos_dir="photos/outdoors"),
    pulumi.ResourceOptions(provider=google),
)
pulumi.export("urls", [one.site_url, two.site_url])
pulumi.export("counts", [one.photo_count, two.photo_count])
'''


def test_two_galleries_stand_in_one_program(own):
    (own.folder / "__main__.py").write_text(PAIR)

    own.up()

    outputs = own.outputs()
    assert outputs["counts"] == [9, 5]
    assert [get(url).status for url in outputs["urls"]] == [200, 200]
    assert list(changes(own.up())) == ["unchanged"]
    providers = {
        resource["provider"].rpartition("::")[0].rpartition("::")[2]
        for resource in own.resources()
        if "Gallery::two" in resource["urn"] or "gcp:" in resource["type"]
        if resource["urn"].rpartition("::")[2].startswith("two") and "gcp:" in resource["type"]
    }
    assert providers == {"google"}
    own.destroy()
    assert own.resources() == []


def test_a_new_project_is_made_from_a_clone_under_another_name(own, tmp_path):
    clone, mine = tmp_path / "clone", tmp_path / "mine"
    shutil.copytree(ROOT, clone, ignore=LEFT_OUT)
    own.pulumi(
        "new", str(clone), "--name", "mine", "--description", "Mine", "--dir", str(mine),
        "--generate-only", "--yes",
    )  # fmt: skip
    (mine / ".venv").symlink_to(Path(sys.prefix))
    shutil.copy(own.folder / "Pulumi.local.yaml", mine / "Pulumi.local.yaml")
    own.folder = mine
    own.pulumi("stack", "select", "--create", "local")

    own.up()

    assert (mine / "Pulumi.yaml").read_text().startswith("name: mine")
    assert own.outputs()["photoCount"] == 9
    assert all(resource["urn"].split("::")[1] == "mine" for resource in own.resources())
    own.destroy()


def test_another_program_drives_it_by_the_automation_api(own):
    own.add_stack("driven")
    options = automation.LocalWorkspaceOptions(env_vars=own.environment)
    stack = automation.select_stack("driven", work_dir=str(own.folder), opts=options)

    stack.set_config("title", automation.ConfigValue("By a program"))
    made = stack.up()

    assert made.summary.resource_changes["create"] > 40
    assert made.outputs["photoCount"].value == 9
    assert made.outputs["apiKey"].secret
    assert get(made.outputs["siteUrl"].value).status == 200
    assert set(stack.up().summary.resource_changes) == {"same"}
    stack.destroy(run_program=True)
    assert own.resources("driven") == []
