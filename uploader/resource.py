"""The stack's photos, as one resource of Pulumi.

A dynamic provider over the same library as the command line.
State holds a reference to this module and no code, so its path is part of stored state: never
rename it. Inputs are one short string per photo; metadata and bytes are read from the folder.
The plan is printed while checking and comparing: that is when a preview listens.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi  # noqa: TC002 - the SDK reads the annotations of outputs
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    ResourceProvider,
    UpdateResult,
)
from pulumi.runtime.rpc import UNKNOWN

from uploader.credentials import credentials_from
from uploader.errors import CatalogError, Incomplete, NotThere, UploaderError
from uploader.folder.index import Index
from uploader.folder.survey import survey
from uploader.imports.recognise import refuse_export
from uploader.parent import orphaned
from uploader.render.pool import Pool
from uploader.render.renditions import RECIPE
from uploader.sync.bucket import connect
from uploader.sync.describe import describe, shorten
from uploader.sync.drift import digest, missing
from uploader.sync.gallery import Gallery, read_gallery, remove_source
from uploader.sync.plan import SAMPLE, guard, guard_removal, make_plan
from uploader.sync.progress import PlainReporter, Reporter
from uploader.sync.sync import Sync

if TYPE_CHECKING:
    from pulumi.dynamic import ConfigureRequest

    from uploader.folder.survey import Survey
    from uploader.sync.bucket import Bucket
    from uploader.sync.plan import Plan
    from uploader.sync.sync import Outcome

__all__ = ["Photos", "PhotosProvider"]

_COMPARED = ("bucket", "base_url", "recipe", "source", "photos")
_IDENTIFYING = ("bucket", "source")


class Photos(Resource, module="gallery", name="Photos"):
    """A folder of photos, kept in step with a gallery's bucket. Creates no other resource."""

    photo_count: pulumi.Output[int]
    """How many photos of this folder the gallery shows."""

    def __init__(
        self,
        name: str,
        *,
        bucket: pulumi.Input[str],
        base_url: pulumi.Input[str],
        photos_dir: str,
        source: str = "stack",
        remove_many: int | None = None,
        show_details: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the photos of `photos_dir`.

        `remove_many` permits to remove exactly so many, where that is half or more of them;
        `show_details` publishes camera, lens and exposure.
        """
        inputs = {
            "bucket": bucket,
            "base_url": base_url,
            "recipe": RECIPE,
            "source": source,
            "photos": _photos_in(photos_dir, show_details),
            "photos_dir": photos_dir,
            "show_details": show_details,
            "remove_many": remove_many,
            "photo_count": None,
        }
        super().__init__(PhotosProvider(), name, inputs, opts)


def _photos_in(photos_dir: str, show_details: bool = False) -> dict[str, str]:
    """`{path: "<id> <digest of metadata>"}`.

    Nothing where the folder is refused, for `check()` says why.
    """
    try:
        found = _survey({"photos_dir": photos_dir, "show_details": show_details})
    except UploaderError:
        return {}
    shown = sorted(found.photos + found.undecodable, key=lambda photo: photo.file.path)
    return {photo.file.path: f"{photo.id} {photo.digest}" for photo in shown}


def _survey(props: dict[str, Any]) -> Survey:
    folder = Path(props["photos_dir"]).expanduser()
    with Index(folder) as index, Pool() as pool:
        found = survey(folder, index, pool, details=bool(props.get("show_details")))
    refuse_export(folder, found)
    return found


class PhotosProvider(ResourceProvider):
    """Plans, uploads and removes the photos of one source."""

    serialize_as_secret_always = False
    reporter: ClassVar[Reporter] = PlainReporter()
    """Who hears of plan and progress; a command line puts its own in this place."""
    _endpoint: str | None = None
    _token: str | None = None
    _written: str | None = None

    def configure(self, req: ConfigureRequest) -> None:
        """Take address and credentials from the stack's `gcp:` settings, else the environment."""
        endpoint = req.config.get("gcp:storageCustomEndpoint")
        self._endpoint = (
            endpoint.removesuffix("/").removesuffix("/storage/v1") if endpoint else None
        )
        get, environment = req.config.get, os.environ.get
        self._token = get("gcp:accessToken") or environment("GOOGLE_OAUTH_ACCESS_TOKEN")
        self._written = get("gcp:credentials") or environment("GOOGLE_CREDENTIALS")

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Refuse what can be known before uploading; tell the plan of a first create.

        The program has surveyed the folder already, and found nothing only where that is refused.
        """
        try:
            if _olds and news["photos"]:
                _guard(_olds, news)
                return CheckResult(news, [])
            plan = self._plan(news, _survey(news))
            guard(plan, _number(news.get("remove_many")))
            if not _olds:
                self.reporter.say(shorten(describe(plan)))
        except UploaderError as error:
            return CheckResult(news, [CheckFailure("", str(error))])
        return CheckResult(news, [])

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Compare all inputs; a changed bucket or source replaces.

        What cannot be read now is reported here, and fails the update.
        """
        changed = [name for name in _COMPARED if _olds.get(name) != _news.get(name)]
        if not changed and not _olds.get("incomplete"):
            for unusable in _olds.get("unusable", []):
                self.reporter.say(f"warning: not shown: {unusable}")
            return DiffResult(changes=False)
        try:
            found = _survey(_news)
            found.former = _paths(_olds) | found.former
            self.reporter.say(shorten(describe(self._plan(_news, found))))
        except UploaderError as error:
            self.reporter.say(f"error: {error}")
        return DiffResult(changes=True, replaces=[name for name in changed if name in _IDENTIFYING])

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Upload all, or raise one line.

        Of a create that raises the engine keeps nothing, so the next `up` creates again, finds
        what was sent, and goes on.
        """
        id_ = f"{props['bucket']}/{props['source']}"
        return CreateResult(id_, self._upload(props))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Upload what changed, or raise one line that names what could not be sent."""
        return UpdateResult(self._upload(_news))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Compare the gallery with what was left there, in two calls: catalog and listing.

        What is missing or not ours is `incomplete`; the next diff finds it.
        """
        try:
            gallery = read_gallery(self._bucket(props["bucket"]))
        except NotThere:
            return ReadResult(None, {})
        except CatalogError:
            return ReadResult(id_, props | {"incomplete": sorted(props["photos"])})
        except UploaderError as error:
            sys.tracebacklimit = 0
            raise error from None
        found = {key: value for key, value in props.items() if key != "incomplete"}
        incomplete = missing(props, gallery)
        return ReadResult(id_, found | ({"incomplete": incomplete} if incomplete else {}))

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Remove this source from the gallery, guard or no guard."""
        ids = [value.split()[0] for value in _props["photos"].values()]
        try:
            remove_source(self._bucket(_props["bucket"]), _props["source"], ids)
        except NotThere:
            return
        except UploaderError as error:
            sys.tracebacklimit = 0
            raise error from None

    def _bucket(self, name: str) -> Bucket:
        return connect(
            name,
            endpoint=self._endpoint,
            credentials=credentials_from(self._token, self._written),
            stopping=orphaned(os.getppid()),
        )

    def _plan(self, props: dict[str, Any], found: Survey) -> Plan:
        """What would be done; against an empty gallery where the bucket is yet to be made."""
        name = props.get("bucket")
        gallery = Gallery()
        if isinstance(name, str) and name not in ("", UNKNOWN):
            with contextlib.suppress(NotThere):
                gallery = read_gallery(self._bucket(name))
        return make_plan(str(name), props["source"], found, gallery)

    def _upload(self, props: dict[str, Any]) -> dict[str, Any]:
        try:
            outcome = self._sync(props)
            if outcome.failed:
                raise Incomplete(_failure(outcome))
        except UploaderError as error:
            sys.tracebacklimit = 0
            raise error from None
        return _kept(props) | _outputs(outcome)

    def _sync(self, props: dict[str, Any]) -> Outcome:
        folder = Path(props["photos_dir"]).expanduser()
        with Index(folder) as index, Pool() as pool:
            sync = Sync(self._bucket(props["bucket"]), props["source"], index, pool)
            details = bool(props.get("show_details"))
            found = survey(folder, index, pool, details=details)
            refuse_export(folder, found)
            plan = sync.plan(found)
            progress = self.reporter.progress(len(plan.missing))
            try:
                outcome = sync.carry_out(plan, _number(props.get("remove_many")), progress)
            finally:
                progress.close()
        for path, reason in outcome.unusable:
            self.reporter.say(f"warning: not shown: {path} {reason}")
        return outcome


def _guard(olds: dict[str, Any], news: dict[str, Any]) -> None:
    """Guard by what state knows: no call is made for what has not changed."""
    before = {value.split()[0] for value in olds.get("photos", {}).values()} - SAMPLE
    after = {value.split()[0] for value in news["photos"].values()}
    if all(olds.get(name) == news.get(name) for name in _IDENTIFYING):
        guard_removal(
            news["source"], len(before), len(before - after), _number(news.get("remove_many"))
        )


def _paths(olds: dict[str, Any]) -> dict[str, str]:
    """Return the path of each photo by its id, as state knows it: no index need be there."""
    return {value.split()[0]: path for path, value in olds.get("photos", {}).items()}


def _kept(props: dict[str, Any]) -> dict[str, Any]:
    return {name: props[name] for name in (*_COMPARED, "photos_dir")}


def _outputs(outcome: Outcome) -> dict[str, Any]:
    """How many are shown, what their records say, and by path what is of no use, if any.

    What was only in trouble is `incomplete`, so that the next `up` tries it again.
    """
    outputs = {"photo_count": outcome.photo_count, "records": digest(outcome.records)}
    unusable = [f"{path} {reason}" for path, reason in outcome.unusable]
    again = {"incomplete": outcome.troubled} if outcome.troubled else {}
    return outputs | again | ({"unusable": unusable} if unusable else {})


def _failure(outcome: Outcome) -> str:
    """One line that names the photos that could not be sent."""
    named = ", ".join(path for path, _ in outcome.failed[:10])
    more = f" and {len(outcome.failed) - 10} more" if len(outcome.failed) > 10 else ""
    return f"not sent: {named}{more}. {outcome.failed[0][1]} Run it again to go on."


def _number(value: Any) -> int | None:
    """Numbers arrive as floats."""
    return None if value is None else int(value)
