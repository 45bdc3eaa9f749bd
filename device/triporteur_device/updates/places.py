"""Where releases lie, and what is chosen among them."""

import re
from dataclasses import dataclass
from errno import EIO
from pathlib import Path

#: As in a manifest: numbers, of which one is always the later.
_VERSION = re.compile(r"[0-9]+(\.[0-9]+)+", re.ASCII)
_KEYS = Path("/etc/triporteur/updates.pub")


@dataclass(frozen=True, slots=True)
class Places:
    """`factory` is the package's own release; services start through `link`, which is in RAM.

    `keys` holds whose signature counts: public keys in PEM. While there is no such file, nobody's.
    """

    folder: Path = Path("/var/lib/triporteur-releases")
    factory: Path = Path("/usr/lib/triporteur")
    link: Path = Path("/run/triporteur-release")
    keys: Path = _KEYS

    @property
    def state(self) -> Path:
        return self.folder / "state.json"

    @property
    def work(self) -> Path:
        """What is being made, or taken away: worth nothing to whoever starts anew."""
        return self.folder / ".work"

    @property
    def incoming(self) -> Path:
        return self.folder / "incoming"

    def release(self, version: str) -> Path:
        return self.folder / version


def version_of(release: Path) -> str:
    """The version of a release in its folder. Raises OSError, also where a card spoiled it."""
    path = release / "VERSION"
    found = path.read_text(encoding="ascii", errors="replace").strip()
    if not is_version(found):
        raise OSError(EIO, "has no version", str(path))
    return found


def is_version(name: str) -> bool:
    return _VERSION.fullmatch(name) is not None


def manifest_of(release: Path) -> Path:
    """Its offer as it came, written when all else was there; the package's own has none."""
    return release / "RELEASE"
