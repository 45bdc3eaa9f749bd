"""What the portal shows: the depot's newest good content, else the last good one, else the file.

    depot ═▶ agent ─▶ pushed ─▶ checked whole ─▶ kept ─▶ pages
                                     └─▶ verdict ─▶ agent ═▶ depot

The agent replaces the file `pushed`; an empty one says that the depot sets no content any more.
Pages change without a restart, and a content with faults changes nothing.
"""

import logging
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import msgspec

from triporteur_device.files import write_whole
from triporteur_kiosk.marks import mark
from triporteur_kiosk.public.content import Content
from triporteur_kiosk.public.content_file import ContentFaults, load_content, parse_content
from triporteur_kiosk.public.pages import Pages
from triporteur_kiosk.verdict import Verdict
from triporteur_wire.parcels import Applied, Parcel, text_of, unpack
from triporteur_wire.reading import Unreadable

_log = logging.getLogger(__name__)

_LOOK_AGAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Places:
    """Where contents are: `file` is the operator's, `pushed` the agent's, the others our own."""

    file: Path
    pushed: Path
    kept: Path
    verdict: Path


@dataclass(frozen=True, slots=True)
class Edition:
    """Finished pages, and the parcel that they came in; None for the file's own."""

    pages: Pages
    parcel: Parcel | None


class Editions:
    """Has the pages to show now. `follow` takes new ones; `pages` may be asked by any thread.

    `legal_log` is what pages have to say of one. Raises ContentFaults, those of the file, when
    there is no other good content either.
    """

    def __init__(self, places: Places, *, legal_log: bool = False) -> None:
        self._places = places
        self._legal_log = legal_log
        self._mark = mark(places.pushed)
        self._verdict = Verdict(places.verdict)
        kept = _kept(places.kept, legal_log=legal_log)
        pushed, refused = self._judge(kept)
        self._edition = pushed or kept or _of_file(places.file, legal_log=legal_log)
        self._say(refused)

    @property
    def pages(self) -> Pages:
        return self._edition.pages

    def follow(self, stop: Event) -> None:
        """Looks once a second, until `stop`."""
        while not stop.wait(_LOOK_AGAIN_S):
            try:
                self.look()
            except Exception:  # noqa: BLE001  # whatever one content does, the next one counts
                _log.exception("the pushed content cannot be looked at")

    def look(self) -> None:
        """Takes what the agent has put since the last look, or says why not."""
        seen = mark(self._places.pushed)
        if seen == self._mark:
            self._verdict.say_again()
            return
        self._mark = seen
        pushed, refused = self._judge(self._edition)
        self._edition = pushed or self._edition
        self._say(refused)

    def _say(self, refused: Applied) -> None:
        shown = self._edition.parcel
        self._verdict.say(
            msgspec.structs.replace(refused, revision=shown.revision, sha256=shown.sha256)
            if shown
            else refused
        )

    def _judge(self, shown: Edition | None) -> tuple[Edition | None, Applied]:
        """What to show instead of `shown`, if anything; and what is refused, and why."""
        try:
            payload = self._places.pushed.read_bytes()
        except FileNotFoundError:
            return None, Applied()  # nothing came yet, or the card was changed: what was good is
        except OSError as error:
            return None, _refused(0, f"{self._places.pushed} cannot be read: {error.strerror}")
        return self._judge_parcel(payload, shown) if payload else self._withdraw()

    def _judge_parcel(
        self, payload: bytes, shown: Edition | None
    ) -> tuple[Edition | None, Applied]:
        try:
            parcel = unpack(payload)
        except Unreadable as error:
            return None, _refused(0, str(error))
        if shown and _same(parcel, shown.parcel):
            return None, Applied()
        try:
            edition = _edition(parcel, legal_log=self._legal_log)
        except (Unreadable, ContentFaults) as error:
            return None, _refused(parcel.revision, *_faults(error))
        self._keep(payload)
        _log.info("content %d is shown", parcel.revision)
        return edition, Applied()

    def _withdraw(self) -> tuple[Edition | None, Applied]:
        try:
            edition = _of_file(self._places.file, legal_log=self._legal_log)
        except ContentFaults as error:
            return None, _refused(0, *str(error).splitlines())
        self._forget()
        return edition, Applied()

    def _keep(self, payload: bytes) -> None:
        try:
            write_whole(self._places.kept, payload, durable=True)
        except OSError as error:
            _log.error("%s cannot be written: %s", self._places.kept, error.strerror)

    def _forget(self) -> None:
        try:
            self._places.kept.unlink(missing_ok=True)
        except OSError as error:
            _log.error("%s cannot be removed: %s", self._places.kept, error.strerror)


def content_shown(file: Path, kept: Path) -> Content:
    """What a portal shows that was ended now. Raises ContentFaults, those of the file."""
    edition = _kept(kept, legal_log=False) or _of_file(file, legal_log=False)
    return edition.pages.content


def _same(parcel: Parcel, other: Parcel | None) -> bool:
    return other is not None and (parcel.revision, parcel.sha256) == (other.revision, other.sha256)


def _edition(parcel: Parcel, *, legal_log: bool) -> Edition:
    """Raises Unreadable or ContentFaults."""
    content = parse_content(text_of(parcel), Path("content"))
    return Edition(Pages(content, legal_log=legal_log), parcel)


def _of_file(path: Path, *, legal_log: bool) -> Edition:
    """Raises ContentFaults."""
    return Edition(Pages(load_content(path), legal_log=legal_log), None)


def _kept(path: Path, *, legal_log: bool) -> Edition | None:
    try:
        return _edition(unpack(path.read_bytes()), legal_log=legal_log)
    except FileNotFoundError:
        return None
    except (OSError, Unreadable, ContentFaults) as error:
        _log.warning("%s is of no use: %s", path, error)
        return None


def _faults(error: Exception) -> tuple[str, ...]:
    return tuple(error.faults) if isinstance(error, ContentFaults) else (str(error),)


def _refused(revision: int, *faults: str) -> Applied:
    _log.warning("content %s refused: %s", revision or "of no revision", "; ".join(faults))
    return Applied(refused=revision, faults=faults)
