"""`triporteur-device first-boot`: takes in what lies on the boot partition, once.

Whoever laid it there has no terminal: what is said is left there too.
"""

import io
import sys
import threading
from contextlib import redirect_stderr, redirect_stdout

from triporteur_device.commands import enrol
from triporteur_device.config import load
from triporteur_device.files import write_changed
from triporteur_device.firstboot import Places, Refused, take
from triporteur_device.firstboot.naming import use_name
from triporteur_device.firstboot.wiping import wipe
from triporteur_wire.configuration import BadConfiguration

_REFUSED = 2
_WORD = "triporteur-says.txt"


def run(places: Places) -> int:
    """2 when what lies there cannot be used, and was left there. Raises OSError."""
    folder = places.used
    if folder is None:
        print("nothing lies on the boot partition for this unit")
        return 0
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        status = _take_in(places)
    sys.stdout.write(said.getvalue())
    write_changed(folder / _WORD, said.getvalue().encode())
    return status


def _take_in(places: Places) -> int:
    try:
        taken = take(places)
    except (Refused, BadConfiguration) as error:
        print(error)
        return _REFUSED
    for sentence in taken.told:
        print(sentence)
    if not places.config.exists():
        return 0
    config = load(places.config)
    use_name(config.unit.name)
    if taken.bundle is None:
        return 0
    status = enrol.run(config, taken.bundle, now=False, stop=threading.Event())
    if status == 0:
        wipe(taken.bundle)
        print(
            f"{taken.bundle.name} was overwritten and removed. A card may keep old bytes where a "
            "laboratory finds them: until the unit is let in, do not give the card away."
        )
    return status
