"""Where releases lie, and what is chosen among them."""

from dataclasses import dataclass
from pathlib import Path

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
    """The version of a release in its folder. Raises OSError."""
    return (release / "VERSION").read_text(encoding="utf-8").strip()


def manifest_of(release: Path) -> Path:
    """Its offer as it came, written when all else was there; the package's own has none."""
    return release / "RELEASE"
