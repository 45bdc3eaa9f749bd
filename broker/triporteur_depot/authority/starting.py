"""How the broker is started: as the package does it, or by hand."""

from pathlib import Path

from triporteur_depot.authority.broker import command

_SERVICE = "usr/lib/systemd/system/triporteur-broker.service"
#: sd_booted(3): there where systemd is the first process.
_BOOTED = "run/systemd/system"


def how_to_start(folder: Path, root: Path = Path("/")) -> str:
    """What to type, to start the broker of this folder, or start it again, on a machine."""
    if (root / _SERVICE).is_file() and (root / _BOOTED).is_dir():
        return "systemctl restart triporteur.target"
    return " ".join(command(folder))
