"""The names of partners' sites, as the content that the portal shows has them."""

import logging
from pathlib import Path

from triporteur_kiosk.marks import Mark, mark
from triporteur_kiosk.public.content_file import ContentFaults
from triporteur_kiosk.public.editions import content_shown
from triporteur_kiosk.public.garden import garden_names

_log = logging.getLogger(__name__)


class GardenNames:
    """`file` is the operator's content, `kept` the last one that the depot sent."""

    def __init__(self, file: Path, kept: Path) -> None:
        self._files = (file, kept)
        self._seen = self._marks()
        self.names = self._read(())

    def look(self) -> bool:
        """Whether `names` are others than before; looks no further while no file was replaced."""
        marks = self._marks()
        if marks == self._seen:
            return False
        self._seen = marks
        before, self.names = self.names, self._read(self.names)
        return self.names != before

    def _read(self, before: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return garden_names(content_shown(*self._files))
        except (ContentFaults, OSError) as error:
            _log.error("partners' names stay as they were: %s", str(error).partition("\n")[0])
            return before

    def _marks(self) -> list[Mark | None]:
        return [mark(path) for path in self._files]
