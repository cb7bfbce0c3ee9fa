"""Makes a source's part of a gallery equal to a folder.

Renditions first, then the catalog that names them; removal the other way round.
At no moment does the catalog name what is not there. A run that was interrupted at any point is
mended by the next.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from uploader.errors import NotThere, PreconditionFailed, StorageError, Unusable
from uploader.parallel import each
from uploader.render.renditions import RECIPE, sizes_for
from uploader.sync.bucket import IN_FLIGHT
from uploader.sync.catalog import NAME, merge, parse_catalog, write_catalog
from uploader.sync.plan import (
    RENDITION_CACHE,
    RENDITION_TYPE,
    Plan,
    guard,
    is_sound,
    make_plan,
    rendition_name,
    rendition_names,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from uploader.folder.index import Index
    from uploader.folder.survey import Photo, Survey
    from uploader.render.pool import Pool
    from uploader.sync.bucket import Bucket, Listed
    from uploader.sync.catalog import Record

__all__ = ["Gallery", "Outcome", "Sync", "read_gallery", "remove_source"]

_CATALOG_TYPE, _CATALOG_CACHE = "application/jsonl", "no-cache"
_LEFT_BEHIND = 24 * 3600.0  # seconds; younger ones may belong to an upload that is under way
_CONFLICTS = 50  # times that the catalog is written anew because somebody else was quicker


@dataclass
class Gallery:
    """What is in the bucket.

    The catalog's records and generation, and the renditions by object name.
    """

    records: list[Record] = field(default_factory=list)
    generation: int = 0
    objects: dict[str, Listed] = field(default_factory=dict)


@dataclass
class Outcome:
    """What a sync did. `failed` are (path, reason).

    They were not sent, and the next run tries again.
    """

    plan: Plan
    photo_count: int = 0
    records: list[Record] = field(default_factory=list)
    files_sent: int = 0
    bytes_sent: int = 0
    unusable: list[tuple[str, str]] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)


def read_gallery(bucket: Bucket) -> Gallery:
    """Read a gallery: its catalog, then one listing. NotThere if the bucket is missing."""
    records, generation = _read_catalog(bucket)
    return Gallery(records, generation, bucket.list("photos/"))


def _read_catalog(bucket: Bucket) -> tuple[list[Record], int]:
    content, generation = bucket.read(NAME)
    return (parse_catalog(content) if generation else []), generation


class Sync:
    """One run: plan, and then carry out."""

    def __init__(self, bucket: Bucket, source: str, index: Index, pool: Pool) -> None:
        self._bucket = bucket
        self._source = source
        self._index = index
        self._pool = pool
        self._counting = threading.Lock()
        self._gallery = Gallery()
        self._made: dict[str, dict[str, Any]] = {}
        self._sure: set[str] = set()  # renditions that this run has sent or claimed

    def plan(self, survey: Survey) -> Plan:
        """Decide what to do about a folder; changes nothing."""
        self._gallery = read_gallery(self._bucket)
        self._made = self._known()
        plan = make_plan(
            self._bucket.name, self._source, survey, self._gallery.records, self._gallery.objects
        )
        unknown = (photo for photo in survey.photos if photo.id not in self._made)
        plan.missing.update({photo.id: photo for photo in unknown})
        return plan

    def carry_out(
        self,
        plan: Plan,
        remove_many: int | None = None,
        progress: Callable[[int], None] = lambda _bytes: None,
    ) -> Outcome:
        """Do as planned.

        RemovalRefused before anything is done; what cannot be sent is in the outcome.
        """
        guard(plan, remove_many)
        outcome = Outcome(plan, unusable=list(plan.survey.unusable))
        if plan.missing:
            self._send_all(plan, outcome, progress)
        self._index.withdrawing(self._bucket.name, (record["id"] for record in plan.removed))
        try:
            self._publish(plan, outcome)
            withdraw(self._bucket, self._gallery, self._index.withdrawn(self._bucket.name))
            self._index.forget_withdrawn(self._bucket.name)
        except StorageError as error:
            outcome.failed.append((NAME, str(error)))
        return outcome

    def _known(self) -> dict[str, dict[str, Any]]:
        """Sizes and placeholder of pictures that were rendered before, by id."""
        remembered = self._index.renditions(RECIPE)
        for record in self._gallery.records:
            if record["recipe"] == RECIPE and "placeholder" in record:
                remembered[record["id"]] = {"placeholder": record["placeholder"]}
        return remembered

    def _send_all(self, plan: Plan, outcome: Outcome, progress: Callable[[int], None]) -> None:
        def send(photo: Photo) -> None:
            self._made.pop(photo.id, None)
            try:
                sent = self._render_and_send(photo)
            except Unusable as error:
                if not error.passing:
                    self._index.learn_undecodable(photo.file.path, str(error))
                self._count(outcome.unusable, photo, error)
            except StorageError as error:
                self._count(outcome.failed, photo, error)
            else:
                with self._counting:
                    outcome.files_sent += len(sent)
                    outcome.bytes_sent += sum(sent)
                progress(sum(sent))

        try:
            each(plan.missing.values(), send, IN_FLIGHT)
        finally:
            self._index.save()
        outcome.unusable.sort()
        outcome.failed.sort()

    def _count(
        self, among: list[tuple[str, str]], photo: Photo, error: Unusable | StorageError
    ) -> None:
        with self._counting:
            among.append((photo.file.path, str(error)))

    def _render_and_send(self, photo: Photo) -> list[int]:
        """Render one photo and send what is not there yet; the sizes of what was sent, in bytes."""
        order = {"do": "render", "path": str(photo.file.location), "id": photo.id}
        words = {"credit": photo.words.credit, "license": photo.words.license}
        made, files = self._pool.ask(order | words)
        sent = []
        for (width, _), content in zip(sizes_for(*photo.size), files, strict=True):
            if self._send(rendition_name(photo.id, width), content):
                sent.append(len(content))
        self._made[photo.id] = known = {"placeholder": made["placeholder"]}
        self._index.learn_rendition(RECIPE, photo.id, known)
        return sent

    def _send(self, name: str, content: bytes) -> bool:
        there = self._gallery.objects.get(name)
        if there and is_sound(there):
            return False
        generation = there.generation if there else 0
        try:
            self._bucket.write(
                name, content, RENDITION_TYPE, RENDITION_CACHE, generation=generation
            )
        except PreconditionFailed:
            return False  # the same picture by somebody else, or an attempt whose answer was lost
        self._sure.add(name)
        return True

    def _publish(self, plan: Plan, outcome: Outcome) -> None:
        """Write the catalog with this source's records; again if somebody was quicker."""
        for _ in range(_CONFLICTS):
            own = self._records(plan)
            outcome.photo_count, outcome.records = len(own), own
            wanted = merge(self._gallery.records, self._source, own)
            content = write_catalog(wanted)
            if self._gallery.generation and content == write_catalog(self._gallery.records):
                return
            if lost := self._claim(own):
                self._send_again(plan, outcome, lost)
                continue
            try:
                self._write_catalog(content)
            except PreconditionFailed:
                self._gallery.records, self._gallery.generation = _read_catalog(self._bucket)
            else:
                self._gallery.records = wanted
                return
        raise StorageError(f"{NAME} was written by others {_CONFLICTS} times. Run it again.")

    def _write_catalog(self, content: bytes) -> None:
        write = self._bucket.write
        write(NAME, content, _CATALOG_TYPE, _CATALOG_CACHE, generation=self._gallery.generation)

    def _claim(self, own: list[Record]) -> set[str]:
        """Make sure of renditions that are there, but that no record protects from deletion.

        Somebody may have withdrawn the same picture just now. The answer are the ids that are lost.
        """
        named = {name for record in self._gallery.records for name in rendition_names(record)}
        relied_on = {name for record in own for name in rendition_names(record)}
        lost: set[str] = set()

        def claim(name: str) -> None:
            try:
                self._bucket.claim(name, RENDITION_CACHE)
            except NotThere:
                self._gallery.objects.pop(name, None)
                lost.add(_id_of(name))
            else:
                self._sure.add(name)

        each(relied_on - named - self._sure, claim, IN_FLIGHT)
        return lost

    def _send_again(self, plan: Plan, outcome: Outcome, lost: set[str]) -> None:
        plan.missing = {photo.id: photo for photo in plan.survey.photos if photo.id in lost}
        self._send_all(plan, outcome, lambda _bytes: None)

    def _records(self, plan: Plan) -> list[Record]:
        """This source's records.

        Of photos that are sent, new words; of those that failed, what was there before.
        """
        before = {r["id"]: r for r in self._gallery.records if r["source"] == self._source}
        records = [
            self._record(photo) if photo.id in self._made else before.get(photo.id)
            for photo in plan.survey.photos
        ]
        if plan.survey.partial:
            hidden = {photo.id for photo in plan.survey.hidden}
            shown = {photo.id for photo in plan.survey.photos}
            records += [r for id_, r in before.items() if id_ not in hidden | shown]
        return [record for record in records if record]

    def _record(self, photo: Photo) -> Record:
        sizes = [list(size) for size in sizes_for(*photo.size)]
        record = {"id": photo.id, "source": self._source, "recipe": RECIPE, "sizes": sizes}
        return record | words_of(photo) | {"placeholder": self._made[photo.id]["placeholder"]}


