"""Whatever is sent, the answer is never the server's own failure."""

import http.client
import json
import re
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.cloud.application import METHODS

CALLED = [
    method for method in METHODS if not method.name.startswith(("local.", "cloudfunctions.call"))
]
TEXT = st.one_of(
    st.sampled_from(["photos", "a/b", "..", "", "é", "%", "a:b", "x" * 2000, "1", "-", "\0"]),
    st.text(max_size=20),
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXT),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            [
                "name", "iamConfiguration", "cors", "policy", "bindings", "role", "members", "etag",
                "payload", "data", "buildConfig", "serviceConfig", "source", "storageSource",
                "metadata", "contentType", "serviceIds", "accountId", "serviceAccount", "labels",
                "updateMask", "publicAccessPrevention", "origin", "entryPoint", "cacheControl",
            ]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip
QUERY = st.dictionaries(
    st.sampled_from(
        [
            "fields", "maxResults", "pageToken", "prefix", "delimiter", "startOffset", "endOffset",
            "ifGenerationMatch", "ifMetagenerationNotMatch", "generation", "uploadType", "name",
            "upload_id", "keyId", "secretId", "repository_id", "functionId", "updateMask", "alt",
            "filter",
        ]
    ),
    st.one_of(st.sampled_from(["media", "multipart", "resumable", "(", "a(b", "0"]), TEXT),
    max_size=4,
)  # fmt: skip
HEADERS = st.dictionaries(
    st.sampled_from(
        ["Content-Type", "Content-Range", "Range", "If-None-Match", "X-Goog-Hash", "Origin"]
    ),
    st.one_of(
        st.sampled_from(
            [
                "multipart/related; boundary=x", "multipart/related", "bytes 0-1/2", "bytes */*",
                "bytes=9-", "bytes=-", "crc32c=x", '"', "application/json; charset=none",
            ]
        ),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20),
    ),
    max_size=3,
)  # fmt: skip


@settings(
    max_examples=400,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # it keeps nothing per example
)
@given(st.sampled_from(CALLED), st.lists(TEXT, min_size=4, max_size=4), QUERY, HEADERS, JSON | TEXT)
def test_nonsense_is_never_a_failure_of_the_server(cloud, method, values, query, headers, body):
    values = iter(values)
    path = re.sub("<.*?>", lambda _: quote(next(values), safe=""), method.path)
    search = "&".join(f"{name}={quote(text)}" for name, text in query.items())
    data = body if isinstance(body, str) else json.dumps(body)
    verb = "POST" if method.verb == "*" else method.verb

    connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=20)
    connection.request(verb, f"{path}?{search}", data.encode(errors="replace"), headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()

    assert answer.status < 500 or answer.status == 501, (verb, path, search, data)
