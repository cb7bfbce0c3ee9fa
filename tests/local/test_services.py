"""Services but storage: through HTTP, as the provider calls them."""

import base64
import json
import re
from urllib.error import HTTPError

import pytest

from local.cloud.services import accounts, compute, keys, rows, secrets
from tests.local.archives import PARENT, archive, ask, deploy, upload

API_KEYS = "/apikeys/v2/projects/p/locations/global/keys"
API_SECRETS = "/secretmanager/v1/projects/p/secrets"


def refused(call, *arguments, **headers):
    """Status and body of a refusal."""
    with pytest.raises(HTTPError) as caught:
        call(*arguments, **headers)
    with caught.value as error:
        return error.code, json.loads(error.read())["error"]


def test_a_key_goes_softly_and_its_name_stays_taken(cloud):
    made = cloud.call("POST", f"{API_KEYS}?keyId=first", {"displayName": "First"})
    text = cloud.get(f"{API_KEYS}/first/keyString")["keyString"]
    shown = cloud.get(f"/apikeys/v2/{made['name']}")

    cloud.call("DELETE", f"{API_KEYS}/first")

    assert made["done"] is True
    assert len(text) > 20
    assert shown["response"]["displayName"] == "First"
    assert "keyString" not in shown["response"]
    assert cloud.get(f"{API_KEYS}/first")["deleteTime"]
    assert cloud.get(API_KEYS) == {}
    assert refused(cloud.call, "POST", f"{API_KEYS}?keyId=first", {})[0] == 409
    assert refused(cloud.call, "DELETE", f"{API_KEYS}/first")[0] == 400


def test_a_secret_keeps_numbered_versions(cloud):
    cloud.call("POST", f"{API_SECRETS}?secretId=s", {"replication": {"automatic": {}}})
    for word in (b"one", b"two"):
        data = base64.b64encode(word).decode()
        cloud.call("POST", f"{API_SECRETS}/s:addVersion", {"payload": {"data": data}})

    def access(version):
        data = cloud.get(f"{API_SECRETS}/s/versions/{version}:access")["payload"]["data"]
        return base64.b64decode(data)

    assert (access(1), access(2), access("latest")) == (b"one", b"two", b"two")
    assert "data" not in cloud.get(f"{API_SECRETS}/s/versions/1")
    cloud.call("POST", f"{API_SECRETS}/s/versions/1:disable")
    assert refused(access, 1)[0] == 412
    cloud.call("POST", f"{API_SECRETS}/s/versions/1:enable")
    cloud.call("POST", f"{API_SECRETS}/s/versions/1:destroy")
    assert refused(access, 1)[0] == 412
    assert refused(cloud.call, "POST", f"{API_SECRETS}/s/versions/1:enable")[0] == 412
    cloud.call("DELETE", f"{API_SECRETS}/s")
    assert refused(access, 2)[0] == 404


def test_a_stale_policy_is_aborted(cloud):
    path = "/crm/v1/projects/p"
    etag = cloud.call("POST", f"{path}:getIamPolicy", {})["etag"]
    binding = {"role": "roles/logging.logWriter", "members": ["user:a@example.com"]}
    policy = {"etag": etag, "bindings": [binding], "version": 3}

    written = cloud.call("POST", f"{path}:setIamPolicy", {"policy": policy})
    code, error = refused(cloud.call, "POST", f"{path}:setIamPolicy", {"policy": policy})

    assert written["etag"] != etag
    assert (code, error["status"]) == (409, "ABORTED")
    assert cloud.call("POST", f"{path}:getIamPolicy", {})["bindings"] == [binding]


@pytest.mark.parametrize(
    "policy",
    [
        None, [], {"bindings": {}}, {"bindings": [{}]}, {"bindings": [{"role": 1}]},
        {"bindings": [{"role": "r", "members": ["nobody"]}]},
        {"bindings": [{"role": "r", "members": "allUsers"}]},
    ],
)  # fmt: skip
def test_what_is_no_policy_is_refused(cloud, policy):
    assert (
        refused(cloud.call, "POST", "/crm/v1/projects/p:setIamPolicy", {"policy": policy})[0] == 400
    )


