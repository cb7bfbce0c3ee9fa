"""Held to what Google really answered, not to our own idea of it.

`google.json` was counted from 260 exchanges with the real cloud that Google's engineers recorded
as golden files of GoogleCloudPlatform/k8s-config-connector (commit cdb85ec, 2026-08-22): for each
method the fields that Google `adds` to what was sent, in every answer, and all that it `knows`;
for errors their code, fields and text, `*` for names.
"""

import json
import re
from collections import defaultdict
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.error import HTTPError

import pytest
from werkzeug.wrappers import Request

from local.cloud.application import METHODS
from local.cloud.errors import CloudError
from local.cloud.web import Router
from tests.conftest import LocalCloud

GOOGLE = json.loads(Path(__file__).with_name("google.json").read_text())
# Where ours differs, and why: fields that ours lacks (-) or has beside Google's (+).
DIFFERS = {
    # The recordings leave out what the discovery document has as output of every key.
    "apikeys.projects.locations.keys.get": "+createTime +etag +uid +updateTime",
    "cloudresourcemanager.projects.get": "-parent",  # a project of no organisation
    # Google answers what the mask names; ours the whole account.
    "iam.projects.serviceAccounts.patch": "+email +etag +oauth2ClientId +projectId +uniqueId",
    "serviceusage.services.enable": "+metadata",  # Google shows it a moment later
}
BODY = {
    "apikeys": {"displayName": "A key", "restrictions": {}},
    "artifactregistry": {"format": "DOCKER", "description": "Images"},
    "iam": {"accountId": "one", "serviceAccount": {"displayName": "An account"}},
    "metrics": {"name": "one", "filter": "severity>=ERROR"},
    "exclusions": {"name": "one", "filter": "severity<ERROR", "description": "Less"},
    "dashboards": {"displayName": "A dashboard", "gridLayout": {}},
    "alertPolicies": {
        "displayName": "An alert", "combiner": "OR", "conditions": [{"displayName": "One"}],
    },
    "notificationChannels": {"displayName": "A channel", "type": "email", "labels": {}},
    "uptimeCheckConfigs": {"displayName": "A check", "httpCheck": {}, "period": "60s"},
    "secretmanager": {"replication": {"automatic": {}}, "labels": {"a": "b"}},
}  # fmt: skip
WHERE = {
    "/apikeys/v2/projects/p/locations/global/keys": ("apikeys", "keyId"),
    "/artifactregistry/v1/projects/p/locations/r/repositories": (
        "artifactregistry", "repositoryId",
    ),
    "/iam/v1/projects/p/serviceAccounts": ("iam", ""),
    "/logging/v2/projects/p/metrics": ("metrics", ""),
    "/logging/v2/projects/p/exclusions": ("exclusions", ""),
    "/monitoring/v1/projects/p/dashboards": ("dashboards", ""),
    "/monitoring/v3/projects/p/alertPolicies": ("alertPolicies", ""),
    "/monitoring/v3/projects/p/notificationChannels": ("notificationChannels", ""),
    "/monitoring/v3/projects/p/uptimeCheckConfigs": ("uptimeCheckConfigs", ""),
    "/secretmanager/v1/projects/p/secrets": ("secretmanager", "secretId"),
}  # fmt: skip


class Client:
    """Calls the local cloud, and keeps every answer under the name of its method."""

    def __init__(self, cloud):
        self.cloud, self.router = cloud, Router(METHODS)
        self.answers, self.errors = defaultdict(list), {}

    def __call__(self, verb, path, body=None):
        environ = {"REQUEST_METHOD": verb, "REQUEST_URI": path, "wsgi.url_scheme": "http"}
        try:
            name = self.router.find(Request(environ))[0].name
        except CloudError:
            return None  # a verb that this kind has not
        try:
            answer = self.cloud.call(verb, path, body)
        except HTTPError as error:
            with error:
                self.errors[name] = json.loads(error.read())["error"]
            return None
        self.answers[name].append(answer or {})
        if "operations/" in str((answer or {}).get("name")) and "/operations/" not in path:
            root = "/".join(path.split("/")[:3])
            self(verb="GET", path=f"{root}/{answer['name']}")
        return answer


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """After a life of each kind of resource."""
    cloud = LocalCloud(tmp_path_factory.mktemp("google"))
    cloud.start()
    call = Client(cloud)
    for path, (kind, id_) in WHERE.items():
        live(call, path, kind, id_)
    others(call)
    yield call
    cloud.stop()


def live(call, path, kind, id_):
    body = BODY[kind]
    call("GET", f"{path}/missing")
    made = call("POST", f"{path}?{id_}=one" if id_ else path, body)
    one = f"{path}/{'one' if id_ else made['name'].rpartition('/')[2]}"
    call("GET", one)
    changed = dict(body)
    changed.pop("accountId", None)
    call("PUT" if kind == "metrics" else "PATCH", one, changed)
    if kind == "apikeys":
        call("GET", f"{one}/keyString")
    if kind in ("artifactregistry", "secretmanager"):
        policy = call("GET", f"{one}:getIamPolicy")
        call("POST", f"{one}:setIamPolicy", {"policy": policy})
    if kind == "secretmanager":
        call("POST", f"{one}:addVersion", {"payload": {"data": "aGk="}})
        for what in ("", ":access"):
            call("GET", f"{one}/versions/1{what}")
        for what in ("disable", "enable", "destroy"):
            call("POST", f"{one}/versions/1:{what}", {})
    call("DELETE", one)


def others(call):
    call("GET", "/crm/v1/projects/p")
    policy = call("POST", "/crm/v1/projects/p:getIamPolicy", {})
    call("POST", "/crm/v1/projects/p:setIamPolicy", {"policy": policy})
    services = "/serviceusage/v1/projects/p/services"
    call("GET", services)
    call("POST", f"{services}/run.googleapis.com:enable", {})
    call("POST", f"{services}/run.googleapis.com:disable", {})
    call("GET", "/storage/v1/b/missing")
    call("POST", "/storage/v1/b?project=p", {"name": "one", "labels": {}})
    call("GET", "/storage/v1/b/one")
    call("GET", "/storage/v1/b/one/o?versions=true")
    call("PATCH", "/storage/v1/b/one", {"labels": {"a": "b"}})
    call("DELETE", "/storage/v1/b/one")


@pytest.mark.parametrize("method", GOOGLE["methods"])
def test_answers_have_googles_fields_and_no_others(client, method):
    google, marks = GOOGLE["methods"][method], DIFFERS.get(method, "").split()
    lacks = {mark[1:] for mark in marks if mark[0] == "-"}
    has = {mark[1:] for mark in marks if mark[0] == "+"}

    assert client.answers[method], "the scenario does not call it"
    for answer in client.answers[method]:
        assert set(google["adds"]) - set(answer) == lacks
        assert set(answer) - set(google["knows"]) == has


@pytest.mark.parametrize("method", GOOGLE["errors"])
def test_errors_have_googles_form_and_text(client, method):
    google, ours = GOOGLE["errors"][method], client.errors[method]

    assert ours["code"] == google["code"]
    assert sorted(ours) == google["fields"]
    pattern = re.sub(r"[\[\]]", "?", google["message"])  # brackets mean themselves
    assert fnmatchcase(ours["message"], pattern)


def test_how_much_is_held():
    methods = GOOGLE["methods"].values()

    assert len(methods) == 65
    assert sum(method["exchanges"] for method in methods) == 260
    assert len(GOOGLE["errors"]) == 9
    assert set(GOOGLE["methods"]) <= {method.name for method in METHODS}
