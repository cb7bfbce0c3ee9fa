"""What a load balancer is made of, held to what Google really answered.

`compute.json` holds, for each kind, the fields that Google added to what was asked for, and all
that it ever answered: in exchanges with the real Compute recorded by Google's engineers as golden
files of GoogleCloudPlatform/k8s-config-connector (commit cdb85ec, 2026-08-22).
"""

import json
import re
from pathlib import Path
from urllib.error import HTTPError

import pytest

GOOGLE = json.loads((Path(__file__).parent / "compute.json").read_text())
GLOBAL = "/compute/v1/projects/p/global"
REGION = "/compute/v1/projects/p/regions/europe-west1"
LINK = "https://www.googleapis.com/compute/v1/projects/p/global"
EVERYONE = {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ["*"]}}
MADE = {
    "address": (f"{GLOBAL}/addresses", {}),
    "sslCertificate": (f"{GLOBAL}/sslCertificates", {"managed": {"domains": ["a.example"]}}),
    "backendBucket": (f"{GLOBAL}/backendBuckets", {"bucketName": "b", "enableCdn": True}),
    "networkEndpointGroup": (
        f"{REGION}/networkEndpointGroups",
        {"networkEndpointType": "SERVERLESS", "cloudRun": {"service": "s"}, "region": REGION},
    ),
    "securityPolicy": (
        f"{GLOBAL}/securityPolicies",
        {"rules": [{"action": "allow", "priority": 2147483647, "match": EVERYONE}]},
    ),
    "backendService": (
        f"{GLOBAL}/backendServices",
        {"protocol": "HTTPS", "backends": [{"group": f"{REGION}/networkEndpointGroups/x"}]},
    ),
    "urlMap": (f"{GLOBAL}/urlMaps", {"defaultService": f"{LINK}/backendBuckets/x"}),
    "targetHttpProxy": (f"{GLOBAL}/targetHttpProxies", {"urlMap": f"{LINK}/urlMaps/x"}),
    "targetHttpsProxy": (
        f"{GLOBAL}/targetHttpsProxies",
        {"urlMap": f"{LINK}/urlMaps/x", "sslCertificates": [f"{LINK}/sslCertificates/x"]},
    ),
    "forwardingRule": (
        f"{GLOBAL}/forwardingRules",
        {"target": f"{LINK}/targetHttpProxies/x", "portRange": "80", "IPAddress": "203.0.113.7"},
    ),
}


def status_of(cloud, method, path, body=None):
    with pytest.raises(HTTPError) as refused:
        cloud.call(method, path, body)
    with refused.value as error:
        return error.code, json.loads(error.read())["error"]


@pytest.mark.parametrize("kind", MADE)
def test_each_kind_is_made_read_and_removed_as_google_does(kind, cloud):
    every, body = MADE[kind]
    name = f"made-{kind.lower()}"

    begun = cloud.call("POST", every, {"name": name, **body})
    operation = cloud.get(f"{every.rpartition('/')[0]}/operations/{begun['name']}")

    assert (begun["status"], operation["status"]) == ("RUNNING", "DONE")
    assert set(begun) <= set(operation)
    assert set(GOOGLE["operation"]["added"]) <= set(operation)
    assert set(operation) <= set(GOOGLE["operation"]["known"])
    record = cloud.get(f"{every}/{name}")
    assert record["kind"] == f"compute#{kind}"
    assert set(GOOGLE[kind]["added"]) <= set(record)
    assert set(record) <= set(GOOGLE[kind]["known"]) | set(body)
    assert record in cloud.get(every)["items"]
    assert status_of(cloud, "POST", every, {"name": name})[0] == 409
    cloud.call("DELETE", f"{every}/{name}")
    code, error = status_of(cloud, "GET", f"{every}/{name}")
    assert (code, error["errors"][0]["reason"]) == (404, "notFound")
    assert re.search("not found", error["message"])


@pytest.mark.parametrize(
    ("kind", "verb", "suffix", "body"),
    [
        ("backendBucket", "PUT", "", {"bucketName": "other"}),
        ("urlMap", "PUT", "", {"defaultService": f"{LINK}/backendBuckets/other"}),
        ("backendService", "PUT", "", {"timeoutSec": 7}),
        ("targetHttpsProxy", "PATCH", "", {"urlMap": f"{LINK}/urlMaps/other"}),
        ("forwardingRule", "POST", "/setTarget", {"target": f"{LINK}/targetHttpProxies/other"}),
        ("address", "POST", "/setLabels", {"labels": {"a": "b"}}),
        ("securityPolicy", "POST", "/setLabels", {"labels": {"a": "b"}}),
        ("targetHttpProxy", "POST", "/setUrlMap", {"urlMap": f"{LINK}/urlMaps/other"}),
        ("targetHttpsProxy", "POST", "/setSslCertificates", {"sslCertificates": ["other"]}),
    ],
)
def test_a_field_is_changed_and_the_others_stay(kind, verb, suffix, body, cloud):
    every, made = MADE[kind]
    name = f"changed-{kind.lower()}-{verb.lower()}{len(suffix)}"
    cloud.call("POST", every, {"name": name, **made})
    proxies = (
        every.replace("/global", "") if suffix in ("/setUrlMap", "/setSslCertificates") else every
    )

    cloud.call(verb, f"{proxies}/{name}{suffix}", body)

    record = cloud.get(f"{every}/{name}")
    assert {**record, **body} == record
    assert record["name"] == name


def test_rules_of_a_policy_are_added_changed_and_removed(cloud):
    every, body = MADE["securityPolicy"]
    cloud.call("POST", every, {"name": "rules", **body})
    throttle = {"action": "throttle", "priority": 1000, "match": EVERYONE}

    def rules():
        return [(r["priority"], r["action"]) for r in cloud.get(f"{every}/rules")["rules"]]

    cloud.call("POST", f"{every}/rules/addRule", throttle)
    assert rules() == [(1000, "throttle"), (2147483647, "allow")]
    cloud.call(
        "POST", f"{every}/rules/patchRule?priority=1000&updateMask=action", {"action": "allow"}
    )
    assert rules()[0] == (1000, "allow")
    cloud.call("POST", f"{every}/rules/removeRule?priority=1000")
    assert rules() == [(2147483647, "allow")]


def test_a_budget_is_remembered(cloud):
    every = "/billingbudgets/v1/billingAccounts/000000-AAAAAA-111111/budgets"
    made = cloud.call("POST", every, {"displayName": "a", "amount": {"specifiedAmount": {}}})

    cloud.call(
        "PATCH", f"/billingbudgets/v1/{made['name']}?updateMask=displayName", {"displayName": "b"}
    )

    assert cloud.get(every)["budgets"][0]["displayName"] == "b"
    cloud.call("DELETE", f"/billingbudgets/v1/{made['name']}")
    assert cloud.get(every) == {}


def test_links_are_answered_as_google_does_by_whatever_address_they_came(cloud):
    every, _ = MADE["urlMap"]
    own = f"{cloud.url}{GLOBAL}/backendBuckets/b"

    cloud.call("POST", every, {"name": "linked", "defaultService": own})

    assert cloud.get(f"{every}/linked")["defaultService"] == f"{LINK}/backendBuckets/b"


def test_a_security_policy_is_taken_away_by_an_empty_body(cloud):
    every, made = MADE["backendService"]
    cloud.call("POST", every, {"name": "guarded", **made, "securityPolicy": "limit"})

    cloud.call("POST", f"{every}/guarded/setSecurityPolicy", {})

    assert "securityPolicy" not in cloud.get(f"{every}/guarded")
