"""Settings are read once, and wrong ones are refused, all at once, with what to type."""

import dataclasses
import json
import re

import pulumi
import pytest
import yaml

from image_gallery import ImageGalleryArgs, read_settings
from image_gallery.labels import key_title, labels_of
from image_gallery.limits import mistakes
from tests.image_gallery.recording import ROOT, Recorder, configure, run, settings_of


def read(stack="dev", secret_keys=(), project="image-gallery", **settings):
    values = settings_of(stack, **settings)
    values = {key.replace("image-gallery:", f"{project}:"): text for key, text in values.items()}
    configure(values, [f"{project}:{key}" for key in secret_keys])
    pulumi.runtime.set_mocks(pulumi.runtime.Mocks, project=project, stack=stack)
    return read_settings("gallery")


def refusals(**settings):
    with pytest.raises(pulumi.RunError) as refusal:
        read(**settings)
    return str(refusal.value).split("\n")


def camel(field):
    first, *others = field.split("_")
    return first + "".join(word.capitalize() for word in others)


def test_a_stack_file_and_the_defaults_make_settings():
    settings = read()

    assert settings.max_instances == 2
    assert settings.concurrency == 80
    assert settings.allowed_origins == ()
    assert settings.gallery_url("b") == "https://b.storage.googleapis.com"


def test_local_is_an_address_and_nothing_else():
    local = read("local")

    assert local.gallery_url("b") == "http://127.0.0.1:8480/b"
    assert local.deletable
    assert local.propagation_seconds == 0


def test_the_namespace_is_the_projects_own_name():
    """So that `pulumi new PATH --name mine` works."""
    assert read(project="mine", maxInstances="7").max_instances == 7


def test_defaults_are_those_of_pulumi_yaml():
    """Another program that makes a gallery gets what this one gets."""
    described = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    defaults = {
        camel(field.name): list(field.default)
        if isinstance(field.default, tuple)
        else field.default
        for field in dataclasses.fields(ImageGalleryArgs)
        if field.name != "project"
    }

    assert {key: about["default"] for key, about in described.items()} == defaults


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("maxInstances", "0", "a whole number from 1 to 100"),
        ("maxInstances", "many", "a whole number"),
        ("minInstances", "3", "more than maxInstances"),
        ("memory", "lots", "512Mi"),
        ("memory", "64Mi", "from 128 to 4096 MiB"),
        ("memory", "5Gi", "from 128 to 4096 MiB"),
        ("cpu", "0", "1, 2, 4, 6 or 8 processors"),
        ("cpu", "3", "1, 2, 4, 6 or 8 processors"),
        ("cpu", "1.5", "1, 2, 4, 6 or 8 processors"),
        ("cpu", "0.07", "from 0.08"),
        ("cpu", "4", "from 2048 to 16384 MiB"),
        ("cpu", "x", "1, 2, 4, 6 or 8 processors"),
        ("concurrency", "1001", "from 1 to 1000"),
        ("requireApiKey", "perhaps", "true or false"),
        ("baseUrl", "ftp://{bucket}", "http(s)"),
        ("baseUrl", "https://me@{bucket}.example", "http(s)"),
        ("location", "Belgium, please", "EU"),
        ("location", "US", "across an ocean"),
        ("region", "Belgium", "europe-west1"),
        ("alertEmail", "me", "you@example.org"),
        ("allowedOrigins", "https://blog.example", "it is a list"),
        ("allowedOrigins", '["https://blog.example/"]', "neither path nor slash"),
        ("allowedOrigins", '["*"]', "an origin is scheme and host"),
        ("allowedOrigins", '["https://Blog.example"]', "lower case"),
        ("allowedOrigins", '["https://me:pw@blog.example"]', "scheme and host"),
        ("allowedOrigins", '["https://blog. example"]', "scheme and host"),
        ("keys", "[]", "at least one"),
        ("keys", '["a", "a"]', "once"),
        ("keys", '["A key"]', "lower case"),
        ("keys", f'["{"k" * 31}"]', "up to 30"),
        ("propagationSeconds", "-1", "whole number"),
        ("removeMany", "half", "whole number"),
        ("photosDir", " ", "folder"),
        ("title", "two\nlines", "one line"),
        ("homeUrl", "blog.example", "http(s) address"),
        ("lang", "German", "such as en"),
        ("domain", "https://photos.example.com", "host name"),
        ("domain", "photos", "host name"),
        ("rateLimit", "60", "comes with a domain"),
        ("budgetAmount", "10", "needs both"),
        ("budgetAmount", "-1", "from 0"),
        ("rateLimit", "-1", "from 0"),
        ("billingAccount", "mine", "should look like"),
    ],
)
def test_a_wrong_value_is_refused_by_name_with_what_to_type(key, value, says):
    message = refusals(**{key: value})[0]

    assert says in " ".join(refusals(**{key: value}))
    assert "Type: pulumi config set" in message