def test_a_recorded_resource_changes_where_the_mask_says(cloud):
    path = "/monitoring/v3/projects/p/alertPolicies"
    made = cloud.call("POST", path, {"displayName": "errors", "combiner": "OR"})

    one = f"/monitoring/v3/{made['name']}"
    cloud.call("PATCH", f"{one}?updateMask=displayName", {"displayName": "e", "combiner": "AND"})

    assert cloud.get(one)["displayName"] == "e"
    assert cloud.get(one)["combiner"] == "OR"
    cloud.call("DELETE", one)
    assert refused(cloud.get, one)[0] == 404


def test_what_is_not_there_says_which_method_is_missing(cloud):
    code, error = refused(cloud.call, "POST", "/storage/v1/b/a/o/b/compose", {})
    assert (code, error["errors"][0]["reason"]) == (400, "notImplemented")
    assert "POST /storage/v1/b/a/o/b/compose" in error["message"]
    assert refused(cloud.get, "/storage/v1/nothing")[0] == 400


RUNNER = {"User-Agent": "image-gallery-runner/1"}
ENGINE = {
    "User-Agent": "google-api-go-client/0.5 Pulumi/3.0 (https://www.pulumi.com) pulumi-gcp/v9"
}


class TestDriver:
    """The runner and the engine never manage the same local cloud."""

    def create(self, cloud, name, agent):
        return cloud.call("POST", "/storage/v1/b?project=p", {"name": name}, **agent)

    @pytest.mark.parametrize(
        ("first", "second", "word"), [(RUNNER, ENGINE, "runner"), (ENGINE, RUNNER, "engine")]
    )
    def test_whoever_made_it_manages_it(self, local_cloud, first, second, word):
        self.create(local_cloud, "one", first)

        assert local_cloud.state()["driver"] == word
        code, error = refused(self.create, local_cloud, "two", second)
        assert code == 400  # clients of Google take 409 and 412 for a reason to try again
        assert "destroy" in error["message"]
        assert local_cloud.call("GET", "/storage/v1/b/one", **second)["name"] == "one"

    def test_nobody_when_nothing_is_left(self, local_cloud):
        self.create(local_cloud, "one", RUNNER)
        path = f"{API_KEYS}?keyId=soft"
        local_cloud.call("POST", path, {}, **RUNNER)
        local_cloud.call("DELETE", "/storage/v1/b/one", **RUNNER)
        assert local_cloud.state()["driver"] == "runner"

        local_cloud.call("DELETE", f"{API_KEYS}/soft", **RUNNER)

        assert local_cloud.state()["driver"] is None
        self.create(local_cloud, "two", ENGINE)
        assert local_cloud.state()["driver"] == "engine"

    def test_photos_belong_to_neither(self, local_cloud):
        self.create(local_cloud, "one", RUNNER)
        bucket = local_cloud.storage_client().bucket("one")
        bucket.blob("a").upload_from_string(b"1")
        assert local_cloud.state()["objects"]["one"]["a"]["size"] == "1"


class TestFunction:
    """What surrounds a running function."""

    @pytest.fixture
    def url(self, local_cloud):
        upload(local_cloud, "one.zip", archive())
        secret = {"key": "SECRET", "projectId": "p", "secret": "s", "version": "1"}
        local_cloud.call("POST", f"{API_SECRETS}?secretId=s", {})
        data = base64.b64encode(b"hush").decode()
        local_cloud.call("POST", f"{API_SECRETS}/s:addVersion", {"payload": {"data": data}})
        made = deploy(local_cloud, secretEnvironmentVariables=[secret])
        return made["response"]["serviceConfig"]["uri"]

    def test_secrets_reach_it_and_a_missing_one_is_named(self, local_cloud, url):
        assert ask(url)["SECRET"] == "hush"
        wanted = {"key": "SECRET", "projectId": "p", "secret": "s", "version": "2"}
        failed = deploy(local_cloud, "other", secretEnvironmentVariables=[wanted])
        assert "secret s of SECRET" in failed["error"]["message"]

    def test_its_name_is_a_path_too(self, local_cloud, url):
        named = local_cloud.get(f"{PARENT}/functions/hello")["url"]
        assert ask(named)["version"] == ask(f"{named}/?a=b")["version"] == "one"

    def test_only_whom_a_written_policy_grants(self, local_cloud, url):
        service = "/run/v2/projects/local-project/locations/europe-west1/services/hello"
        everybody = {"bindings": [{"role": "roles/run.invoker", "members": ["allUsers"]}]}
        local_cloud.call("POST", f"{service}:setIamPolicy", {"policy": everybody})
        assert ask(url)["version"] == "one"

        local_cloud.call("POST", f"{service}:setIamPolicy", {"policy": {}})

        with pytest.raises(HTTPError, match="403") as forbidden:
            ask(url)
        forbidden.value.close()

    def test_a_deleted_one_is_gone(self, local_cloud, url):
        local_cloud.call("DELETE", f"{PARENT}/functions/hello")
        with pytest.raises(OSError, match="refused"):
            ask(url)
        assert refused(local_cloud.get, f"{PARENT}/functions/hello")[0] == 404


