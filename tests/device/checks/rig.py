"""A trike's sources as the checks see them: readings, a second apart."""

from collections.abc import Iterable, Iterator, Mapping

from triporteur_device.checks import Checks
from triporteur_wire.messages import Reading
from triporteur_wire.quantities import Value

Trike = Mapping[str, Mapping[str, Value]]


def read(trike: Trike, age_s: float = 0.1) -> dict[str, dict[str, Reading]]:
    return {
        source: {name: Reading(value, age_s) for name, value in values.items()}
        for source, values in trike.items()
    }


def told(seconds: Iterable[Trike], checks: Checks | None = None) -> Iterator[dict[str, Value]]:
    """What the checks say, second by second."""
    checks = checks or Checks()
    for number, trike in enumerate(seconds, start=1):
        seen = checks.look(read(trike), 1000 * number)
        yield dict(seen.values) if seen else {}
