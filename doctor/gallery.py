"""A running gallery, asked as its visitors ask it: API, key, CORS, embed."""

import json
from typing import Any
from urllib.parse import quote, urlsplit

from doctor.findings import Finding, ok, wrong
from doctor.http import Answer, fetch
from doctor.stack import Stack

__all__ = ["api", "cors", "embed", "key"]

_STRANGER = "https://stranger.example"
_CONFIGURED = "const GALLERY_CONFIG = "


def api(stack: Stack) -> Finding:
    """Whether it answers with a photo whose image is there."""
    health = fetch(f"{_api(stack)}/health")
    if health.status != 200:
        return wrong("api", f"/health answers {_why(health)}", _logs(stack))
    answer = fetch(_with_key(stack, stack.outputs["apiKey"]))
    photo = answer.json()
    if answer.status != 200 or not isinstance(photo, dict):
        do = stack.up if answer.status in (401, 404) else _logs(stack)
        return wrong("api", f"asked with the stack's key it answers {_why(answer)}", do)
    image = fetch(photo["src"], method="HEAD")
    if image.status != 200:
        return wrong("api", f"it names {photo['src']}, which answers {image.status}", stack.sync)
    return ok("api", f"{_api(stack)} answers with a photo")


def key(stack: Stack) -> Finding:
    """Whether a wrong key and none are refused, where the settings say so."""
    refused = {
        how: fetch(url).status
        for how, url in (("no key", f"{_api(stack)}/"), ("a wrong key", _with_key(stack, "wrong")))
    }
    if not stack.setting("requireApiKey"):
        return ok("key", "none is asked for, as requireApiKey says")
    let_in = [f"{how} with {status}" for how, status in refused.items() if status != 401]
    if let_in:
        says = f"the API answers {' and '.join(let_in)}, and requireApiKey is true"
        return wrong("key", says, stack.up)
    return ok("key", "refused when wrong and when missing")


def cors(stack: Stack) -> list[Finding]:
    """Whether pages of each allowed origin may read answers, and of no other."""
    origins = [_origin(stack.base_url), *stack.setting("allowedOrigins")]
    findings = [_cors_of(stack, origin) for origin in origins]
    stranger = _asked_from(stack, _STRANGER).headers.get("Access-Control-Allow-Origin")
    if stranger:
        says = f"a page of {_STRANGER} may read answers (it is allowed {stranger})"
        findings.append(wrong("cors", says, stack.up))
    return findings


def _cors_of(stack: Stack, origin: str) -> Finding:
    answer = _asked_from(stack, origin)
    allowed = answer.headers.get("Access-Control-Allow-Origin")
    if allowed != origin:
        says = f"pages of {origin} cannot read answers (allowed: {allowed or 'nobody'})"
        return wrong("cors", says, stack.up)
    if "origin" not in answer.headers.get("Vary", "").lower():
        return wrong("cors", f"answers to {origin} do not vary by Origin", stack.up)
    return ok("cors", f"pages of {origin} may read answers")


def embed(stack: Stack) -> list[Finding]:
    """Whether page and embed are served, told where this stack's API is, and may be embedded."""
    site = f"{stack.base_url}/site"
    page = fetch(f"{site}/index.html")
    findings = [
        ok("page", f"{site}/index.html")
        if page.status == 200
        else wrong("page", f"{site}/index.html answers {page.status}", stack.repair)
    ]
    config = fetch(f"{site}/config.json")
    findings.append(_told(stack, "page", config.status, config.json()))
    script = fetch(f"{site}/embed.js", {"Origin": _STRANGER})
    findings.append(_told(stack, "embed", script.status, _config_of(script)))
    if script.headers.get("Access-Control-Allow-Origin") != "*":
        says = f"pages elsewhere may not load {site}/embed.js (CORS of the bucket)"
        findings.append(wrong("embed", says, stack.repair))
    return findings


def _told(stack: Stack, about: str, status: int, config: Any) -> Finding:
    wanted = {name: stack.outputs[name] for name in ("apiUrl", "apiKey")}
    if status != 200:
        return wrong(about, f"its configuration answers {status}", stack.repair)
    if not isinstance(config, dict):
        return wrong(about, "it comes without its configuration", stack.repair)
    differing = [name for name, value in wanted.items() if config.get(name) != value]
    if differing:
        return wrong(
            about, f"it has another {' and '.join(differing)} than the stack", stack.repair
        )
    return ok(about, "it knows the API's address and key")


def _config_of(script: Answer) -> Any:
    """Return the configuration at the head of the embed, None where there is none."""
    first = script.body.split(b"\n", 1)[0].decode(errors="replace").strip()
    if not first.startswith(_CONFIGURED):
        return None
    try:
        return json.loads(first.removeprefix(_CONFIGURED).removesuffix(";"))
    except ValueError:
        return None


def _api(stack: Stack) -> str:
    return str(stack.outputs["apiUrl"]).rstrip("/")


def _with_key(stack: Stack, value: str) -> str:
    return f"{_api(stack)}/?key={quote(value)}"


def _asked_from(stack: Stack, origin: str) -> Answer:
    return fetch(_with_key(stack, stack.outputs["apiKey"]), {"Origin": origin})


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _why(answer: Answer) -> str:
    problem = answer.json()
    detail = problem.get("detail") if isinstance(problem, dict) else None
    return f"{answer.status} ({detail})" if detail else str(answer.status)


def _logs(stack: Stack) -> str:
    if stack.is_local:
        return "python -m local logs"
    return "gcloud functions logs read --gen2 --region " + stack.region