COLLECTIONS = (
    *rows.COLLECTIONS,
    *compute.COLLECTIONS,
    accounts.ACCOUNTS,
    secrets.SECRETS,
    keys.KEYS,
)


@pytest.mark.parametrize("collection", COLLECTIONS, ids=lambda collection: collection.api)
class TestCollection:
    """What every collection does, remembered or with more behaviour."""

    def path(self, collection):
        path = collection.path.replace("<project>", "collections")
        return re.sub("<.*?>", "europe-west1", path)

    def body(self, collection):
        """A first value of some field that the kind has, and a second."""
        names = ("displayName", "description", "labels")
        field = next(name for name in names if name in (collection.fields or "displayName"))
        values = ({"a": "b"}, {"a": "c"}) if field == "labels" else ("First", "Second")
        return [{field: value} for value in values]

    def create(self, cloud, collection, body):
        path, id_ = self.path(collection), collection.id_from
        if collection.wrapped:
            made = cloud.call("POST", path, {id_: "one", collection.wrapped: body})
        elif id_ == "name":
            made = cloud.call("POST", path, {"name": "one", **body})
        else:
            made = cloud.call("POST", f"{path}?{id_}=one" if id_ else path, body)
        if not id_ or collection.wrapped:
            return f"{path}/{made['name'].rpartition('/')[2]}"
        return f"{path}/one"

    def test_is_created_read_listed_changed_and_removed(self, cloud, collection):
        first, second = self.body(collection)
        one = self.create(cloud, collection, first)

        found = cloud.get(one)
        assert first.items() <= found.items()
        listed = cloud.get(self.path(collection))[collection.listed or collection.kind]
        assert [entry["name"] for entry in listed] == [found["name"]]
        verb = "PUT" if "update" in collection.verbs else "PATCH"
        if {"patch", "update"} & set(collection.verbs):
            body = {collection.wrapped: second} if collection.wrapped else second
            cloud.call(verb, one, body)
            assert second.items() <= cloud.get(one).items()
        if collection.id_from:
            assert refused(self.create, cloud, collection, first)[0] == 409

        cloud.call("DELETE", one)

        assert not cloud.get(self.path(collection)).keys() - {"kind"}
        if collection is not keys.KEYS:  # those are there still, and say since when they are not
            assert refused(cloud.get, one)[0] == 404
            assert refused(cloud.call, "DELETE", one)[0] == 404

    def test_has_its_policy(self, cloud, collection):
        if not collection.policy:
            return
        one = self.create(cloud, collection, {})

        def read():
            return cloud.call(collection.policy, f"{one}:getIamPolicy")

        binding = {"role": "roles/viewer", "members": ["user:a@example.com"]}
        policy = {"bindings": [binding], "etag": read()["etag"]}
        cloud.call("POST", f"{one}:setIamPolicy", {"policy": policy})

        assert read()["bindings"] == [binding]
        assert refused(cloud.call, "POST", f"{one}:setIamPolicy", {"policy": policy})[0] == 409
        asked = {"permissions": ["a.b.c"]}
        assert cloud.call("POST", f"{one}:testIamPermissions", asked) == asked
        cloud.call("DELETE", one)
        assert refused(read)[0] == 404

    def test_a_mask_is_obeyed_in_either_case_and_an_unknown_path_refused(self, cloud, collection):
        first, second = self.body(collection)
        if "patch" not in collection.verbs or collection is keys.KEYS:  # its name stays taken
            return
        one, field = self.create(cloud, collection, first), next(iter(second))
        snake = re.sub("([A-Z])", lambda letter: f"_{letter[1].lower()}", field)

        def change(mask):
            if collection.wrapped:
                return cloud.call("PATCH", one, {collection.wrapped: second, "updateMask": mask})
            return cloud.call("PATCH", f"{one}?updateMask={mask}", second)

        change(snake)

        assert cloud.get(one)[field] == second[field]
        assert not collection.fields or refused(change, "colour")[0] == 400
        cloud.call("DELETE", one)
