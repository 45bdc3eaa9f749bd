"""A unit's configuration and folder, and what the depot may send it."""

from pathlib import Path

import msgspec

from triporteur_device.config import DeviceConfig
from triporteur_device.downlink import Downlink, settled
from triporteur_wire.parcels import Applied, Scalar, pack, unpack
from triporteur_wire.topics import Channel

UNIT = """
[unit]
name = "ben"
place = "Rennes"
[[source]]
name = "battery"
protocol = "jbd"
port = "/dev/ttyUSB0"
[[source]]
name = "shunt"
protocol = "vedirect"
port = "/dev/ttyUSB1"
[mqtt]
host = "depot.example"
status_period_s = 20
"""


class Aboard:
    """One unit in a folder; `start` is what an agent does first, after a power cut or not."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "unit.toml"
        self.state = folder / "state"
        self.verdict = folder / "run" / "content.json"
        self.write(UNIT)

    def write(self, text: str) -> None:
        """What the operator writes into unit.toml."""
        self.file.write_text(
            f'{text}[journal]\ndirectory = "{self.state}"\n[snapshot]\ncontent = "{self.verdict}"\n'
        )

    def start(self) -> tuple[DeviceConfig, Downlink]:
        return settled(self.file)

    def judge(self, verdict: Applied) -> None:
        """What the portal says."""
        self.verdict.parent.mkdir(exist_ok=True)
        self.verdict.write_bytes(msgspec.json.encode(verdict))


def push(downlink: Downlink, revision: int, **values: Scalar) -> bool:
    """Settings with these keys, `__` for each dot."""
    settings = {key.replace("__", "."): value for key, value in values.items()}
    return downlink.take(Channel.SETTINGS, "", pack(revision, settings))


def sha256(payload: bytes) -> str:
    return unpack(payload).sha256
