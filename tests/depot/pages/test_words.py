import pytest

from triporteur_depot.ingest import losses
from triporteur_depot.pages import words
from triporteur_device.journal import opening, reader, room, writer
from triporteur_wire.records import Event


@pytest.mark.parametrize(
    "reason",
    [
        *(room.THINNED, room.DROPPED, reader.FORGOTTEN, writer.REFUSED),
        *(opening._REASON, losses._UNSAID),
    ],
)
def test_every_reason_that_unit_or_ingest_gives_has_french_words(reason: str) -> None:
    assert "«" not in words.loss(reason)


def test_what_has_no_french_words_is_quoted_as_it_came() -> None:
    assert words.loss("eaten by mice") == "«\u00a0eaten by mice\u00a0»"
    assert words.fault("over_temp_fet") == "défaut «\u00a0over_temp_fet\u00a0»"
    assert words.alarm("never_heard_of") == "alarme «\u00a0never_heard_of\u00a0»"
    assert words.event(Event("source_silent", "bms")) == "«\u00a0bms\u00a0» ne répond plus"
