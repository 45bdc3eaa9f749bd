"""`triporteur-device readiness`: may this unit leave? In French, as on the console."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import msgspec

from triporteur_device.downlink import settled
from triporteur_device.snapshot import read_snapshot
from triporteur_wire.configuration import BadConfiguration
from triporteur_wire.french import measure, plural
from triporteur_wire.readiness import Calibration, Readiness, Verdict
from triporteur_wire.readiness_words import (
    VERDICTS,
    action_in_french,
    evening_in_french,
    outing_in_french,
    reason_in_french,
)

_STATUS = {Verdict.GO: 0, Verdict.CAUTION: 1, Verdict.NO_GO: 2}
_UNKNOWN = 3
_NO_AGENT = "Inconnu\u202f: l’agent ne tourne pas. Vérifiez la batterie vous-même."


def run(path: Path, *, as_json: bool, out: TextIO = sys.stdout) -> int:
    """Prints the verdict; 0 go, 1 caution, 2 no-go, 3 unknown, whatever the reason."""
    try:
        config, _ = settled(path)
        snapshot = read_snapshot(Path(config.snapshot.path))
    except (BadConfiguration, OSError) as error:
        print(error, file=sys.stderr)
        return _UNKNOWN
    readiness = snapshot.status.readiness if snapshot and snapshot.fresh else None
    if readiness is None:
        print(_NO_AGENT, file=sys.stderr)
        return _UNKNOWN
    if as_json:
        out.write(msgspec.json.encode(readiness).decode() + "\n")
    else:
        out.writelines(line + "\n" for line in _lines(readiness))
    return _STATUS[readiness.verdict]


def _lines(told: Readiness) -> Iterator[str]:
    yield VERDICTS[told.verdict]
    for reason in told.reasons:
        yield f"  - {reason_in_french(reason, told.outing)}"
    yield f"→ {action_in_french(told.action)}."
    yield ""
    place = f"{told.outing.place}, " if told.outing.place else ""
    yield f"Sortie\u202f: {place}{outing_in_french(told.outing)}"
    sigma = "" if told.soc_sigma_pct is None else f" ± {measure(told.soc_sigma_pct, 'points')}"
    yield f"Charge\u202f: {measure(told.soc_pct, '%')}{sigma}"
    needed = (
        f"{measure(told.needed_wh, 'Wh')} ({measure(told.needed_likely_wh, 'Wh')} sans imprévu)"
    )
    yield f"Énergie\u202f: {measure(told.available_wh, 'Wh')} sûrs, il en faut {needed}"
    if told.evening:
        yield evening_in_french(told.evening)
    if told.calibration:
        yield _calibration(told.calibration)


def _calibration(told: Calibration) -> str:
    rides = plural(told.rides, "dernière sortie", "dernières sorties")
    on = f"sur les {rides}" if told.rides > 1 else "sur une sortie"
    return f"Prévisions\u202f: à {measure(told.error_pct, '%')} près {on}"
