"""What the pages say of files, links, limits and prices is so."""

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

from tests.docs.blocks import BLOCKS, PAGES, ROOT, prose_of
from tests.image_gallery.recording import SHIPPED

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
MARKERS = {"", "Google", "engine", "yours"}


def name(page):
    return page.relative_to(ROOT).as_posix()


def anchors(page):
    """Every heading of a page as GitHub links to it."""
    found = set()
    for heading in re.findall(r"^#+ (.*)$", prose_of(page), re.MULTILINE):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        found.add(re.sub(r"[^\w\- ]", "", text).replace(" ", "-"))
    return found


def broken_links(page):
    """Links of a page into this checkout that lead nowhere."""
    for target in LINK.findall(prose_of(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / unquote(path)).resolve() if path else page
        if not linked.exists() or (anchor and anchor not in anchors(linked)):
            yield target


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page):
    assert list(broken_links(page)) == []


def test_a_broken_link_would_be_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# One\n[a](b.md) [c](#one) [d](#two) [e](https://example.org)\n")

    assert list(broken_links(page)) == ["b.md", "#two"]


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 120


def test_every_decision_fits_on_a_screen_and_is_listed():
    decisions = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
    index = (ROOT / "docs" / "adr" / "README.md").read_text()

    assert len(decisions) >= 18
    for decision in decisions:
        text = decision.read_text()
        assert len(text.splitlines()) <= 40, decision.name
        assert f"]({decision.name})" in index
        assert "## Discarded" in text or "## Why" in text, decision.name
        assert "## What it would take to change" in text, decision.name


