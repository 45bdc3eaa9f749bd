"""Where a portal finds its contents, and what the agent puts there."""

from pathlib import Path

import msgspec

from tests.kiosk.public.portal import CONTENT_FILE
from triporteur_device.files import write_whole
from triporteur_kiosk.public.editions import Editions, Places
from triporteur_wire.parcels import Applied, pack, unpack

SHIPPED = CONTENT_FILE.read_text(encoding="utf-8")
PRIVACY = 'privacy = "On n’enregistre rien sur vous."'


def saying(words: str) -> str:
    """The shipped content, with these words as the sentence on privacy."""
    assert SHIPPED.count(PRIVACY) == 1
    return SHIPPED.replace(PRIVACY, f'privacy = "{words}."')


def edition(revision: int, words: str) -> bytes:
    return pack(revision, saying(words))


def shows(payload: bytes) -> Applied:
    """The verdict of a portal that shows this parcel and refuses none."""
    parcel = unpack(payload)
    return Applied(parcel.revision, parcel.sha256)


def said(editions: Editions) -> str:
    """Which content is shown: its words on the page about privacy."""
    page = editions.pages.fixed["/vie-privee"].decode()
    return page.partition('<h1 class="text">')[2].partition(".</h1>")[0]


class Desk:
    """The files of one portal in a folder; the operator's own says « fichier »."""

    def __init__(self, folder: Path) -> None:
        self.places = Places(
            folder / "content.toml",
            folder / "agent" / "portal.json",
            folder / "kiosk" / "content.json",
            folder / "run" / "content.json",
        )
        self.write(saying("fichier"))

    def write(self, text: str) -> None:
        """As the operator does."""
        self.places.file.write_text(text, encoding="utf-8")

    def push(self, payload: bytes) -> None:
        """As the agent does."""
        write_whole(self.places.pushed, payload, durable=False)

    def start(self) -> Editions:
        return Editions(self.places)

    def verdict(self) -> Applied:
        return msgspec.json.decode(self.places.verdict.read_bytes(), type=Applied)
