"""What a unit keeps of its plan and of its readiness, field by field."""

from triporteur_wire.register import Column

_PLAN, _STATE = "plan.json", "readiness.json"
_DAY = "until the day after"
_JUDGES = "judges whether there is enough for the next outing"
_LEARNS = "foretells what this unit's ways take"
_WARNS = "warns the evening before, once"
_UNTIL = "until the next value replaces it"

STORED = (
    Column(
        _PLAN,
        "by_date",
        "by day, the outing entered for it: a place, km, metres of climbing, hours and W there, "
        "and when it leaves",
        _JUDGES,
        _DAY,
    ),
    Column(
        _PLAN, "undated", "the same, entered while the unit knew no date", _JUDGES, "for that boot"
    ),
    Column(_PLAN, "undated_boot_no", "number of that boot", _JUDGES, "for that boot"),
    Column(_PLAN, "undated_mono_ms", "ms from that boot to it", _JUDGES, "for that boot"),
    Column(_STATE, "crc32", "a checksum of the rest", "shows damage", _UNTIL),
    Column(_STATE, "pack", "the battery's label, as the configuration says", _JUDGES, _UNTIL),
    Column(
        _STATE,
        "charge",
        "how full the battery is and how surely, what it holds, what was counted since it was full",
        _JUDGES,
        _UNTIL,
    ),
    Column(_STATE, "consumption", "Wh a kilometre and a metre climbed take", _LEARNS, _UNTIL),
    Column(_STATE, "charger", "A that the charger gives, and from where on less", _JUDGES, _UNTIL),
    Column(
        _STATE,
        "calibrating",
        "of the last twenty outings, km, Wh foreseen and Wh used",
        "shows how well the unit foretells",
        _UNTIL,
    ),
    Column(_STATE, "standing_w", "W that the unit draws on site", _LEARNS, _UNTIL),
    Column(_STATE, "underway", "km and Wh of the ride or the stay under way", _LEARNS, _UNTIL),
    Column(_STATE, "spread", "mV between the cells when they last rested", _JUDGES, _UNTIL),
    Column(_STATE, "sag", "V that fall per A, and the most A that a hill took", _JUDGES, _UNTIL),
    Column(_STATE, "evening", "what was told for which departure", _WARNS, _UNTIL),
    Column(_STATE, "held", "what was bad when last known", _JUDGES, _UNTIL),
    Column(_STATE, "sources", "the sources that may have said so", _JUDGES, _UNTIL),
    Column(_STATE, "seen", "when the last values came, by both clocks", _JUDGES, _UNTIL),
    Column(_STATE, "road", "km and Wh of today's rides", _LEARNS, _UNTIL),
    Column(_STATE, "road_outing", "the outing that they belong to", _LEARNS, _UNTIL),
    Column(_STATE, "done", "the last outing that is over", _JUDGES, _UNTIL),
)
