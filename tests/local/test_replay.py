"""What the real provider sent, sent again: the same statuses, and nothing it said is lost.

`real-provider.jsonl` was recorded on 2026-11-23 between Pulumi's engine 3.258 with its provider
for Google Cloud 9.35 and a stand-in of 200 lines: the requests are real, of the responses only
that the provider was content with them. Names that a server makes up are mapped to ours.
"""

import json
import re
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.conftest import LocalCloud
from tests.local.archives import archive

RECORDED = [
    json.loads(line)
    for line in Path(__file__).with_name("real-provider.jsonl").read_text().splitlines()
]
LONGEST_WAIT = 120


@pytest.fixture(scope="module")
def replayed(tmp_path_factory):
    """Every exchange with our status and answer, in the recorded order."""
    cloud, made_up = LocalCloud(tmp_path_factory.mktemp("replay")), {}
    cloud.start()
    yield [(exchange, *send(cloud, exchange, made_up)) for exchange in RECORDED]
    cloud.stop()


def send(cloud, exchange, made_up):
    path, body, headers = exchange["path"], exchange["request"], {"User-Agent": "Pulumi/3.0"}
    for theirs, ours in made_up.items():
        path = path.replace(theirs, ours)
    if isinstance(body, str):
        boundary = "b0undary"
        head = f"--{boundary}\r\nContent-Type: application/json\r\n\r\n{{}}\r\n--{boundary}\r\n"
        head += "Content-Type: application/zip\r\n\r\n"
        source = "def choose_image(request):\n    return 'photo'\n"
        data = head.encode() + archive(path, source) + f"\r\n--{boundary}--\r\n".encode()
        headers["Content-Type"] = f"multipart/related; boundary={boundary}"
    else:
        text = json.dumps(body)
        for theirs, ours in made_up.items():
            text = text.replace(f'"{theirs}"', f'"{ours}"')
        data = None if body is None else text.encode()
        headers["Content-Type"] = "application/json"
    headers["Authorization"] = f"Bearer {cloud.token}"
    request = Request(cloud.url + path, data, headers, method=exchange["method"])
    try:
        with urlopen(request, timeout=LONGEST_WAIT) as response:
            status, answer = response.status, json.loads(response.read() or b"null")
    except HTTPError as error:
        with error:
            status, text = error.code, error.read()
        answer = json.loads(text) if text.startswith(b"{") else text.decode()
    learn(exchange["response"], answer, made_up)
    return status, finished(cloud, path, answer)


def finished(cloud, path, answer):
    """What an operation came to; any other answer as it is."""
    if not isinstance(answer, dict) or "operations/" not in str(answer.get("name")):
        return answer
    root = "/".join(path.split("/")[:3])
    while not answer.get("done") or not answer.keys() & {"response", "error"}:
        answer = cloud.get(f"{root}/{answer['name']}")
        time.sleep(0.05)
    return answer


def learn(theirs, ours, made_up):
    """What a server makes up: etags, and the names of dashboards and alert policies."""
    if not isinstance(theirs, dict) or not isinstance(ours, dict):
        return
    if theirs.get("etag") not in (None, "x") and "etag" in ours:
        made_up[theirs["etag"]] = ours["etag"]
    name = theirs.get("name", "")
    if re.search("/(dashboards|alertPolicies)/", name):
        made_up[name.rpartition("/")[2]] = ours["name"].rpartition("/")[2]


def missing(sent, answered, at=""):
    """Every field that was sent and is not in the answer."""
    if sent is None or sent in ({}, []):
        return []
    if isinstance(sent, dict):
        if not isinstance(answered, dict):
            return [at]
        return [
            hole
            for key, value in sent.items()
            for hole in missing(value, answered.get(key), f"{at}.{key}")
        ]
    if isinstance(sent, list) and isinstance(answered, list) and len(sent) == len(answered):
        pairs = enumerate(zip(sent, answered, strict=True))
        return [hole for i, (a, b) in pairs for hole in missing(a, b, f"{at}[{i}]")]
    return [] if sent == answered else [f"{at}: {sent} is {answered}"]


def is_gateway(exchange):
    return exchange["path"].startswith("/apigateway/")


def test_every_status_is_the_recorded_one(replayed):
    differing = [
        (exchange["method"], exchange["path"], exchange["status"], status, answer)
        for exchange, status, answer in replayed
        if not is_gateway(exchange) and status != exchange["status"]
    ]
    assert differing == []
    assert len(replayed) == 151


def test_the_api_gateway_is_refused_by_name(replayed):
    """It is not built: the function checks the key itself."""
    refused = [(status, answer) for exchange, status, answer in replayed if is_gateway(exchange)]
    assert {status for status, _ in refused} == {400, 404}
    assert "POST /apigateway/v1" in json.dumps(refused)


def test_answers_carry_all_that_was_sent(replayed):
    """Of creations, changes and policies; answers that are read later are compared there."""
    holes = []
    for exchange, _, answer in replayed:
        sent = exchange["request"]
        if not isinstance(sent, dict) or is_gateway(exchange):
            continue
        if exchange["method"] == "POST" and "IamPolicy" in exchange["path"]:
            sent = {k: v for k, v in sent.get("policy", {}).items() if k != "etag"}
        if exchange["path"].endswith("iam?alt=json"):
            sent = {key: value for key, value in sent.items() if key != "etag"}
        answered = answer.get("response", answer)
        wanted = without_instructions(exchange, sent)
        holes += [(exchange["path"], hole) for hole in missing(wanted, answered)]
    assert holes == []


def without_instructions(exchange, sent):
    """A request's own parameters are no fields of the resource."""
    names = {"accountId", "serviceAccount", "payload", "serviceIds", "updateMask", "policy"}
    if "IamPolicy" in exchange["path"] and "policy" not in exchange["request"]:
        return {}
    if exchange["method"] == "PATCH":  # the whole declaration, of which the mask names a part
        sent = {"buildConfig": {**sent["buildConfig"], "build": None}}
    return {key: value for key, value in sent.items() if key not in names}


def test_reads_carry_what_the_provider_was_content_with(replayed):
    """Each field of a recorded answer is in ours, whatever its value."""
    holes = []
    for exchange, status, answer in replayed:
        if exchange["method"] == "GET" and status == 200 and not is_gateway(exchange):
            # the stand-in's own, of which Google itself has some for some kinds (google.json)
            left_out = {"kind", "_data", "bindings", "etag", "createTime", "updateTime"}
            fields = {k for k, v in exchange["response"].items() if v not in (None, [], {})}
            holes += [(exchange["path"], field) for field in fields - left_out - set(answer)]
    assert holes == []
