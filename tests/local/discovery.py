"""Google's discovery documents: which paths, parameters and fields each method has."""

import json
import re
from functools import cache

from googleapiclient.discovery_cache import get_static_doc

# Of Compute the beta, which Pulumi's provider speaks: all of v1, and a few fields more.
VERSIONS = {
    "apikeys": "v2", "artifactregistry": "v1", "billingbudgets": "v1", "cloudfunctions": "v2",
    "cloudresourcemanager": "v1", "compute": "beta", "iam": "v1", "logging": "v2", "run": "v2",
    "secretmanager": "v1", "serviceusage": "v1", "storage": "v1",
}  # fmt: skip
# Ours in several rows; Google's in one.
ALIASES = {
    "storage.objects.getMedia": "storage.objects.get",
    "storage.objects.resume": "storage.objects.insert",
    "storage.objects.insert.old": "storage.objects.insert",
    "storage.objects.resume.old": "storage.objects.insert",
}


# No methods of Google's: what the tests ask, downloads, and the functions' own answers.
OURS = ("local.", "storage.public.", "cloudfunctions.call")
# What is no JSON of the method's own: bytes, and a policy's wrapper.
MEDIA = ("storage.objects.getMedia", "storage.objects.resume", "storage.objects.insert")


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
    schemas = {key.lower(): value for key, value in document(name)["schemas"].items()}
    exact = schemas.get(message.lower())
    return exact or next((s for n, s in schemas.items() if n.endswith(message.lower())), {})


def held(recorded):
    """Those of recorded exchanges that are Google's methods."""
    return [one for one in recorded if not one["name"].startswith(OURS)]


def parameters(one):
    """Query parameters of an exchange that Google does not know."""
    if one["name"].startswith(OURS):
        return []
    known = {*described(one["name"]).get("parameters", {}), *document(one["name"])["parameters"]}
    return [name for name in one["query"] if _camel(name) not in known | {"uploadType", "uploadId"}]


def request_fields(one):
    """Fields of a request that Google does not know."""
    body = one["request"]
    if one["name"].startswith(OURS) or one["name"] in MEDIA or not isinstance(body, dict):
        return []
    return unknown(
        body, described(one["name"]).get("request", {}), document(one["name"])["schemas"]
    )


def answer_fields(one):
    """Fields of an answer, and of the result of an operation, that Google does not know."""
    answer = one["answer"]
    if one["name"].startswith(OURS) or one["status"] >= 300 or not isinstance(answer, dict):
        return []
    schemas = document(one["name"])["schemas"]
    found = unknown(answer, described(one["name"]).get("response", {}), schemas)
    if "@type" in answer.get("response", {}):
        result = {key: value for key, value in answer["response"].items() if key != "@type"}
        found += unknown(result, result_schema(answer["response"], one["name"]), schemas)
    return found


def _camel(name):
    """Google takes both spellings of a parameter."""
    return re.sub("_([a-z])", lambda match: match[1].upper(), name)


CHECKS = (parameters, request_fields, answer_fields)
