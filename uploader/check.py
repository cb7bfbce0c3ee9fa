"""Checks a gallery: metadata that the folder lacks, and objects that do not fit the catalog.

Changes nothing. What a sync mends is said so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uploader.sync.catalog import rendition_names
from uploader.sync.plan import is_valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uploader.folder.survey import Survey
    from uploader.sync.gallery import Gallery

__all__ = ["Finding", "examine_folder", "examine_gallery"]

Finding = dict[str, Any]
"""`what` is the kind of finding, `where` a path, an object or file:line, `do` what to do."""


def examine_folder(survey: Survey) -> Iterator[Finding]:
    """Photos without alt text or date, files that cannot be shown, captions to mend."""
    for photo in survey.photos:
        if not (photo.metadata.read_aloud or photo.metadata.decorative):
            yield _found("no alt text", photo.file.path, "Describe it: ./gallery captions")
        if not photo.metadata.date:
            yield _found("no date", photo.file.path, 'Add date: "2017-08" in captions.yaml')
    for path, reason in survey.unusable:
        yield _found("unusable", path, f"It {reason}.")
    for problem in survey.problems:
        where, _, text = problem.partition(": ")
        yield _found("captions", where, text)


def examine_gallery(gallery: Gallery) -> Iterator[Finding]:
    """Records without renditions, renditions without record, wrong headers."""
    named = {name for record in gallery.records for name in rendition_names(record)}
    for name in sorted(named - gallery.objects.keys()):
        yield _found("missing rendition", name, "A sync of its source sends it again.")
    for name in sorted(gallery.objects.keys() - named):
        yield _found("rendition without record", name, "A sync deletes it when it is a day old.")
    for name in gallery.foreign:
        yield _found("not of a gallery", name, "It is left alone.")
    for name in sorted(named & gallery.objects.keys()):
        if not is_valid(name, gallery.objects[name]):
            yield _found("wrong headers", name, "A sync of its source sends it again.")


def _found(what: str, where: str, do: str) -> Finding:
    return {"what": what, "where": where, "do": do}