@pytest.mark.parametrize(
    ("settings", "wrong"),
    [
        ({"cpu": "3"}, "cpu"),
        ({"memory": "lots"}, "memory"),
        ({"memory": "64Mi"}, "memory"),
        ({"cpu": "4", "memory": "512Mi"}, "memory"),
        ({"cpu": "0.5"}, "concurrency"),
        ({"maxInstances": "0"}, "maxInstances"),
        ({"minInstances": "-1"}, "minInstances"),
        ({"minInstances": "3"}, "minInstances"),
        ({"region": "Belgium"}, "region"),
        ({"location": "Mars"}, "location"),
        ({"location": "US"}, "location"),
        ({"region": "us-central1"}, "location"),
        ({"region": "asia-northeast1"}, "location"),
        ({"region": "northamerica-northeast1"}, "location"),
        ({"allowedOrigins": '["*"]'}, "allowedOrigins"),
        ({"baseUrl": "ftp://x"}, "baseUrl"),
        ({"homeUrl": "blog"}, "homeUrl"),
        ({"domain": "photos"}, "domain"),
        ({"rateLimit": "60"}, "rateLimit"),
        ({"keys": '["A key"]'}, "keys"),
        ({"keys": "[]"}, "keys"),
        ({"photosDir": " "}, "photosDir"),
        ({"lang": "German"}, "lang"),
        ({"title": "two\nlines"}, "title"),
        ({"alertEmail": "me"}, "alertEmail"),
        ({"budgetAmount": "10"}, "billingAccount"),
        ({"billingAccount": "000000-AAAAAA-111111"}, "budgetAmount"),
        ({"budgetAmount": "10", "billingAccount": "mine"}, "billingAccount"),
    ],
)
def test_what_a_refusal_says_to_type_is_accepted(settings, wrong):
    (line,) = refusals(**settings)
    assert line.startswith(f"{wrong} is ")
    key, value = re.search(r"Type: pulumi config set (?:--path )?(\S+) '(.*)'$", line).groups()

    key, is_path = key.strip("'").removesuffix("[0]"), "[0]" in key
    read(**{**settings, key: json.dumps([value]) if is_path else value})


@pytest.mark.parametrize(
    ("key", "least", "most"),
    [
        ("concurrency", 1, 1000),
        ("maxInstances", 1, 100),
        ("minInstances", 0, 100),
        ("propagationSeconds", 0, 600),
        ("removeMany", 0, 1_000_000),
        ("rateLimit", 0, 1_000_000),
        ("budgetAmount", 0, 1_000_000),
    ],
)
def test_a_number_may_be_anything_from_its_least_to_its_most(key, least, most):
    others = {"maxInstances": "100", "domain": "photos.example.com"}
    if key == "budgetAmount":
        others["billingAccount"] = "000000-AAAAAA-111111"
    accepted = [least or 1, most] if key == "budgetAmount" else [least, most]

    for value in accepted:
        read(**{**others, key: str(value)})
    for value in (least - 1, most + 1):
        line, *_ = refusals(**{**others, key: str(value)})
        assert line.startswith(f"{key} is '{value}': it is a whole number from {least} to {most}.")


@pytest.mark.parametrize(
    ("location", "region"),
    [
        ("EU", "europe-west1"),
        ("EUR4", "europe-north1"),
        ("EUR5", "europe-west2"),
        ("EUR7", "europe-west3"),
        ("EUR8", "europe-west6"),
        ("US", "us-central1"),
        ("US", "northamerica-northeast1"),
        ("NAM4", "us-east1"),
        ("ASIA", "asia-east1"),
        ("ASIA1", "asia-northeast1"),
        ("EUROPE-WEST1", "europe-west1"),
        ("AUSTRALIA-SOUTHEAST1", "australia-southeast1"),
        ("EU", "me-west1"),  # a continent without a multi-region of its own
    ],
)
def test_places_of_google_that_go_together_are_accepted(location, region):
    assert mistakes("g", ImageGalleryArgs(project="p", location=location, region=region)) == []


