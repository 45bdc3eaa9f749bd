"""`triporteur-kiosk doctor`: what is wrong with the kiosk, a line a check, and what to do."""

import argparse
import sys

from triporteur_kiosk.config import KioskConfig
from triporteur_kiosk.doctor import Bedside, checks
from triporteur_wire.findings import examined, show


def doctor(config: KioskConfig, asked: argparse.Namespace) -> int:
    """1 when something is wrong."""
    return show(examined(checks(config, Bedside())), as_json=asked.json, out=sys.stdout)
