"""Settings are read once, and wrong ones are refused with what to type."""

import pulumi
import pytest

from infra.settings import Settings
from tests.infra.recording import settings_of


def read(**settings):
    return Settings.from_values(settings_of("dev", **settings), stack="dev")


def test_a_stack_file_and_the_defaults_make_settings():
    settings = read()

    assert settings.max_instances == 2
    assert settings.concurrency == 80
    assert settings.allowed_origins == ()
    assert settings.gallery_url("b") == "https://b.storage.googleapis.com"


def test_local_is_an_address_and_nothing_else():
    local = Settings.from_values(settings_of("local"), stack="local")

    assert local.gallery_url("b") == "http://127.0.0.1:8480/b"
    assert local.deletable
    assert local.propagation_seconds == 0


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("maxInstances", "0", "maxInstances 'is' a whole number from 1 to 100"),
        ("maxInstances", "many", "a whole number"),
        ("minInstances", "3", "more than maxInstances"),
        ("memory", "lots", "512Mi"),
        ("cpu", "0", "processors"),
        ("cpu", "x", "look like 1 or 0.5"),
        ("requireApiKey", "perhaps", "true or false"),
        ("baseUrl", "https://photos.example", "{bucket}"),
        ("baseUrl", "ftp://{bucket}", "http(s)"),
        ("location", "Belgium, please", "EU"),
        ("alertEmail", "me", "you@example.org"),
        ("allowedOrigins", "https://blog.example", "it is a list"),
        ("allowedOrigins", '["https://blog.example/"]', "neither path nor slash"),
        ("allowedOrigins", '["*"]', "an origin is scheme and host"),
        ("allowedOrigins", '["https://Blog.example"]', "lower case"),
        ("keys", "[]", "at least one"),
        ("keys", '["a", "a"]', "once"),
        ("keys", '["A key"]', "lower case"),
        ("propagationSeconds", "-1", "whole number"),
        ("removeMany", "half", "whole number"),
    ],
)
def test_a_wrong_value_is_refused_by_name_with_what_to_type(key, value, says):
    with pytest.raises(pulumi.RunError) as refusal:
        read(**{key: value})

    message = str(refusal.value)
    assert message.startswith(key)
    assert "Type: pulumi config set" in message
    assert says.replace("maxInstances 'is' ", "") in message
    assert "\n" not in message


def test_an_unknown_setting_is_refused_with_those_that_there_are():
    with pytest.raises(pulumi.RunError, match=r"maxInstanses is no setting.*maxInstances"):
        read(maxInstanses="3")


def test_concurrency_needs_a_whole_processor():
    with pytest.raises(pulumi.RunError, match="below one processor"):
        read(cpu="0.5")

    assert read(cpu="0.5", concurrency="1").concurrency == 1


@pytest.mark.parametrize("key", ["project", "region"])
def test_where_to_deploy_is_asked_for_by_name(key):
    values = {name: v for name, v in settings_of("dev").items() if name != f"gcp:{key}"}

    with pytest.raises(pulumi.RunError, match=f"pulumi config set gcp:{key}"):
        Settings.from_values(values, stack="dev")


def test_labels_are_what_google_allows():
    odd = Settings.from_values(settings_of("dev"), stack="Team/Dev.1")

    assert odd.labels == {"application": "image-gallery", "stack": "team-dev-1"}
