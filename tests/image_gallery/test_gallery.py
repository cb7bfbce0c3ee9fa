"""A gallery is a component as any other: twice in a program, with a provider, from elsewhere."""

import ast
import dataclasses
import inspect
import textwrap
from pathlib import Path

import pulumi
import pulumi_gcp as gcp
import pytest

from image_gallery import ImageGallery, ImageGalleryArgs
from tests.image_gallery.recording import ROOT, Recorder, of_type, run

MODULES = sorted((ROOT / "image_gallery").glob("*.py"))


def args(**others):
    return ImageGalleryArgs(project="p", **others)


def test_two_galleries_in_one_program_share_no_name():
    recorder = Recorder()

    def program():
        first = ImageGallery("first", args())
        second = ImageGallery("second", args(photos_dir="photos/outdoors", domain="b.example.com"))
        pulumi.export("urls", [first.site_url, second.site_url])

    outputs = run(recorder, "dev", program)

    urns = [resource.urn for resource in recorder.declared]
    assert len(urns) == len(set(urns))
    assert len(of_type(recorder, ":Function")) == 2
    assert len(recorder.hooks) == len(set(recorder.hooks)) == 8
    first, second = outputs["urls"][0]
    assert first.startswith("https://first-photos-")
    assert second == "https://b.example.com/site/index.html"


def test_every_resource_is_below_the_gallery():
    """So that the photos, their bucket and the site stand together in the tree."""
    recorder = Recorder()

    run(recorder, "dev", lambda: ImageGallery("g", args()))

    components = {c.urn: c.parent for kind in recorder.components.values() for c in kind}
    (gallery,) = [urn for urn in components if urn.endswith("ImageGallery::g")]
    for resource in recorder.declared:
        parents = [resource.parent]
        while parents[-1] in components:
            parents.append(components[parents[-1]])
        assert gallery in parents, resource.urn
    siblings = {r.parent for r in recorder.declared if r.type.endswith(":Photos")}
    assert siblings == {
        c.parent for kind in ("PhotoBucket", "Site") for c in recorder.components[kind]
    }


def test_options_reach_every_child():
    recorder = Recorder()
    seen = []

    def note(arguments):
        seen.append(arguments.name)

    def program():
        google = gcp.Provider("elsewhere", project="other")
        waited = gcp.storage.Bucket("waited-for", location="EU")
        options = pulumi.ResourceOptions(
            provider=google, depends_on=[waited], transformations=[note], protect=None
        )
        ImageGallery("g", args(alert_email="me@example.org", domain="b.example.com"), options)

    run(recorder, "dev", program)

    google = [r for r in recorder.declared if r.type.startswith("gcp:") and r.name != "waited-for"]
    assert len(google) > 50
    assert {r.provider.rpartition("::")[0].rpartition("::")[2] for r in google} == {"elsewhere"}
    assert {r.name for r in google} <= set(seen)
    (gallery,) = recorder.components["ImageGallery"]
    assert [urn.rpartition("::")[2] for urn in gallery.dependencies] == ["waited-for"]


def test_it_is_used_from_another_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    recorder = Recorder()

    run(recorder, "dev", lambda: ImageGallery("g", args(photos_dir="mine")))

    archive, *site = [
        o.inputs["source"]["path"]
        for o in of_type(recorder, ":BucketObject")
        if "source" in o.inputs
    ]
    assert all(Path(path).is_file() and not Path(path).is_absolute() for path in (archive, *site))


def test_wrong_arguments_declare_nothing():
    recorder = Recorder()

    with pytest.raises(pulumi.RunError, match=r"cpu is '3'.*\n.*location"):
        run(recorder, "dev", lambda: ImageGallery("g", args(cpu="3", location="Mars")))

    assert recorder.declared == []


COMPONENTS = [
    kind
    for kind in pulumi.ComponentResource.__subclasses__()
    if kind.__module__.startswith("image_gallery.")
]


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_component_has_name_args_and_options_and_says_what_it_creates(component):
    parameters = list(inspect.signature(component.__init__).parameters.values())

    assert [parameter.name for parameter in parameters] == ["self", "name", "args", "opts"]
    assert parameters[2].annotation.__dataclass_params__.frozen
    assert all(field.kw_only for field in dataclasses.fields(parameters[2].annotation))
    assert "Creates: " in component.__doc__


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_component_registers_the_outputs_that_it_annotates_last(component):
    (function,) = ast.parse(textwrap.dedent(inspect.getsource(component.__init__))).body
    last = function.body[-1].value

    assert last.func.attr == "register_outputs"
    registered = {key.value for key in last.args[0].keys}
    annotated = {
        first + "".join(word.capitalize() for word in others)
        for first, *others in (name.split("_") for name in inspect.get_annotations(component))
    }
    assert registered == annotated - {"dnsRecord"}


def test_functions_are_short():
    for path in MODULES:
        text = path.read_text()
        assert text.count("\n") <= 300, path.name
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno - node.lineno < 60, f"{path.name}: {node.name}"
