"""Google's discovery documents: which paths, parameters and fields each method has."""

import json
import re
from functools import cache

from googleapiclient.discovery_cache import get_static_doc

VERSIONS = {
    "apikeys": "v2", "artifactregistry": "v1", "billingbudgets": "v1", "cloudfunctions": "v2",
    "cloudresourcemanager": "v1", "compute": "v1", "iam": "v1", "logging": "v2", "run": "v2",
    "secretmanager": "v1", "serviceusage": "v1", "storage": "v1",
}  # fmt: skip
# Ours in several rows; Google's in one.
ALIASES = {
    "storage.objects.getMedia": "storage.objects.get",
    "storage.objects.resume": "storage.objects.insert",
    "storage.objects.insert.old": "storage.objects.insert",
    "storage.objects.resume.old": "storage.objects.insert",
}


@cache
def document(name):
    """The document that describes a method."""
    service = name.split(".")[0]
    if service == "monitoring":
        return json.loads(get_static_doc(service, "v1" if "dashboards" in name else "v3"))
    return json.loads(get_static_doc(service, VERSIONS[service]))


def described(name):
    """What Google says of a method; raises KeyError where it has none of this name."""
    name = ALIASES.get(name, name)
    found = document(name)
    *resources, last = name.split(".")[1:]
    for resource in resources:
        found = found["resources"][resource]
    return found["methods"][last]


def paths(name):
    """Patterns of a method's paths, those of its uploads included."""
    method = described(name)
    protocols = method.get("mediaUpload", {}).get("protocols", {}).values()
    texts = [method.get("flatPath", method["path"]), *(one["path"] for one in protocols)]
    return [re.sub(r"\\{.*?\\}", "[^/]+", re.escape(text.strip("/"))) for text in texts]


def unknown(value, schema, schemas, at=""):
    """Every field of a value that its schema does not have."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"]]
    if isinstance(value, list):
        items = schema.get("items", {})
        return [hole for one in value for hole in unknown(one, items, schemas, f"{at}[]")]
    if not isinstance(value, dict) or "properties" not in schema:
        extra = schema.get("additionalProperties")
        if isinstance(value, dict) and extra:
            return [x for k, v in value.items() for x in unknown(v, extra, schemas, f"{at}.{k}")]
        return []
    holes = []
    for key, part in value.items():
        if key in schema["properties"]:
            holes += unknown(part, schema["properties"][key], schemas, f"{at}.{key}")
        else:
            holes.append(f"{at}.{key}")
    return holes


def result_schema(answer, name):
    """The schema of an operation's result, by the name of its message."""
    message = answer["@type"].rpartition(".")[2]
    schemas = document(name)["schemas"]
    return next((s for n, s in schemas.items() if n.lower().endswith(message.lower())), {})
