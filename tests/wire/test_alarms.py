from triporteur_wire.alarms import Alarm, in_french


def test_every_alarm_has_its_french() -> None:
    assert all(in_french(word) != word.replace("_", " ") for word in Alarm)


def test_an_alarm_of_a_later_version_is_shown_as_it_came() -> None:
    assert in_french("cell_on_fire") == "cell on fire"
