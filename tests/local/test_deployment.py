"""The runner makes what has behaviour, records the rest, and refuses what it does not know."""

import pytest

from local.runner.cloud import Cloud
from local.runner.deployment import Deployment
from local.runner.errors import CloudUnreachableError, RunnerError
from local.runner.records import Records

PROGRAM = """
import pulumi, pulumi_gcp as gcp
account = gcp.serviceaccount.Account("runs-it")
key = gcp.projects.ApiKey("key", display_name="k", restrictions={"api_targets": []})
{more}
pulumi.export("member", account.member)
pulumi.export("key", key.key_string)
pulumi.export("plain", 7)
"""
BUCKET = """
bucket = gcp.storage.Bucket(
    "photos", location="EU", uniform_bucket_level_access=True, force_destroy=True,
    public_access_prevention="inherited", soft_delete_policy={"retention_duration_seconds": 0})
note = gcp.storage.BucketObject("note", bucket=bucket.name, name="note.txt", content="a note")
"""


@pytest.fixture
def cloud(local_cloud):
    services = {
        "storage": "storage/v1/",
        "apikeys": "apikeys/v2/",
        "secretManager": "secretmanager/v1/",
        "cloudfunctions2": "cloudfunctions/v2/",
    }
    endpoints = {
        f"gcp:{name}CustomEndpoint": f"{local_cloud.url}/{path}" for name, path in services.items()
    }
    return Cloud(
        config={
            "gcp:project": "p",
            "gcp:region": "r",
            "gcp:accessToken": local_cloud.token,
            **endpoints,
        }
    )


@pytest.fixture
def run(cloud, tmp_path):
    """Run a program; return its outputs and the deployment."""

    def run(more=""):
        program = tmp_path / "program.py"
        program.write_text(PROGRAM.replace("{more}", more))
        deployment = Deployment(cloud, "image-gallery", "local", Records(tmp_path / "records.json"))
        return deployment.up(program), deployment

    return run


def test_outputs_are_values_and_say_whether_they_are_secret(run):
    outputs, _ = run()

    assert outputs["plain"] == (7, False)
    assert outputs["member"][0].endswith("@p.iam.gserviceaccount.com")
    assert outputs["key"][1] is True


def test_names_stay_from_run_to_run(run):
    first, _ = run()
    second, _ = run()

    assert first == second


def test_what_is_no_longer_declared_is_removed(run, local_cloud):
    run(BUCKET)
    (bucket,) = local_cloud.storage_client().list_buckets(project="p")
    assert [blob.name for blob in bucket.list_blobs()] == ["note.txt"]

    run()

    assert list(local_cloud.storage_client().list_buckets(project="p")) == []


def test_an_unchanged_object_keeps_its_generation(run, local_cloud):
    def generation():
        (bucket,) = local_cloud.storage_client().list_buckets(project="p")
        return bucket.get_blob("note.txt").generation

    run(BUCKET)
    first = generation()
    run(BUCKET)
    assert generation() == first

    run(BUCKET.replace("a note", "another note"))
    assert generation() != first


def test_an_unknown_type_is_refused_by_name(run):
    with pytest.raises(RunnerError, match="knows no gcp:pubsub/topic:Topic"):
        run('gcp.pubsub.Topic("topic")')


def test_an_invoke_is_refused_by_name(run):
    with pytest.raises(RunnerError, match="answers no invokes"):
        run('gcp.organizations.get_project(project_id="p")')


def test_a_replaced_object_goes_when_all_else_is_done(run, local_cloud):
    run(BUCKET)

    run(BUCKET.replace("note.txt", "renamed.txt"))

    (bucket,) = local_cloud.storage_client().list_buckets(project="p")
    assert [blob.name for blob in bucket.list_blobs()] == ["renamed.txt"]


def test_damaged_records_are_one_line_that_says_what_to_do(tmp_path):
    (tmp_path / "records.json").write_text("[{")

    with pytest.raises(RunnerError, match=r"is damaged.*gallery destroy"):
        Records(tmp_path / "records.json")


def test_records_are_nobody_elses_to_read(run, tmp_path):
    run()

    assert (tmp_path / "records.json").stat().st_mode & 0o077 == 0


def test_only_a_cloud_on_this_machine_is_deployed_onto():
    google = Cloud(
        config={"gcp:storageCustomEndpoint": "https://storage.googleapis.com/storage/v1/"}
    )

    with pytest.raises(RunnerError, match="deploys nowhere else"):
        _ = google.origin


def test_a_cloud_that_does_not_answer_says_how_to_start_it():
    nowhere = Cloud(config={"gcp:storageCustomEndpoint": "http://127.0.0.1:9/storage/v1/"})

    with pytest.raises(CloudUnreachableError, match="gallery serve"):
        nowhere.call("GET", nowhere.endpoint("storage") + "b")
