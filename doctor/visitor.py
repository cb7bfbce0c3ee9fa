"""A gallery as its visitors meet it: API, key, CORS, catalog and images, page and embed."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import requests

from doctor.findings import Finding, judge, ok, wrong
from doctor.stack import Stack

__all__ = ["visit"]

_STRANGER = "https://stranger.example"
_CONFIGURED = "const GALLERY_CONFIG = "
_SAMPLE = 20  # records whose renditions are asked for
_SECONDS = 15


def visit(stack: Stack) -> list[Finding]:
    """Return how the gallery is; where its bucket cannot be reached, that alone."""
    visitor = _Visitor(stack)
    findings: list[Finding] = []
    looks = (visitor.listing, visitor.api, visitor.key, visitor.cors, visitor.catalog, visitor.page)
    for look in looks:
        try:
            findings += look()
        except requests.RequestException as error:
            url = str(error.request.url if error.request else stack.base_url).split("?")[0]
            says = f"{url} does not answer ({type(error).__name__})"
            findings.append(wrong(look.__name__, says, stack.up))
            if look == visitor.listing:
                break
    return findings


class _Visitor:
    """One stack's addresses, and the session in which they are asked."""

    def __init__(self, stack: Stack) -> None:
        self._stack, self._session = stack, requests.Session()
        self._session.trust_env = not stack.is_local  # no proxy has a way to this machine
        self._api = str(stack.outputs["apiUrl"]).rstrip("/")

    def _get(self, url: str, **options: Any) -> requests.Response:
        """Ask once, follow no redirect; raises RequestException."""
        method = options.pop("method", "GET")
        options["headers"] = {"X-Gallery-Check": "1", **options.get("headers", {})}
        return self._session.request(
            method, url, timeout=_SECONDS, allow_redirects=False, **options
        )

    def _photo(self, key: str, origin: str = "") -> requests.Response:
        headers = {"Origin": origin} if origin else {}
        return self._get(f"{self._api}/?key={quote(key)}", headers=headers)

    def listing(self) -> Iterator[Finding]:
        """Whether strangers are kept from listing the bucket."""
        status = self._get(self._stack.base_url).status_code
        fault = f"strangers can list the bucket at {self._stack.base_url}" if status == 200 else ""
        do = "Take away every role of allUsers but Storage Legacy Object Reader."
        yield judge("listing", fault, do, "photos are readable by name, and nobody can list them")

    def api(self) -> Iterator[Finding]:
        """Whether it answers with a photo whose image is there."""
        stack, health = self._stack, self._get(f"{self._api}/health")
        if health.status_code != 200:
            yield wrong("api", f"/health answers {_why(health)}", stack.logs)
            return
        answer = self._photo(stack.outputs["apiKey"])
        if answer.status_code != 200:
            do = stack.up if answer.status_code in (401, 404) else stack.logs
            yield wrong("api", f"asked with the stack's key it answers {_why(answer)}", do)
            return
        src = answer.json()["src"]
        image = self._get(src, method="HEAD").status_code
        fault = "" if image == 200 else f"it names {src}, which answers {image}"
        yield judge("api", fault, stack.sync, f"{self._api} answers with a photo")

    def key(self) -> Iterator[Finding]:
        """Whether a wrong key and none are refused, where the settings say so."""
        if not self._stack.setting("requireApiKey"):
            yield ok("key", "none is asked for, as requireApiKey says")
            return
        without, with_wrong = (
            self._get(f"{self._api}/").status_code,
            self._photo("wrong").status_code,
        )
        fault = f"no key is answered {without}, a wrong one {with_wrong}; requireApiKey is true"
        is_fine = (without, with_wrong) == (401, 401)
        fine = "refused when wrong and when missing"
        yield judge("key", "" if is_fine else fault, self._stack.up, fine)

    def cors(self) -> Iterator[Finding]:
        """Whether pages of each allowed origin may read answers, and of no other."""
        stack, own = self._stack, "://".join(urlsplit(self._stack.base_url)[:2])
        for origin in (own, *stack.setting("allowedOrigins")):
            allowed, varies = self._allowed(origin)
            fault = "" if varies else f"answers to {origin} do not vary by Origin"
            if allowed != origin:
                fault = f"pages of {origin} cannot read answers (allowed: {allowed or 'nobody'})"
            yield judge("cors", fault, stack.up, f"pages of {origin} may read answers")
        allowed, _ = self._allowed(_STRANGER)
        fault = f"a page of {_STRANGER} may read answers ({allowed} is allowed)" if allowed else ""
        yield judge("cors", fault, stack.up, "pages of other sites may not")

    def _allowed(self, origin: str) -> tuple[str | None, bool]:
        headers = self._photo(self._stack.outputs["apiKey"], origin).headers
        varies = "origin" in headers.get("Vary", "").lower()
        return headers.get("Access-Control-Allow-Origin"), varies

    def catalog(self) -> Iterator[Finding]:
        """Whether the catalog is whole, and whether the images that it names are there."""
        stack, answer = self._stack, self._get(f"{self._stack.base_url}/catalog.jsonl")
        records: list[dict[str, Any]] = []
        try:
            answer.raise_for_status()
            head, *records = [json.loads(line) for line in answer.content.splitlines()]
            fault = _fault(head, records, stack.outputs["photoCount"])
        except requests.HTTPError:
            fault = f"it answers {answer.status_code}"
        except (ValueError, KeyError, TypeError) as error:
            fault = f"it cannot be read: {error!r}"
        yield judge("catalog", fault, stack.sync, f"{len(records)} photos, in order")
        if fault:
            return
        sample = records[:: max(1, len(records) // _SAMPLE)]
        urls = [f"{stack.base_url}/photos/{name}" for record in sample for name in _images(record)]
        missing = [url for url in urls if self._get(url, method="HEAD").status_code != 200]
        fault = f"{len(missing)} of {len(urls)} are not there: {missing[0]}" if missing else ""
        yield judge("renditions", fault, stack.sync, f"{len(urls)} asked for, all there")

    def page(self) -> Iterator[Finding]:
        """Whether page and embed are served, know this stack's API, and may be embedded."""
        stack, site = self._stack, f"{self._stack.base_url}/site"
        status = self._get(f"{site}/index.html").status_code
        fault = "" if status == 200 else f"it answers {status}"
        config = self._get(f"{site}/config.json")
        yield judge("page", fault or self._differs(config.text), stack.repair, f"{site}/index.html")
        script = self._get(f"{site}/embed.js", headers={"Origin": _STRANGER})
        fault = self._differs(script.text.split("\n", 1)[0].strip())
        if script.headers.get("Access-Control-Allow-Origin") != "*":
            fault = f"pages elsewhere may not load {site}/embed.js (CORS of the bucket)"
        yield judge("embed", fault, stack.repair, "it knows the API's address and key")

    def _differs(self, text: str) -> str:
        """Return how a published configuration differs from the stack, empty where it does not."""
        try:
            config = json.loads(text.removeprefix(_CONFIGURED).removesuffix(";"))
            wrong_ones = [n for n in ("apiUrl", "apiKey") if config[n] != self._stack.outputs[n]]
        except (ValueError, KeyError, TypeError):
            return "it comes without its configuration"
        return f"it has another {' and '.join(wrong_ones)} than the stack" if wrong_ones else ""


def _fault(head: dict[str, Any], records: list[dict[str, Any]], photo_count: int) -> str:
    """Return what is wrong with a catalog, empty where nothing is."""
    if head["count"] != len(records):
        return f"it says {head['count']} photos and holds {len(records)}"
    ids = [record["id"] for record in records]
    if ids != sorted(ids):
        return "its records are out of order"
    own = len({record["id"] for record in records if record["source"] == "stack"})
    return "" if own == photo_count else f"it holds {own} photos of the stack, not {photo_count}"


def _images(record: dict[str, Any]) -> Iterator[str]:
    stem = f"{record['recipe']}/{record['id']}"
    yield from (f"{stem}-{width}.webp" for width, _ in record["sizes"])
    if "jpeg" in record:
        yield f"{stem}-1200.jpg"


def _why(answer: requests.Response) -> str:
    try:
        return f"{answer.status_code} ({answer.json()['detail']})"
    except (ValueError, KeyError, TypeError):
        return str(answer.status_code)
