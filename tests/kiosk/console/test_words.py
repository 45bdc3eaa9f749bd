"""Every alarm a device may report has its French."""

from triporteur_device.protocols.alarms import Alarm
from triporteur_kiosk.console.words import ALARMS, alarm


def test_every_alarm_of_the_vocabulary_has_a_word_and_no_other_does() -> None:
    assert set(ALARMS) == {word.value for word in Alarm}


def test_an_alarm_of_a_later_version_is_told_as_it_came() -> None:
    assert alarm("cell_on_strike") == "cell on strike"
