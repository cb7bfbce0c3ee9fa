"""What checkov finds in all that a stack can declare: mended, or accepted for a reason."""

import json
import shutil
import subprocess

import pytest

from tests.image_gallery.plan import as_plan
from tests.image_gallery.recording import declare
from tests.image_gallery.test_golden import EVERYTHING

PUBLIC = "photos are public: whoever knows a name may read it, nobody may list"
NO_LOG = "an access log would hold visitors' addresses; what is counted is in docs/privacy.md"
ACCEPTED = {
    ("CKV_GCP_114", "google_storage_bucket.gallery-photos"): PUBLIC,
    ("CKV_GCP_28", "google_storage_bucket_iam_member.gallery-photos-readable-by-name"): PUBLIC,
    ("CKV_GCP_62", "google_storage_bucket.gallery-photos"): NO_LOG,
    ("CKV_GCP_62", "google_storage_bucket.gallery-source"): NO_LOG,
    ("CKV_GCP_78", "google_storage_bucket.gallery-photos"): (
        "a photo that is taken out must be gone; former catalogs are kept where nobody reads them"
    ),
    ("CKV_GCP_78", "google_storage_bucket.gallery-source"): (
        "names say the content: an archive is never written twice, a catalog is kept 30 times"
    ),
    ("CKV_GCP_84", "google_artifact_registry_repository.gallery-images"): (
        "images hold the public source of the function, and no secret"
    ),
}


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    """(check, resource) of everything that checkov would refuse."""
    if not shutil.which("checkov"):
        pytest.skip("no checkov on PATH; it wants an environment of its own: pipx install checkov")
    recorder, _ = declare("prod", **EVERYTHING)
    plan = tmp_path_factory.mktemp("checkov") / "plan.json"
    plan.write_text(json.dumps(as_plan(recorder)))
    words = ["--framework", "terraform_plan", "--output", "json", "--quiet", "--skip-download"]
    finished = subprocess.run(
        ["checkov", "--file", plan, *words], capture_output=True, text=True, check=False
    )
    report = json.loads(finished.stdout)
    assert report["summary"]["resource_count"] > 50, finished.stderr
    return {(found["check_id"], found["resource"]) for found in report["results"]["failed_checks"]}


def test_nothing_is_found_but_what_is_accepted_for_a_reason(findings):
    assert findings - ACCEPTED.keys() == set()


def test_every_accepted_finding_is_still_found(findings):
    assert ACCEPTED.keys() - findings == set()
