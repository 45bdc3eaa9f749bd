"""Run by test_release: an agent whose releases lie in a folder of the test's, as `installed` makes.

`python updated_unit.py CONFIG FOLDER`
"""

import logging
import os
import signal
import sys
import threading
from pathlib import Path

from triporteur_device import app
from triporteur_device.updates.places import Places
from triporteur_wire.manager import Manager


def main(config: Path, folder: Path) -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    places = Places(
        folder / "releases", folder / "factory", folder / "run-link", folder / "updates.pub"
    )
    app.run(config, stop, Manager(os.environ), places)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