@pytest.mark.parametrize(("location", "region"), [("EUR4", "us-east1"), ("ASIA", "europe-west1")])
def test_a_bucket_across_an_ocean_is_refused(location, region):
    (mistake,) = mistakes("g", ImageGalleryArgs(project="p", location=location, region=region))

    assert mistake.key == "location"


def test_all_mistakes_are_told_at_once_a_line_each():
    lines = refusals(memory="lots", maxInstances="many", location="Belgium", memmory="1Gi")

    assert [line.split(" ")[0] for line in lines] == [
        "maxInstances", "memory", "location", "memmory"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cpu", "memory", "fits"),
    [
        ("0.08", "512Mi", True),
        ("0.08", "1Gi", False),
        ("0.5", "1Gi", True),
        ("0.5", "2Gi", False),
        ("1", "4Gi", True),
        ("2", "8Gi", True),
        ("4", "1Gi", False),
        ("6", "4Gi", True),
        ("8", "32Gi", True),
        ("8", "33Gi", False),
        ("1.0", "512Mi", True),
    ],
)
def test_memory_fits_the_processors_as_cloud_run_has_it(cpu, memory, fits):
    args = ImageGalleryArgs(project="p", cpu=cpu, memory=memory, concurrency=1)

    assert (mistakes("gallery", args) == []) is fits


def test_concurrency_needs_a_whole_processor():
    (line,) = refusals(cpu="0.5")

    assert "below one processor" in line
    assert read(cpu="0.5", concurrency="1").concurrency == 1


def test_an_unknown_setting_is_refused_with_the_nearest_there_is():
    (line,) = refusals(maxInstanses="3")

    assert line.startswith("maxInstanses is no setting. Perhaps maxInstances?")
    assert line.endswith("Type: pulumi config rm maxInstanses")


def test_a_secret_that_goes_to_google_alone_stays_one():
    outputs = run(
        Recorder(),
        "dev",
        lambda: pulumi.export("email", read_settings("gallery").alert_email),
        secret_keys=["image-gallery:alertEmail"],
        alertEmail="me@example.org",
    )

    assert outputs["email"] == ("me@example.org", True)


def test_a_wrong_secret_is_not_repeated():
    (line,) = refusals(alertEmail="hush", secret_keys=["alertEmail"])

    assert "hush" not in line
    assert line.startswith("alertEmail is '[secret]'")


def test_a_secret_that_would_be_published_is_refused():
    (line,) = refusals(title="hush", secret_keys=["title"])

    assert "cannot be kept secret" in line
    assert "hush" not in line


def test_where_to_deploy_is_asked_for_by_name():
    values = {name: v for name, v in settings_of("dev").items() if name != "gcp:project"}
    configure(values)

    with pytest.raises(pulumi.RunError, match="pulumi config set gcp:project"):
        read_settings("gallery")


@pytest.mark.parametrize("stack", ["my_stack", "Trial.", "team-", "s" * 60])
def test_names_are_what_google_allows_for_any_stack(stack):
    label = labels_of(stack)["stack"]

    assert set(label) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-")
    assert len(label) <= 63
    assert len(key_title(stack, "k" * 30)) <= 63


def test_a_gallery_has_a_name_that_accounts_can_have():
    assert mistakes("a" * 16, ImageGalleryArgs(project="p")) == []
    assert mistakes("a" * 17, ImageGalleryArgs(project="p")) != []
    assert mistakes("My gallery", ImageGalleryArgs(project="p")) != []


def test_a_region_of_the_provider_that_differs_is_refused():
    values = settings_of("dev") | {"gcp:region": "us-east1"}
    configure(values, [])
    pulumi.runtime.set_mocks(pulumi.runtime.Mocks, project="image-gallery", stack="dev")

    with pytest.raises(pulumi.RunError) as refusal:
        read_settings("gallery")

    assert str(refusal.value) == (
        "gcp:region is 'us-east1', and the function runs in `region`, 'europe-west1'."
        " Type: pulumi config rm gcp:region"
    )
