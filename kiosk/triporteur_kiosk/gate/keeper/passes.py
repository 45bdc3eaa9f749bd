"""What the kernel is asked to let through for one phone."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Phone:
    """Who asks, as the kernel's neighbour table knows it: in RAM only, never logged."""

    mac: str
    ip: str


@dataclass(frozen=True, slots=True)
class Pass:
    """`phone` may pass for `seconds` and `most_bytes`, both ways, counted under `name`."""

    phone: Phone
    name: str
    seconds: int
    most_bytes: int


class NotYet(Exception):
    """Nobody can be let through yet, and nothing is broken."""


class Passes(Protocol):
    """Where passes hold. Both raise OSError."""

    def admit(self, one: Pass) -> None:
        """Raises NotYet besides, of a phone that does not pass yet."""

    def dismiss(self, one: Pass) -> None: ...
