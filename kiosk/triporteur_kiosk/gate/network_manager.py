"""NetworkManager is told to leave the phones' interface alone, in a file of its own in RAM."""

import shutil
import subprocess
from pathlib import Path

from triporteur_device.files import write_whole
from triporteur_kiosk.gate.plan import GatePlan

#: Read between the distribution's files and the administrator's (NetworkManager.conf(5)).
FOLDER = Path("/run/NetworkManager")
_PATIENCE_S = 30.0


def unmanaged(plan: GatePlan) -> str:
    return f"[keyfile]\nunmanaged-devices+=interface-name:{plan.interface}\n"


def file_path(folder: Path = FOLDER) -> Path:
    return folder / "conf.d" / "90-triporteur-gate.conf"


def tell(plan: GatePlan, folder: Path = FOLDER) -> bool:
    """False where it does not run. Needs root. Raises OSError."""
    if not folder.is_dir():
        return False
    write_whole(file_path(folder), unmanaged(plan).encode(), durable=False, mode=0o644)
    if shutil.which("nmcli"):
        subprocess.run(
            ("nmcli", "general", "reload", "conf"), check=False, timeout=_PATIENCE_S,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    return True
