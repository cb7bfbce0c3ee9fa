"""What each stack declares: who may do what, what is limited, what is protected."""

import gzip
import json
import re
from pathlib import Path

import pulumi
import pulumi_gcp as gcp
import pytest

from tests.image_gallery.policy import grants, violations
from tests.image_gallery.recording import Recorder, declare, of_type, run

STACKS = ("local", "dev", "prod")


@pytest.fixture(scope="module", params=STACKS)
def stack(request):
    return request.param, *declare(request.param)


@pytest.fixture(scope="module")
def prod():
    return declare("prod", alertEmail="me@example.org")[0]


def test_grants_are_those_of_the_golden_table(stack):
    """A new grant is a new line there, and somebody has read it."""
    _, recorder, _ = stack

    golden = json.loads((Path(__file__).parent / "grants.json").read_text())
    assert grants(recorder) == golden


def test_nothing_is_declared_that_must_not_be(stack):
    _, recorder, _ = stack

    assert violations(recorder) == []


def test_outputs_are_all_there_and_the_key_is_secret(stack):
    _, _, outputs = stack

    assert set(outputs) == {
        "apiUrl", "siteUrl", "bucket", "apiKey",
        "photoCount", "dashboardUrl", "embed", "contentSecurityPolicy",
    }  # fmt: skip
    assert outputs["apiKey"] == ("key-of-gallery-key-first", True)
    assert [name for name, (_, secret) in outputs.items() if secret] == ["apiKey"]
    assert outputs["apiUrl"][0] == "https://api.example"


def test_only_prod_protects_bucket_keys_and_photos(stack):
    name, recorder, _ = stack

    protected = {resource.name for resource in recorder.declared if resource.protect}
    expected = {"gallery-photos", "gallery-key-first"}
    assert protected == (expected if name == "prod" else set())


def test_contents_are_destroyed_only_where_it_is_said(stack):
    name, recorder, _ = stack

    (bucket,) = [b for b in of_type(recorder, ":Bucket") if b.name == "gallery-photos"]
    assert bucket.inputs["forceDestroy"] is (name != "prod")


def test_the_function_waits_for_its_grants(stack):
    """Pulumi does not infer it, and the first build would fail."""
    _, recorder, _ = stack

    (function,) = recorder.components["ApiFunction"]
    waited = {urn.rpartition("::")[2] for urn in function.dependencies}
    assert {
        "gallery-build-writes-logs",
        "gallery-build-reads-sources",
        "gallery-build-pushes-images",
        "gallery-key-readable-by-api",
    } <= waited


def test_everything_waits_for_its_services(stack):
    _, recorder, _ = stack

    for kind in ("PhotoBucket", "GalleryApi", "Tracking"):
        (component,) = recorder.components[kind]
        assert any("services-run" in urn for urn in component.dependencies), component.name


def test_old_and_new_archive_stand_side_by_side(stack):
    _, recorder, _ = stack

    (archive,) = [o for o in of_type(recorder, ":BucketObject") if "archive" in o.name]
    assert archive.delete_before_replace is False
    assert archive.inputs["name"].startswith("function-")


def test_stacks_in_one_project_share_no_name():
    """Auto-naming keeps the others apart; a repository's id is drawn here."""
    ids = set()
    for name in STACKS:
        recorder, _ = declare(name)
        (repository,) = of_type(recorder, ":Repository")
        ids.add(repository.inputs["repositoryId"])
        assert repository.ignore_changes == ["repositoryId"]
        for resource in recorder.declared:
            if resource.type.startswith("gcp:") and "IAM" not in resource.type.upper():
                explicit = {"name", "accountId", "secretId"} & set(resource.inputs)
                assert not explicit or resource.type.endswith(":BucketObject"), resource.name

    assert len(ids) == len(STACKS)
    assert all(re.fullmatch("gallery-images-[0-9a-f]{7}", id_) for id_ in ids)


def test_what_can_carry_labels_does(stack):
    name, recorder, _ = stack

    for ending in (":Bucket", ":Secret", ":Repository", ":Function"):
        for resource in of_type(recorder, ending):
            assert resource.inputs["labels"] == {"application": "image-gallery", "stack": name}


def test_two_keys_are_one_secret_in_order():
    recorder, outputs = declare("dev", keys='["second", "first"]')

    (version,) = of_type(recorder, ":SecretVersion")
    assert version.inputs["secretData"] == "key-of-gallery-key-second\nkey-of-gallery-key-first"
    assert outputs["apiKey"][0] == "key-of-gallery-key-second"


def test_dashboard_and_alerts_name_only_metrics_that_exist(prod):
    declared = {f"{m.name}" for m in of_type(prod, ":Metric")}
    (dashboard,) = of_type(prod, ":Dashboard")
    document = json.loads(dashboard.inputs["dashboardJson"])

    filters = [
        data["timeSeriesQuery"]["timeSeriesFilter"]["filter"]
        for tile in document["mosaicLayout"]["tiles"]
        for data in tile["widget"]["xyChart"]["dataSets"]
    ]
    assert len(filters) == 6
    google = ("run.googleapis.com/", "storage.googleapis.com/network/")
    for text in filters:
        metric = text.split('metric.type="')[1].split('"')[0]
        own = metric.removeprefix("logging.googleapis.com/user/")
        assert metric.startswith(google) or own.rpartition("-")[0] in declared, metric


def test_tiles_of_the_dashboard_do_not_overlap(prod):
    (dashboard,) = of_type(prod, ":Dashboard")
    tiles = json.loads(dashboard.inputs["dashboardJson"])["mosaicLayout"]["tiles"]

    cells = [
        (x, y)
        for tile in tiles
        for x in range(tile.get("xPos", 0), tile.get("xPos", 0) + tile["width"])
        for y in range(tile.get("yPos", 0), tile.get("yPos", 0) + tile["height"])
    ]
    assert not any(0 in tile.values() for tile in tiles)
    assert len(cells) == len(set(cells))
    assert all(0 <= x < 12 for x, _ in cells)


