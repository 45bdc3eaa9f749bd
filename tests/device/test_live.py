from triporteur_device.live import LiveValues, Observation
from triporteur_wire.messages import Reading


def live() -> LiveValues:
    return LiveValues({"battery": 10_000, "shunt": 2_000})


def test_a_value_carries_its_age() -> None:
    values = live()
    values.observe(Observation("battery", 1_000, {"soc_pct": 82}))
    assert values.readings(4_000)["battery"] == {"soc_pct": Reading(82, 3.0)}


def test_a_value_older_than_its_limit_is_absent_and_said_to_have_ended_once() -> None:
    values = live()
    values.observe(Observation("battery", 0, {"soc_pct": 82, "current_a": 1.0}))
    values.observe(Observation("battery", 9_000, {"current_a": 2.0}))
    assert values.expire(10_000) == []
    (ended,) = values.expire(10_001)
    assert (ended.source, dict(ended.values)) == ("battery", {"soc_pct": 82})
    assert values.expire(10_002) == []
    assert list(values.readings(10_001)["battery"]) == ["current_a"]
    assert values.is_fresh("battery")
    values.expire(19_001)
    assert not values.is_fresh("battery")


def test_each_source_has_its_own_limit() -> None:
    values = live()
    for source in ("battery", "shunt"):
        values.observe(Observation(source, 0, {"soc_pct": 82}))
    assert [ended.source for ended in values.expire(5_000)] == ["shunt"]


def test_readings_keep_the_order_of_the_configuration() -> None:
    values = live()
    values.observe(Observation("shunt", 0, {"soc_pct": 51}))
    values.observe(Observation("battery", 0, {"soc_pct": 47}))
    assert list(values.readings(0)) == ["battery", "shunt"]