def recipes():
    """Each "where to change what" recipe: its title, and the paths that it names."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    section = text.partition("## Where to change what")[2].partition("\n## ")[0]
    for part in section.split("\n### ")[1:]:
        title, _, body = part.partition("\n")
        paths = re.findall(r"`([\w./*-]+(?:/|\.\w+)|Makefile)`", body)
        yield title, [path for path in paths if "/" in path or Path(path).suffix in _FILES]


_FILES = {".py", ".yaml", ".json", ".md", ".ts", ".tsx", ""}


@pytest.mark.parametrize(("title", "paths"), list(recipes()), ids=lambda value: str(value)[:40])
def test_every_recipe_names_files_that_exist(title, paths):
    assert paths, title
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_page_names_of_the_rooms_are_all_there():
    rooms = {
        path.parent.name for path in ROOT.glob("*/__init__.py") if path.parent.name != "tests"
    } | {"function", "web", "site", "tests"}
    table = (ROOT / "docs" / "architecture.md").read_text().partition("## The way of")[0]

    assert {room for room in rooms if f"`{room}/`" not in table} == set()


def test_every_parameter_of_the_api_has_its_line():
    document = json.loads((ROOT / "function" / "gallery_api" / "openapi.json").read_text())
    said = (ROOT / "docs" / "api.md").read_text()

    assert missing_from(said, document) == []


def missing_from(text, document):
    """Paths and parameters of an OpenAPI document that a page does not name in code."""
    parameters = {
        parameter["name"]
        for path in document["paths"].values()
        for operation in path.values()
        for parameter in operation.get("parameters", [])
        if parameter.get("in") == "query"
    } | {
        parameter["name"]
        for parameter in document.get("components", {}).get("parameters", {}).values()
        if parameter["in"] == "query"
    }
    paths = [re.sub(r"\{(\w+)\}", r"<\1>", path) for path in document["paths"]]
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    code = " ".join(re.findall(r"`([^`]+)`", prose))
    return sorted(
        [p for p in parameters if not re.search(rf"(?<![\w]){p}=", code)]
        + [p for p in paths if p not in code]
    )


def test_a_parameter_without_its_line_would_be_found():
    parameter = {"name": "mood", "in": "query"}
    document = {"paths": {"/": {"get": {"parameters": [parameter]}}, "/moods/{id}": {}}}

    assert missing_from("`GET /` `?count=k`", document) == ["/moods/<id>", "mood"]
    assert missing_from("`GET /` `?mood=m` `GET /moods/<id>`", document) == []


def test_every_output_stands_in_the_readme_or_its_table():
    said = (ROOT / "docs" / "configuration.md").read_text().partition("## Outputs")[2]
    exported = re.findall(r'pulumi\.export\("(\w+)"', (ROOT / "__main__.py").read_text())

    assert exported
    assert [output for output in exported if f"| `{output}` |" not in said] == []


def test_blocks_are_marked_as_the_tests_know_them():
    assert {block.marker for block in BLOCKS} <= MARKERS
    assert {block.language for block in BLOCKS} - {""} <= {
        "console", "css", "html", "js", "json", "sh", "text", "tsx", "yaml",
    }  # fmt: skip


def test_what_wants_google_says_so():
    wanting = re.compile(r"^\s*(gcloud|pulumi) ", re.MULTILINE)

    unmarked = [
        f"{block.page}:{block.line}"
        for block in BLOCKS
        if block.language == "sh" and wanting.search(block.text) and not block.marker
    ]
    assert unmarked == []


def test_make_targets_and_modules_that_are_named_exist():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    for page in PAGES:
        text = page.read_text()
        for target in re.findall(r"(?:`|^)make ([a-z][a-z-]*)", text, re.MULTILINE):
            assert target in targets, f"{page.name}: make {target}"
        for module in re.findall(r"python -m (\w+)", text):
            assert (ROOT / module).is_dir(), f"{page.name}: python -m {module}"


def test_the_worst_month_is_computed_from_the_settings():
    """$ a vCPU-second and a GiB-second, 730 hours: the table of docs/costs-and-threats.md."""
    defaults = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    said = (ROOT / "docs" / "costs-and-threats.md").read_text()
    memory = int(defaults["memory"]["default"].removesuffix("Mi")) / 1024
    second = float(defaults["cpu"]["default"]) * 0.000024 + memory * 0.0000025
    for stack in ("dev", "prod"):
        instances = SHIPPED[stack].get("maxInstances", defaults["maxInstances"]["default"])
        worst = round(instances * 730 * 3600 * second)
        assert f"| {stack} | {instances} | ${worst} |" in said
    assert f"at most ${worst} a month" in (ROOT / "README.md").read_text().replace("\n", " ")


def test_settings_named_in_the_pages_exist():
    settings = set(yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"])
    for page in PAGES:
        text = page.read_text()
        for key in re.findall(r"pulumi config (?:set|rm) (?:--path ')?([A-Za-z]+)(?:\[|\s)", text):
            assert key in settings | {"gcp", "KEY"}, f"{page.name}: {key}"


def test_what_was_found_by_others_is_not_told_here():
    """Pages speak of the project alone: no machine's paths, nothing shaped like a key."""
    for page in PAGES:
        assert not re.search(r"(?<!\w)/(root|home/\w|opt|work)/|AIza", page.read_text()), page.name


def test_the_captions_page_keeps_clear_of_the_local_cloud():
    """Functions take the ports above the local cloud's, and the README runs both at once."""
    said = (ROOT / "docs" / "commands.md").read_text()
    captions = int(re.search(r"--port <int>\s+On this machine\.\s+\[default: (\d+)\]", said)[1])
    stack = (ROOT / "Pulumi.local.yaml").read_text()
    cloud = int(re.search(r"storageCustomEndpoint: http://127.0.0.1:(\d+)/", stack)[1])

    assert not cloud <= captions < cloud + 100


def test_actions_are_pinned_by_commit():
    workflows = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    used = [
        line.strip()
        for workflow in workflows
        for line in workflow.read_text().splitlines()
        if "uses:" in line
    ]

    assert used
    assert [
        u for u in used if not re.fullmatch(r"- uses: [\w./-]+@[0-9a-f]{40} # v[\d.]+", u)
    ] == []
    for workflow in workflows:
        assert yaml.safe_load(workflow.read_text())["permissions"] == {"contents": "read"}
