"""Makes a source's part of a gallery equal to a folder.

Renditions first, then the catalog that names them; removal the other way round.
At no moment does the catalog name what is not there. A run that was interrupted at any point is
mended by the next.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from uploader.errors import NotThere, PreconditionFailed, StorageError
from uploader.parallel import attempt_all, run_all
from uploader.render.credit import credit_digest, exif_of_credit, with_exif
from uploader.render.renditions import RECIPE
from uploader.sync.bucket import IN_FLIGHT
from uploader.sync.catalog import (
    NAME,
    days_added,
    id_of,
    merge,
    names_for,
    record_of,
    rendition_names,
    write_catalog,
)
from uploader.sync.gallery import (
    CONFLICTS,
    Gallery,
    read_catalog,
    read_gallery,
    withdraw,
    write_catalog_object,
)
from uploader.sync.plan import (
    RENDITION_CACHE,
    TYPES,
    Plan,
    guard,
    is_valid,
    make_plan,
    to_delete,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from uploader.errors import Unusable
    from uploader.folder.index import Index
    from uploader.folder.survey import Photo, Survey
    from uploader.render.pool import Pool
    from uploader.sync.bucket import Bucket
    from uploader.sync.catalog import Record

__all__ = ["Outcome", "Sync"]


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
    troubled: list[str] = field(default_factory=list)
    """Paths of what is unusable now, and perhaps not at the next run."""


class Sync:
    """One run: plan, and then carry out."""

    def __init__(self, bucket: Bucket, source: str, index: Index, pool: Pool) -> None:
        self._bucket = bucket
        self._source = source
        self._index = index
        self._pool = pool
        self._counting = threading.Lock()
        self._gallery = Gallery()
        self._placeholders: dict[str, str] = {}
        self._verified: set[str] = set()  # renditions that this run has sent or touched

    def plan(self, survey: Survey) -> Plan:
        """Decide what to do about a folder; changes nothing."""
        self._gallery = read_gallery(self._bucket)
        self._placeholders = self._known()
        withdrawn = self._index.withdrawn(self._bucket.name)
        plan = make_plan(self._bucket.name, self._source, survey, self._gallery, withdrawn)
        unknown = (photo for photo in survey.photos if photo.id not in self._placeholders)
        plan.missing.update({photo.id: photo for photo in unknown})
        return plan

    def remember_source(self) -> None:
        """Take the folder for the same source of this bucket from now on."""
        self._index.learn_source(self._bucket.name, self._source)

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
        self._send_all(plan.missing, outcome, progress)
        self._recredit_all(plan.recredited, outcome)
        self._index.withdrawing(self._bucket.name, (record["id"] for record in plan.removed))
        try:
            self._publish(plan, outcome)
            withdraw(self._bucket, self._gallery, self._index.withdrawn(self._bucket.name))
            self._index.forget_withdrawn(self._bucket.name)
            self._index.learn_hidden(photo.id for photo in plan.survey.hidden)
        except StorageError as error:
            outcome.failed.append((NAME, str(error)))
        outcome.unusable.sort()
        outcome.failed.sort()
        return outcome

    def _known(self) -> dict[str, str]:
        """Placeholders of pictures that were rendered before, by id."""
        known = self._index.placeholders(RECIPE)
        for record in self._gallery.records:
            if record["recipe"] == RECIPE and "placeholder" in record:
                known[record["id"]] = record["placeholder"]
        return known

    def _send_all(
        self, photos: dict[str, Photo], outcome: Outcome, progress: Callable[[int], None]
    ) -> None:
        def send(photo: Photo) -> None:
            self._placeholders.pop(photo.id, None)
            try:
                progress(self._count(outcome, self._render_and_send(photo)))
            except StorageError as error:
                outcome.failed.append((photo.file.path, str(error)))

        def give_up(photo: Photo, error: Unusable) -> None:
            path = photo.file.path
            if error.transient:
                self._index.learn_trouble(path)
                outcome.troubled.append(path)
            else:
                self._index.learn_undecodable(path, str(error))
            outcome.unusable.append((path, str(error)))

        troubled = self._index.troubled() if photos else set()
        attempt_all(
            send, photos.values(), IN_FLIGHT, give_up, lambda photo: photo.file.path in troubled
        )

    def _count(self, outcome: Outcome, sent: list[int]) -> int:
        with self._counting:
            outcome.files_sent += len(sent)
            outcome.bytes_sent += sum(sent)
        return sum(sent)

    def _render_and_send(self, photo: Photo) -> list[int]:
        """Render one photo and send what is not there yet; the sizes of what was sent, in bytes."""
        made = self._pool.render(photo.file.location, photo.id, photo.size)
        credit, license_ = photo.metadata.credit, photo.metadata.license
        exif, digest = exif_of_credit(credit, license_), credit_digest(credit, license_)
        sent = []
        for name, content in zip(names_for(photo), [*made.files, made.jpeg], strict=True):
            there = self._gallery.objects.get(name)
            if there and is_valid(name, there) and there.credit == digest:
                continue
            credited = with_exif(content, exif)
            if self._send(name, credited, there.generation if there else 0, digest):
                sent.append(len(credited))
        self._placeholders[photo.id] = made.placeholder
        self._index.learn_rendition(RECIPE, photo.id, photo.file.path, made.placeholder)
        return sent

    def _send(self, name: str, content: bytes, generation: int, credit: str) -> bool:
        kind = TYPES[name[name.rfind(".") :]]
        try:
            self._bucket.write(
                name, content, kind, RENDITION_CACHE, generation=generation, credit=credit
            )
        except PreconditionFailed:
            return False  # the same picture by somebody else, or an attempt whose answer was lost
        self._verified.add(name)
        return True

    def _recredit_all(self, photos: dict[str, Photo], outcome: Outcome) -> None:
        """Put another credit into files that are there; the pictures stay as they are."""

        def recredit(photo: Photo) -> None:
            credit, license_ = photo.metadata.credit, photo.metadata.license
            exif, digest = exif_of_credit(credit, license_), credit_digest(credit, license_)
            sent = []
            try:
                for name in names_for(photo):
                    content, generation = self._bucket.read(name)
                    changed = with_exif(content, exif) if generation else b""
                    if generation and self._send(name, changed, generation, digest):
                        sent.append(len(changed))
            except StorageError as error:
                outcome.failed.append((photo.file.path, str(error)))
            self._count(outcome, sent)

        run_all(recredit, photos.values(), IN_FLIGHT)

    def _publish(self, plan: Plan, outcome: Outcome) -> None:
        """Write the catalog with this source's records; again if somebody was quicker."""
        for _ in range(CONFLICTS):
            own = self._records(plan)
            outcome.photo_count, outcome.records = len(own), own
            wanted = merge(self._gallery.records, self._source, own)
            content = write_catalog(wanted)
            if self._is_done(wanted, content):
                return
            if lost := self._touch_all(own):
                again = {photo.id: photo for photo in plan.survey.photos if photo.id in lost}
                self._send_all(again, outcome, lambda _bytes: None)
                continue
            try:
                write_catalog_object(self._bucket, content, self._gallery.generation)
            except PreconditionFailed:
                # Whoever wrote it may delete what it named no more, and what this run has sent.
                self._verified.clear()
                self._gallery.records, self._gallery.generation = read_catalog(self._bucket)
            else:
                self._gallery.records = wanted
                return
        raise StorageError(f"{NAME} was written by others {CONFLICTS} times. Run it again.")

    def _is_done(self, wanted: list[Record], content: bytes) -> bool:
        """Whether the catalog is as it should be, and nothing is about to be deleted."""
        gallery = self._gallery
        if not gallery.generation or content != write_catalog(gallery.records):
            return False
        withdrawn = self._index.withdrawn(self._bucket.name)
        return not to_delete(wanted, gallery.objects, withdrawn)

    def _touch_all(self, own: list[Record]) -> set[str]:
        """Touch renditions that are there, but that no record protects from deletion.

        Somebody may have withdrawn the same picture just now. The result are the ids that are lost.
        """
        named = {name for record in self._gallery.records for name in rendition_names(record)}
        relied_on = {name for record in own for name in rendition_names(record)}
        lost: set[str] = set()

        def touch(name: str) -> None:
            try:
                self._bucket.touch(name, RENDITION_CACHE)
            except NotThere:
                self._gallery.objects.pop(name, None)
                lost.add(id_of(name))
            else:
                self._verified.add(name)

        run_all(touch, relied_on - named - self._verified, IN_FLIGHT)
        return lost

    def _records(self, plan: Plan) -> list[Record]:
        """This source's records; of what was not sent, those that were there before."""
        survey = plan.survey
        before = {r["id"]: r for r in self._gallery.records if r["source"] == self._source}
        days, today = days_added(self._gallery.records), self._bucket.today()
        records = {
            photo.id: record_of(
                photo,
                self._source,
                self._placeholders[photo.id],
                days.get(photo.id) or days.get(photo.before) or today,
            )
            for photo in survey.photos
            if photo.id in self._placeholders
        }
        failed = [photo for photo in survey.photos if photo.id not in records]
        for photo in (*failed, *survey.undecodable):
            for id_ in {photo.id, photo.before} & before.keys():
                records.setdefault(id_, before[id_])
        if survey.partial:
            gone = {record["id"] for record in plan.removed}
            records = {id_: record for id_, record in before.items() if id_ not in gone} | records
        return list(records.values())