def test_alerts_come_only_with_an_address(prod):
    assert of_type(declare("prod")[0], ":AlertPolicy") == []
    assert {policy.name for policy in of_type(prod, ":AlertPolicy")} == {
        "gallery-errors", "gallery-down", "gallery-ceiling", "gallery-traffic"
    }  # fmt: skip
    (check,) = of_type(prod, ":UptimeCheckConfig")
    assert check.inputs["httpCheck"]["path"] == "/health"
    assert check.inputs["monitoredResource"]["labels"]["host"] == "api.example"


def test_the_error_alert_needs_traffic_and_googles_own_metric(prod):
    (errors,) = [p for p in of_type(prod, ":AlertPolicy") if p.name == "gallery-errors"]

    (condition,) = errors.inputs["conditions"]
    query = condition["conditionPrometheusQueryLanguage"]["query"]
    assert condition["conditionPrometheusQueryLanguage"]["disableMetricValidation"] is True
    assert "run_googleapis_com:request_count" in query
    assert query.endswith(">= 20")


def test_cloud_runs_request_log_is_not_kept(stack):
    _, recorder, _ = stack

    (exclusion,) = of_type(recorder, ":ProjectExclusion")
    assert 'log_id("run.googleapis.com/requests")' in exclusion.inputs["filter"]
    assert "choose-image" in exclusion.inputs["filter"]


def test_page_and_embed_are_told_the_same(stack):
    _, recorder, _ = stack
    objects = {o.inputs["name"]: o.inputs for o in of_type(recorder, ":BucketObject")}

    config = json.loads(objects["site/config.json"]["content"])
    golden = json.loads(Path("tests/contract/site-config.json").read_text())
    assert list(config) == list(golden)
    first_line = _text(objects["site/embed.js"]).split("\n")[0]
    assert first_line == f"const GALLERY_CONFIG = {objects['site/config.json']['content']};"
    assert f'"apiUrl": "{config["apiUrl"]}"' in _text(objects["site/index.html"])
    assert objects["site/index.html"]["contentType"] == "text/html"
    for name, inputs in objects.items():
        if name.startswith("site/"):
            assert inputs["cacheControl"] == _cache_control(name)
            zipped = name.endswith((".html", ".js", ".css", ".svg"))
            assert inputs.get("contentEncoding") == ("gzip" if zipped else None)


def test_a_page_that_is_open_over_a_deployment_still_finds_its_parts(stack):
    _, recorder, _ = stack

    objects = of_type(recorder, ":BucketObject")

    parts = [o for o in objects if o.inputs["name"].startswith("site/assets/")]
    assert len(parts) > 2
    assert all(part.retain_on_delete for part in parts)


def test_title_description_and_language_reach_the_page():
    settings = {"title": "Hills", "description": "Walks & kitchens", "homeUrl": "https://b.example"}
    recorder, _ = declare("dev", **settings, lang="de")
    objects = {o.inputs["name"]: o.inputs for o in of_type(recorder, ":BucketObject")}

    text = _text(objects["site/index.html"])

    assert '<html lang="de">' in text
    assert "<title>Hills</title>" in text
    assert '<meta name="description" content="Walks &amp; kitchens" />' in text
    config = json.loads(re.search(r'id="gallery">(.*?)</script>', text)[1])
    assert settings.items() <= config.items()


def _text(inputs):
    return gzip.decompress(Path(inputs["source"]["path"]).read_bytes()).decode()


def _cache_control(name):
    if name.startswith("site/assets/"):
        return "public, max-age=86400"
    return "no-cache"


# Each of these puts one mistake into the program; the policy has to see it.


def public_listing(monkeypatch):
    original = gcp.storage.BucketIAMMember

    def listing(*args, role, **kwargs):
        return original(*args, role="roles/storage.objectViewer", **kwargs)

    monkeypatch.setattr(gcp.storage, "BucketIAMMember", listing)
    return "everyone has roles/storage.objectViewer"


def unrestricted_key(monkeypatch):
    original = gcp.projects.ApiKey

    def loose(*args, restrictions, **kwargs):
        return original(*args, **kwargs)

    monkeypatch.setattr(gcp.projects, "ApiKey", loose)
    return "a key for every service"


def project_wide_grant(monkeypatch):
    original = gcp.projects.IAMMember

    def wide(*args, role, **kwargs):
        return original(*args, role="roles/editor", **kwargs)

    monkeypatch.setattr(gcp.projects, "IAMMember", wide)
    return "roles/editor on the whole project"


def missing_limit(monkeypatch):
    original = gcp.cloudfunctionsv2.Function

    def unlimited(*args, service_config, **kwargs):
        service_config = {**service_config, "max_instance_count": None}
        return original(*args, service_config=service_config, **kwargs)

    monkeypatch.setattr(gcp.cloudfunctionsv2, "Function", unlimited)
    return "has no maxInstanceCount"


@pytest.mark.parametrize(
    "mistake", [public_listing, unrestricted_key, project_wide_grant, missing_limit]
)
def test_a_mistake_is_caught(mistake, monkeypatch):
    expected = mistake(monkeypatch)

    recorder, _ = declare("dev")

    assert any(expected in line for line in violations(recorder)), violations(recorder)


def test_a_wrong_setting_declares_nothing():
    recorder = Recorder()

    with pytest.raises(pulumi.RunError, match="memory"):
        run(recorder, "dev", memory="lots")

    assert recorder.declared == []