def withdraw(bucket: Bucket, gallery: Gallery, ids: Iterable[str]) -> None:
    """Delete renditions of some pictures, and those left behind a day ago, that no record names."""
    named = {name for record in gallery.records for name in rendition_names(record)}
    gone = set(ids)
    unnamed = {name: there for name, there in gallery.objects.items() if name not in named}
    names = [n for n, there in unnamed.items() if _id_of(n) in gone or there.age > _LEFT_BEHIND]
    each(names, lambda name: bucket.remove(name, gallery.objects[name]), IN_FLIGHT)


def _id_of(name: str) -> str:
    return name.rsplit("/", 1)[-1].split("-", 1)[0]


def remove_source(bucket: Bucket, source: str, ids: Iterable[str]) -> None:
    """Take a source's photos out, and the renditions of these ids that nobody else shows."""
    for _ in range(_CONFLICTS):
        gallery = read_gallery(bucket)
        own = {record["id"] for record in gallery.records if record["source"] == source}
        gallery.records = merge(gallery.records, source, [])
        content = write_catalog(gallery.records)
        try:
            if own:
                generation = gallery.generation
                bucket.write(NAME, content, _CATALOG_TYPE, _CATALOG_CACHE, generation=generation)
        except PreconditionFailed:
            continue
        withdraw(bucket, gallery, own.union(ids))
        return
    raise StorageError(f"{NAME} was written by others {_CONFLICTS} times. Run it again.")
