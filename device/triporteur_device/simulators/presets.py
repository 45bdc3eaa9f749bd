"""Four trikes in four situations, each true at whatever hour one looks."""

from dataclasses import dataclass, replace

from triporteur_device.simulators.parameters import DAY_S, Phase, TrikeParameters
from triporteur_device.simulators.trike import TrikeModel

PAST_DAYS = 30


@dataclass(frozen=True, slots=True)
class Preset:
    """A situation: the trike, the phase it is in now, and how long ago its last outing left.

    `left_unplugged`: nobody plugged the charger in after that outing, nor will.
    """

    name: str
    summary: str
    parameters: TrikeParameters
    phase: Phase
    departed_h_ago: float
    left_unplugged: bool

    def at(self, local_s: float) -> TrikeParameters:
        """The trike whose past leads to this situation at `local_s` (local s since 1970-01-01)."""
        departed_s = local_s - self.departed_h_ago * 3600
        if not self.left_unplugged:
            return replace(self.parameters, extra_departure_s=departed_s)
        return replace(self.parameters, extra_departure_s=departed_s, unplugged_since_s=departed_s)


def past_start_s(local_s: float) -> float:
    """The midnight 30 days before the day of `local_s`: where the past of a model begins."""
    return local_s // DAY_S * DAY_S - PAST_DAYS * DAY_S


def aged_model(parameters: TrikeParameters, seed: int, local_s: float) -> TrikeModel:
    """A model at `local_s` that has lived its 30 days."""
    start_s = past_start_s(local_s)
    model = TrikeModel(parameters, seed, start_s)
    model.advance(local_s - start_s)
    return model


PRESETS = {
    preset.name: preset
    for preset in (
        Preset(
            name="charging",
            summary="Back from its outing and charging well, full before the next departure.",
            parameters=TrikeParameters(
                ride_minutes=45.0, site_hours=5.0, hotel_load_w=32.0, health=0.91, start_cycles=298
            ),
            phase=Phase.CHARGING,
            departed_h_ago=8.1,
            left_unplugged=False,
        ),
        Preset(
            name="forgotten",
            summary="Back from its outing, half empty, and nobody plugged the charger in.",
            parameters=TrikeParameters(
                ride_minutes=55.0, hotel_load_w=36.0, health=0.93, start_cycles=190
            ),
            phase=Phase.PARKED,
            departed_h_ago=12.0,
            left_unplugged=True,
        ),
        Preset(
            name="drifting",
            summary="At the depot, unplugged, with one cell now 240 mV under the others.",
            parameters=TrikeParameters(
                health=0.84,
                hotel_load_w=26.0,
                start_cycles=455,
                weak_cell=8,
                weak_cell_mv=30.0,
                weak_cell_mv_per_day=6.8,
            ),
            phase=Phase.PARKED,
            departed_h_ago=10.0,
            left_unplugged=True,
        ),
        Preset(
            name="on_site",
            summary="A small pack on a market, half its day done.",
            parameters=TrikeParameters(
                nominal_ah=20.0,
                resistance_ohm=0.18,
                charger_a=3.0,
                ride_minutes=25.0,
                hotel_load_w=24.0,
                start_cycles=80,
                outing_weekdays=frozenset(range(6)),
            ),
            phase=Phase.ON_SITE,
            departed_h_ago=4.0,
            left_unplugged=False,
        ),
    )
}
