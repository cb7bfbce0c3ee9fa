"""Which permission of Google's a method wants, by cloud.google.com/iam/docs/permissions-reference.

Nearly all are named after their methods; those that are not stand here.
"""

import re

VERBS = {"insert": "create", "patch": "update", "batchEnable": "enable", "getMedia": "get"}
OTHERS = {
    "cloudresourcemanager.projects.setIamPolicy": None,  # by a role with a condition
    "secretmanager.projects.secrets.addVersion": "secretmanager.versions.add",
    "artifactregistry.projects.locations.operations.get": "artifactregistry.repositories.get",
    "apikeys.operations.get": "serviceusage.operations.get",
    "compute.securityPolicies.addRule": "compute.securityPolicies.update",
    "compute.securityPolicies.patchRule": "compute.securityPolicies.update",
    "compute.securityPolicies.removeRule": "compute.securityPolicies.update",
}
RENAMED = {
    r"^cloudresourcemanager\.": "resourcemanager.",
    r"\.projects\.(locations\.)?(?=[a-zA-Z]+\.[a-zA-Z])": ".",
    r"^logging\.metrics": "logging.logMetrics",
    r"secrets\.versions\.": "versions.",
}


def permission_of(method):
    """Return the permission; None where a role of its own gives it, or none is needed."""
    if method in OTHERS or method.startswith(("billingbudgets.", "local.", "storage.public")):
        return OTHERS.get(method)
    for pattern, name in RENAMED.items():
        method = re.sub(pattern, name, method)
    service, _, verb = method.rpartition(".")
    return f"{service}.{VERBS.get(verb, verb)}"
