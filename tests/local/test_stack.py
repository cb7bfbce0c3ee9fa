"""A stack's configuration arrives as the engine would hand it over."""

import pytest

from local.runner.errors import RunnerError
from local.runner.stack import (
    chosen_photos,
    read_configuration,
    read_local_configuration,
    remember_photos,
)

PROJECT = """
name: image-gallery
config:
  photosDir: {type: string, default: photos}
  keys: {type: array, default: [first]}
  deletable: {type: boolean, default: false}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    return tmp_path


def write(folder, text):
    (folder / "Pulumi.dev.yaml").write_text(text)


def test_defaults_lie_under_the_stacks_values(folder):
    write(folder, "config: {image-gallery:deletable: true, gcp:region: r}")

    assert read_configuration(folder, "dev") == {
        "image-gallery:photosDir": "photos",
        "image-gallery:keys": '["first"]',
        "image-gallery:deletable": "true",
        "gcp:region": "r",
    }


def test_another_port_is_another_port_everywhere(folder):
    write(
        folder,
        "config: {gcp:storageCustomEndpoint: 'http://127.0.0.1:8480/storage/v1/',"
        " image-gallery:baseUrl: 'http://127.0.0.1:8480/{bucket}'}",
    )

    values = read_configuration(folder, "dev", port=9000)

    assert values["gcp:storageCustomEndpoint"] == "http://127.0.0.1:9000/storage/v1/"
    assert values["image-gallery:baseUrl"] == "http://127.0.0.1:9000/{bucket}"


def test_a_stack_that_is_not_there_is_named(folder):
    with pytest.raises(RunnerError, match=r"no Pulumi\.prod\.yaml here"):
        read_configuration(folder, "prod")


def test_a_stack_file_that_is_no_yaml_is_one_line(folder):
    write(folder, "config: [")

    with pytest.raises(RunnerError) as error:
        read_configuration(folder, "dev")

    assert "Pulumi.dev.yaml cannot be read" in str(error.value)
    assert "\n" not in str(error.value)


def test_an_encrypted_value_is_for_the_engine(folder):
    write(folder, "config: {gcp:accessToken: {secure: AAAA}}")

    with pytest.raises(RunnerError, match="accessToken is encrypted"):
        read_configuration(folder, "dev")


@pytest.fixture
def checkout(folder, tmp_path):
    (folder / "Pulumi.yaml").write_text(
        "name: gallery\nconfig:\n  photosDir:\n    default: photos\n"
    )
    (folder / "Pulumi.local.yaml").write_text("config: {}\n")
    (folder / "photos").mkdir()
    (tmp_path / "my photos").mkdir()
    return folder


def test_ones_own_photos_are_remembered_for_the_checkout(checkout, tmp_path):
    remember_photos(checkout, str(tmp_path / "my photos"))

    chosen = str(tmp_path / "my photos")
    assert read_local_configuration(checkout, "local")["gallery:photosDir"] == chosen
    assert read_configuration(checkout, "local")["gallery:photosDir"] == "photos"


def test_the_sample_is_the_default_again_by_its_name(checkout, tmp_path):
    remember_photos(checkout, str(tmp_path / "my photos"))
    remember_photos(checkout, "photos")

    assert read_local_configuration(checkout, "local")["gallery:photosDir"] == "photos"


def test_a_folder_inside_the_checkout_is_remembered_relative_to_it(checkout):
    assert chosen_photos(checkout, str(checkout / "photos")) == "photos"
    assert chosen_photos(checkout, str(checkout.parent)) == str(checkout.parent)


def test_a_folder_that_is_not_there_is_one_line(checkout):
    with pytest.raises(RunnerError, match="There is no folder"):
        chosen_photos(checkout, "~/no such folder")
