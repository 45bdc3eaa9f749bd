"""A card on which somebody laid something, and the system that starts from it."""

from pathlib import Path

from triporteur_device.commands import first_boot
from triporteur_device.firstboot import Places
from triporteur_device.identity import Identity
from triporteur_wire.enrolment import Bundle

HOSTS = "127.0.0.1\tlocalhost\n127.0.1.1\traspberrypi\n"


class Card:
    """A card's boot partition, and the folders of its system."""

    def __init__(self, folder: Path, *, is_new: bool = True) -> None:
        self.boot = folder / "boot"
        self.folder = folder
        self.state = folder / "state"
        self.places = Places(
            (self.boot / "firmware", self.boot),
            folder / "etc/triporteur/unit.toml",
            folder / "etc/hostname",
            folder / "etc/hosts",
        )
        if is_new:
            self._make()

    def _make(self) -> None:
        (self.boot / "firmware").mkdir(parents=True)
        (self.folder / "etc").mkdir()
        self.places.hostname.write_text("raspberrypi\n")
        self.places.hosts.write_text(HOSTS)

    def lay(self, content: bytes | str, name: str = "triporteur-bundle") -> Path:
        path = self.boot / "firmware" / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def configuration(self, unit: str = "ben", host: str = "127.0.0.1") -> str:
        """One whose folders are here."""
        return f"""
[unit]
name = "{unit}"
[mqtt]
host = "{host}"
[identity]
directory = "{self.state / "identity"}"
"""

    def run(self) -> int:
        return first_boot.run(self.places)

    @property
    def word(self) -> str:
        return (self.boot / "firmware" / "triporteur-says.txt").read_text()

    def waiting(self) -> Bundle | None:
        return Identity(self.state / "identity", "ben").bundle()

    def everything(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file()
        }
