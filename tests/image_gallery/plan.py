"""What a stack declares, as the plan of Terraform that auditing tools read.

Pulumi's gcp provider is Terraform's: names are the same but for their case, and a block is a list.
"""

import re

# `gcp:storage/bucket:Bucket` → `google_storage_bucket`; those whose names differ are said.
NAMES = {
    "gcp:projects/service:Service": "google_project_service",
    "gcp:projects/iAMMember:IAMMember": "google_project_iam_member",
    "gcp:projects/apiKey:ApiKey": "google_apikeys_key",
    "gcp:serviceaccount/account:Account": "google_service_account",
    "gcp:secretmanager/secret:Secret": "google_secret_manager_secret",
    "gcp:secretmanager/secretVersion:SecretVersion": "google_secret_manager_secret_version",
    "gcp:secretmanager/secretIamMember:SecretIamMember": "google_secret_manager_secret_iam_member",
    "gcp:artifactregistry/repository:Repository": "google_artifact_registry_repository",
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": (
        "google_artifact_registry_repository_iam_member"
    ),
    "gcp:cloudfunctionsv2/function:Function": "google_cloudfunctions2_function",
    "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": "google_cloud_run_v2_service_iam_member",
    "gcp:storage/bucketIAMMember:BucketIAMMember": "google_storage_bucket_iam_member",
    "gcp:logging/projectExclusion:ProjectExclusion": "google_logging_project_exclusion",
    "gcp:compute/uRLMap:URLMap": "google_compute_url_map",
    "gcp:compute/managedSslCertificate:ManagedSslCertificate": (
        "google_compute_managed_ssl_certificate"
    ),
}
# Maps of the owner's own, not blocks.
MAPS = {"labels", "user_labels", "environment_variables", "label_extractors"}


def as_plan(recorder):
    """Return the JSON that `terraform show -json PLAN` would print for what is declared."""
    resources = [
        {
            "address": f"{_type(one.type)}.{one.name}",
            "mode": "managed",
            "type": _type(one.type),
            "name": one.name,
            "values": _values(one.inputs),
        }
        for one in recorder.declared
        if one.type.startswith("gcp:")
    ]
    changes = [
        {**{key: one[key] for key in ("address", "mode", "type", "name")},
         "change": {"actions": ["create"], "before": None, "after": one["values"]}}
        for one in resources
    ]  # fmt: skip
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": resources}},
        "resource_changes": changes,
        "configuration": {"root_module": {"resources": []}},
    }


def _type(pulumi_type):
    _, module, kind = re.split("[:/]", pulumi_type)[0:3]
    return NAMES.get(pulumi_type, f"google_{module}_{_snake(kind)}")


def _snake(name):
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def _values(inputs):
    """Blocks as lists of one, and names in the singular where Pulumi has made them plural."""
    return {_snake(key): _value(_snake(key), value) for key, value in inputs.items()}


def _value(name, value):
    if isinstance(value, dict):
        return value if name in MAPS else [_values(value)]
    if isinstance(value, list):
        return [_values(one) if isinstance(one, dict) else one for one in value]
    return value
