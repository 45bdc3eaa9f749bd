"""Run by test_power_cut: a unit takes settings and a content, and is cut short at each line."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from tests.device.downlink.aboard import Aboard
from tests.power_cut import after_each_cut
from triporteur_wire.parcels import pack
from triporteur_wire.topics import Channel

CODE = ("device/triporteur_device/downlink/", "device/triporteur_device/files.py")


def settings(revision: int) -> bytes:
    return pack(revision, {"unit.place": f"Place {revision}", "mqtt.status_period_s": revision})


def before(folder: Path) -> Callable[[], object]:
    _, downlink = Aboard(folder).start()
    downlink.take(Channel.SETTINGS, "", settings(1))
    downlink.take(Channel.CONTENT, "portal", pack(1, "texte 1"))

    def apply() -> None:
        downlink.take(Channel.SETTINGS, "", settings(2))
        downlink.take(Channel.CONTENT, "portal", pack(2, "texte 2"))

    return apply


def look(folder: Path) -> list[object]:
    aboard = Aboard(folder)
    config, downlink = aboard.start()
    applied = downlink.applied()["settings"]
    content = (aboard.state / "content" / "portal.json").read_text()
    return [config.unit.place, config.mqtt.status_period_s, applied.revision, content]


if __name__ == "__main__":
    print(json.dumps(list(after_each_cut(Path(sys.argv[1]), CODE, before, look))))
