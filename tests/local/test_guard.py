"""Nobody but the owner is let in: no web page of another site, and no other user of the machine."""

import base64
import http.client
import json
import re
import socket
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError

import pytest

from local.cloud import server
from local.cloud.application import METHODS
from local.cloud.errors import ServeError
from local.cloud.guard import new_token, proof_of, token_of
from tests.local.archives import PARENT, archive, declaration, deploy, upload

MADE = '{"name": "evil"}'
FUNCTION = json.dumps(
    {
        "buildConfig": {
            "entryPoint": "choose",
            "source": {"storageSource": {"bucket": "evil", "object": "x.zip"}},
        }
    }
)
ATTACKS = "{byFetch, bySimpleFetch, byForm, read}"
UPLOAD = "/upload/storage/v1/b/evil/o?uploadType=media&name=x.zip"
DEPLOY = f"{PARENT}/functions?functionId=evil"
SCRIPT = """
const cloud = 'CLOUD', zip = Uint8Array.from(atob('ZIP'), letter => letter.charCodeAt(0));
const steps = [['/storage/v1/b', MADE], ['UPLOAD', zip], ['DEPLOY', FUNCTION]];
async function byFetch() {
  for (const [path, body] of steps)
    await fetch(cloud + path, {method: 'POST', mode: 'no-cors', body: new Blob([body])});
}
async function bySimpleFetch() {
  for (const [path, body] of steps)
    await fetch(cloud + path, {method: 'POST', mode: 'no-cors', body: body});
}
async function read() {
  try { return await (await fetch(cloud + '/storage/v1/b?project=p')).text() } catch { return '' }
}
async function byForm(kind) {
  for (const [path, body] of steps) {
    const frame = document.createElement('iframe'), form = document.createElement('form');
    frame.name = 'to' + Math.random();
    document.body.append(frame);
    Object.assign(form, {method: 'POST', enctype: kind, action: cloud + path, target: frame.name});
    const input = document.createElement('input');
    if (kind == 'text/plain') {
      const text = typeof body == 'string' ? body : '{}';
      input.name = text.slice(0, -1) + ',"x":"'; input.value = '"}';
    } else {
      input.type = 'file'; input.name = 'f';
      const files = new DataTransfer();
      files.items.add(new File([body], 'x'));
      input.files = files.files;
    }
    form.append(input); document.body.append(form);
    const ended = new Promise(done => frame.addEventListener('load', done, {once: false}));
    form.submit();
    await ended;
  }
}
"""


@pytest.fixture(scope="module")
def elsewhere():
    """A site of another origin that holds one empty page."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>A recipe blog</title><body>")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def script(cloud):
    values = {
        "CLOUD": cloud.url, "ZIP": base64.b64encode(archive()).decode(), "UPLOAD": UPLOAD,
        "DEPLOY": DEPLOY, "MADE": json.dumps(MADE), "FUNCTION": json.dumps(FUNCTION),
    }  # fmt: skip
    text = SCRIPT
    for name, value in values.items():
        text = text.replace(name, value)
    return text


def kept(cloud):
    """All that an attack could have made."""
    state = cloud.state()
    return state["buckets"], state["objects"], state["resources"], state["policies"]


NOTHING = ({}, {}, {}, {})


class TestBrowser:
    """A page of another site, in Chromium."""

    @pytest.fixture
    def page(self, browser, elsewhere, local_cloud):
        page = browser.new_page()
        page.goto(elsewhere)
        page.evaluate(
            script(local_cloud) + "; Object.assign(window, {byFetch, bySimpleFetch, byForm, read})"
        )
        yield page
        page.close()

    @pytest.mark.parametrize(
        "attack",
        ["byFetch()", "bySimpleFetch()", "byForm('text/plain')", "byForm('multipart/form-data')"],
    )
    def test_makes_nothing(self, page, local_cloud, attack):
        local_cloud.call("POST", "/storage/v1/b", json.loads(MADE))
        local_cloud.reset_calls()

        page.evaluate(attack)

        assert sum(local_cloud.calls().values()) == 3  # it did arrive
        _, objects, resources, policies = kept(local_cloud)
        assert (objects, resources, policies) == ({"evil": {}}, {}, {})

    def test_reads_nothing(self, page, local_cloud):
        local_cloud.call("POST", "/storage/v1/b?project=p", {"name": "mine"})

        assert page.evaluate("read()") == ""

    def test_a_name_bound_to_this_machine_makes_and_reads_nothing(self, browser, local_cloud):
        """DNS rebinding: to the browser the local cloud is of the attacker's own origin."""
        own = f"http://rebound.example:{local_cloud.port}"
        other = browser.browser_type.launch(
            executable_path="/usr/bin/chromium",
            args=["--host-resolver-rules=MAP rebound.example 127.0.0.1"],
        )
        page = other.new_page()
        page.goto(own)

        said = page.evaluate(
            """async () => {
              const headers = {'Content-Type': 'application/json'};
              const made = await fetch('/storage/v1/b', {method: 'POST', headers, body: MADE});
              return [made.status, (await fetch('/_local/status')).status]
            }""".replace("MADE", json.dumps(MADE))
        )
        other.close()

        assert said == [403, 403]
        assert kept(local_cloud) == NOTHING


