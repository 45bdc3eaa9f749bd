"""A release that came over the air, and that the card damaged: told, and sent again."""

from pathlib import Path

import pytest

from tests.device.updates.aboard import Aboard, boot, runs, update
from tests.device.updates.lane import Depot, Lane, heavy, offer_of
from tests.device.updates.making import installed
from triporteur_wire.release_words import became_in_french
from triporteur_wire.releases import Outcome


@pytest.mark.slow
def test_what_the_card_damaged_is_told_to_the_depot_which_sends_it_again(tmp_path: Path) -> None:
    places = installed(tmp_path)
    file = heavy(tmp_path, "1.1")
    depot, lane, aboard = Depot(tmp_path / "depot", file), Lane(places), Aboard(places)
    lane.offer(offer_of(file))
    lane.fetch(depot)
    update(aboard)
    assert runs(places) == "1.1"
    (places.release("1.1") / "lib/heavy/a.bin").write_bytes(b"")
    assert boot(places) == "1.0"
    lane.restart()
    assert lane.asks(60) is None
    told = lane.turn()
    assert (told.outcome, told.revision) == (Outcome.FAILED, 1)
    assert "la carte mémoire l’a abîmée" in became_in_french(told)
    lane.offer(offer_of(file), revision=2)
    lane.fetch(depot)
    update(aboard)
    assert runs(places) == boot(places) == "1.1"
