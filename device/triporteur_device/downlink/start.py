"""The configuration that counts when the agent starts: `unit.toml`, the depot's word over it."""

from functools import partial
from pathlib import Path

from triporteur_device.config import DeviceConfig, load
from triporteur_device.downlink.downlink import Downlink


def settled(path: Path) -> tuple[DeviceConfig, Downlink]:
    """Reads the file and lays over it the last settings that were good, if they still fit.

    Where they do not, the file alone counts, and the downlink's `applied` says why. Raises
    BadConfiguration with every fault of the file.
    """
    alone = load(path)
    verdicts = {
        "portal": Path(alone.snapshot.content),
        "console": Path(alone.snapshot.console) / "certificate.json",
    }
    downlink = Downlink(Path(alone.journal.directory), partial(load, path), verdicts)
    return load(path, downlink.settings), downlink