def test_the_same_steps_with_the_token_run_code(local_cloud):
    """So the attacks above fail for want of it, and of nothing else."""
    local_cloud.call("POST", "/storage/v1/b", json.loads(MADE))
    own = {"Authorization": f"Bearer {local_cloud.token}", "Content-Type": "application/zip"}
    request = urllib.request.Request(local_cloud.url + UPLOAD, archive(), own)
    urllib.request.urlopen(request).close()
    local_cloud.call("POST", DEPLOY, json.loads(FUNCTION))

    assert any(name.endswith("functions/evil") for name in local_cloud.state()["resources"])


def answer(port, method, path, body=None, **headers):
    """Status of one request with exactly these headers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, text in headers.items():
        connection.putheader(name.replace("_", "-"), text)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "", "[::1]:{port}"])
def test_another_host_is_refused(local_cloud, host):
    port = local_cloud.port

    assert answer(port, "GET", "/storage/v1/b", Host=host.format(port=port)) in (400, 403)
    assert answer(port, "GET", "/storage/v1/b", Host=f"localhost:{port}") == 200


def test_another_host_is_refused_on_a_functions_port(local_cloud):
    upload(local_cloud, "one.zip", archive())
    url = deploy(local_cloud)["response"]["serviceConfig"]["uri"]
    port = int(url.rpartition(":")[2])

    assert answer(port, "GET", "/", Host="evil.example") == 403
    assert answer(port, "GET", "/", Host=f"localhost:{port}") == 200


@pytest.mark.parametrize("header", [{"Origin": "null"}, {"Origin": "http://localhost:1"},
                                    {"Sec_Fetch_Site": "cross-site"},
                                    {"Sec_Fetch_Site": "same-site"}])  # fmt: skip
def test_other_sites_read_what_is_public_and_no_more(local_cloud, header):
    bucket = local_cloud.storage_client().create_bucket("public")
    bucket.blob("a").upload_from_string(b"1")
    policy = bucket.get_iam_policy(requested_policy_version=3)
    policy.bindings.append({"role": "roles/storage.objectViewer", "members": {"allUsers"}})
    bucket.set_iam_policy(policy)

    assert answer(local_cloud.port, "GET", "/public/a", **header) == 200
    for path in ("/storage/v1/b", "/storage/v1/b/public/o/a?alt=media", "/_local/status"):
        assert answer(local_cloud.port, "GET", path, **header) == 403


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", "",
                                  "application/x-www-form-urlencoded"])  # fmt: skip
def test_what_a_form_could_send_reaches_no_method(local_cloud, kind):
    """Also where a browser were to leave the origin out."""
    port, json_type = local_cloud.port, {"Content_Type": "application/json"}

    assert answer(port, "POST", "/storage/v1/b", MADE.encode(), Content_Type=kind) == 403
    assert answer(port, "POST", "/storage/v1/b", MADE.encode(), **json_type) == 200


PRIVATE = [method for method in METHODS if method.access == "private"]


def test_what_runs_code_or_reads_secrets_is_private():
    services = ("cloudfunctions.projects", "run", "secretmanager", "apikeys.projects", "local")
    named = {m.name for m in METHODS if m.name.startswith(services)} - {"local.status"}

    assert {method.name for method in PRIVATE} >= named - {
        "cloudfunctions.projects.locations.operations.get"
    }


def test_another_user_of_the_machine_is_refused(local_cloud):
    for method in PRIVATE:
        path = re.sub("<.*?>", "x", method.path)
        for sent in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer "}):
            assert answer(local_cloud.port, method.verb, path, **sent) == 401, method.name


def test_the_token_and_all_that_is_kept_are_the_owners_alone(local_cloud):
    assert (local_cloud.state_dir / "token").stat().st_mode & 0o777 == 0o600
    assert len(local_cloud.token) >= 32


def test_the_state_folder_is_the_owners_alone(tmp_path):
    first = new_token(tmp_path / "state")

    assert token_of(tmp_path / "state") == first
    assert new_token(tmp_path / "state") != first
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700


def test_a_function_is_called_by_anybody(local_cloud):
    upload(local_cloud, "one.zip", archive())
    url = deploy(local_cloud)["response"]["serviceConfig"]["uri"]
    request = urllib.request.Request(url, headers={"Origin": "https://blog.example"})

    with urllib.request.urlopen(request) as answered:
        assert json.loads(answered.read())["version"] == "one"


def test_a_deployment_without_the_token_is_refused(local_cloud):
    body, kind = json.dumps(declaration("one.zip")).encode(), {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{local_cloud.url}{DEPLOY}", body, kind)

    with pytest.raises(HTTPError, match="401") as refused:
        urllib.request.urlopen(request)
    refused.value.close()


def test_whoever_took_the_port_gets_no_token(tmp_path):
    """127.0.0.1 belongs to all users: the server proves itself before it is sent anything."""
    new_token(tmp_path)
    received = []
    with socket.create_server(("127.0.0.1", 0)) as squatter:
        url = f"http://127.0.0.1:{squatter.getsockname()[1]}"
        body = json.dumps(
            {"pid": 1, "url": url, "state": str(tmp_path), "driver": None, "proof": "0" * 64}
        )
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"

        def serve():
            for _ in range(2):
                connection, _address = squatter.accept()
                with connection:
                    received.append(connection.recv(10_000))
                    connection.sendall(f"{head}\r\nConnection: close\r\n\r\n{body}".encode())

        thread = threading.Thread(target=serve)
        thread.start()
        (tmp_path / "server.json").write_text(json.dumps({"pid": 1, "url": url}))
        found = server.probe(url, tmp_path)
        with pytest.raises(ServeError, match="No gallery runs here"):
            server.fetch(tmp_path, "/_local/logs")
        thread.join(10)

    assert not found.ours
    assert token_of(tmp_path).encode() not in b"".join(received)
    assert b"Authorization" not in b"".join(received)


def test_a_proof_is_good_for_one_port_and_one_challenge():
    """Else a stranger could pass the challenge on to the real server."""
    proofs = {proof_of("t", port, challenge) for port in (1, 2) for challenge in ("a", "b")}

    assert len(proofs) == 4


@pytest.mark.parametrize("lost", ["server.json", "token"])
def test_a_server_whose_folder_is_no_longer_its_own_ends(local_cloud, lost):
    (local_cloud.state_dir / lost).unlink()

    assert local_cloud.process.wait(30) == 0
