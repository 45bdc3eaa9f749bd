"""Mounting a card, and what can befall it."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.chaos.processes import Part
from tests.rig import wait_for

_CHANGES_WITHIN_S = 3.0
_UNMOUNT = ("fusermount3", "-u")


class Mount:
    """A `card` at `point`, which must be an empty folder; use as a context."""

    def __init__(self, point: Path) -> None:
        self._point = point
        beside = point.with_name(f"{point.name}-platter")
        self._platter = beside
        self._cut = beside.with_name(f"{beside.name}.cut")
        self._mood = beside.with_name(f"{beside.name}.mood")
        command = [sys.executable, "-m", "tests.chaos.card", beside, point, self._mood]
        self._card = Part("card", list(map(str, command)), beside.with_name(f"{beside.name}.log"))

    def __enter__(self) -> Self:
        self._platter.mkdir()
        self._card.__enter__()
        self._mount()
        return self

    def __exit__(self, *_: object) -> None:
        self._unmount("-z")  # whatever still has a file open there
        self._card.__exit__()

    def ail(self, mood: str = "") -> None:
        """Lets it be `full`, `read-only` or `failing`; well again without a word."""
        # In one step: it is read at any moment.
        draft = self._mood.with_suffix(".new")
        draft.write_text(mood)
        draft.replace(self._mood)

    def cut(self, after: int, seed: int) -> None:
        """Cuts the power after so many more changes, or now if nobody makes them."""
        self.ail(f"cut {after} {seed}")
        try:
            wait_for(self._cut.exists, "as many changes", _CHANGES_WITHIN_S)
        except AssertionError:
            self.ail(f"cut 0 {seed}")
            with suppress(OSError):
                list(self._point.iterdir())

    def replug(self) -> None:
        """After a cut, once nobody uses it: the card comes back with what it kept."""
        self._unmount()
        self._card.stop()
        self._cut.unlink()
        self._mount()

    def _mount(self) -> None:
        self._mood.write_text("")
        self._card.start()
        wait_for(lambda: os.path.ismount(self._point), f"{self._point} is mounted")

    def _unmount(self, *options: str) -> None:
        if os.path.ismount(self._point):
            subprocess.run([*_UNMOUNT, *options, self._point], check=True)
