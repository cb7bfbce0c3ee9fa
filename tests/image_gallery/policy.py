"""What a careful engineer refuses to deploy, checked on what a stack declares."""

from tests.image_gallery.recording import of_type

PROJECT_WIDE = {"roles/logging.logWriter", "roles/storage.objectViewer"}
LIMITS = {
    "maxInstanceCount": 100,
    "maxInstanceRequestConcurrency": 1000,
    "timeoutSeconds": 60,
}


def grants(recorder):
    """Every grant as [who, role, on what, under which condition], in a fixed order."""
    table = []
    for resource in recorder.declared:
        inputs = resource.inputs
        if "role" in inputs:
            on = resource.type.rpartition(":")[2]
            condition = (inputs.get("condition") or {}).get("expression", "")
            table.append([inputs["member"], inputs["role"], on, condition])
    return sorted(table)


def violations(recorder):
    """Return one line for each thing that must not be deployed."""
    return [
        *_public(recorder),
        *_project_wide(recorder),
        *_keys(recorder),
        *_function(recorder),
        *_buckets(recorder),
    ]


def _public(recorder):
    allowed = {
        ("BucketIAMMember", "roles/storage.legacyObjectReader"),
        ("ServiceIamMember", "roles/run.invoker"),
    }
    for member, role, on, _ in grants(recorder):
        if member in ("allUsers", "allAuthenticatedUsers") and (on, role) not in allowed:
            yield f"everyone has {role} on {on}"


def _project_wide(recorder):
    for member, role, on, condition in grants(recorder):
        if on == "IAMMember" and role not in PROJECT_WIDE:
            yield f"{member} has {role} on the whole project"
        if on == "IAMMember" and role == "roles/storage.objectViewer" and not condition:
            yield f"{member} reads every bucket of the project"
    for resource in recorder.declared:
        if resource.type.endswith(("IAMBinding", "IAMPolicy", "IamBinding", "IamPolicy")):
            yield f"{resource.name} overwrites the grants of others"


def _keys(recorder):
    for key in of_type(recorder, ":ApiKey"):
        if not (key.inputs.get("restrictions") or {}).get("apiTargets"):
            yield f"{key.name} is a key for every service of the project"
        if key.inputs.get("serviceAccountEmail"):
            yield f"{key.name} acts as a service account"


def _function(recorder):
    for function in of_type(recorder, ":Function"):
        service, build = function.inputs["serviceConfig"], function.inputs["buildConfig"]
        for limit, most in LIMITS.items():
            if not 0 < (service.get(limit) or 0) <= most:
                yield f"{function.name} has no {limit}"
        if not service.get("serviceAccountEmail"):
            yield f"{function.name} runs as the default service account"
        if not build.get("serviceAccount"):
            yield f"{function.name} is built by the default service account"
        if "GALLERY_API_KEYS" in service.get("environmentVariables", {}):
            yield f"{function.name} has its keys in plain sight"


def _buckets(recorder):
    for bucket in of_type(recorder, ":Bucket"):
        if not bucket.inputs.get("uniformBucketLevelAccess"):
            yield f"{bucket.name} can have grants on single objects"
        if bucket.inputs.get("softDeletePolicy") != {"retentionDurationSeconds": 0}:
            yield f"{bucket.name} keeps what was deleted"
    open_buckets = [
        bucket.name
        for bucket in of_type(recorder, ":Bucket")
        if bucket.inputs.get("publicAccessPrevention") != "enforced"
    ]
    if open_buckets != ["gallery-photos"]:
        yield f"open to the public: {open_buckets}"
