"""What was found last time, by port: tried first the next time."""

import logging
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from triporteur_device.detection.candidates import Candidate
from triporteur_device.files import write_whole

_log = logging.getLogger(__name__)


class Remembered(msgspec.Struct, frozen=True):
    protocol: str
    keys: dict[str, int | str] = {}


class Detected(msgspec.Struct, frozen=True):
    """The whole file. `ports` are named by the socket they hang on."""

    ports: dict[str, Remembered] = {}


class Memory:
    """A small file; one that cannot be read is as none, and said in the log."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ports = dict(self._read().ports)

    def first(self, port: str, candidates: list[Candidate]) -> list[Candidate]:
        """The candidates, with the one that was found at this port before all others."""
        return sorted(candidates, key=lambda each: self._ports.get(port) != _remembered(each))

    def keep(self, found: Mapping[str, Candidate]) -> None:
        """Adds what was found now. Raises OSError."""
        if found:
            self._ports |= {port: _remembered(each) for port, each in found.items()}
            content = msgspec.json.encode(Detected(self._ports), order="sorted")
            write_whole(self._path, msgspec.json.format(content) + b"\n", durable=True)

    def _read(self) -> Detected:
        try:
            with suppress(FileNotFoundError):
                return msgspec.json.decode(self._path.read_bytes(), type=Detected)
        except (OSError, ValueError) as error:
            _log.warning("%s is left out: %s", self._path, error)
        return Detected()


def _remembered(candidate: Candidate) -> Remembered:
    return Remembered(candidate.spec.name, dict(candidate.keys))
