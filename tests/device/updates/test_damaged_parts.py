"""A part that is not what was signed, on its way or on the card, comes again; not for ever."""

from pathlib import Path
from random import Random

from tests.device.updates.aboard import Aboard, outcome, update
from tests.device.updates.lane import Depot, Lane, lacking, offer_of
from triporteur_wire.releases import Outcome, Told
from triporteur_wire.requests import decode_piece_request


def test_a_part_that_comes_damaged_is_fetched_anew_and_refused_the_third_time(
    lane: Lane, depot: Depot, file: Path
) -> None:
    lane.offer(offer_of(file))
    dice = Random(1)
    for _ in range(100):
        if (question := lane.asks(40)) is None:
            break
        answer = depot.answer(question)
        lane.hear(answer[:16] + dice.randbytes(len(answer) - 16))
        lane.restart()
    told = lane.turn()
    assert told.outcome == Outcome.REFUSED
    assert "came damaged 3 times" in told.why
    lane.restart()
    assert lane.turn().outcome == Outcome.REFUSED
    assert lane.asks(3600) is None
    lane.offer(offer_of(file), 2)
    assert lane.fetch(depot)
    assert lane.turn().outcome == Outcome.WAITING


def test_what_came_sound_beside_a_part_that_is_refused_does_not_come_again(
    lane: Lane, depot: Depot, file: Path
) -> None:
    *_, last = offer_of(file).manifest().parts
    place = sum(part.packed_bytes for part in offer_of(file).manifest().parts[:-1])
    lane.offer(offer_of(file))
    while (question := lane.asks(40)) is not None:
        answer = depot.answer(question)
        is_last = decode_piece_request(question).offset >= place
        lane.hear(answer[:16] + bytes(len(answer) - 16) if is_last else answer)
    assert f"{last.name} came damaged 3 times" in lane.turn().why
    lane.asks(601)
    lane.restart()
    before = depot.given_bytes
    lane.offer(offer_of(file), 2)
    lane.fetch(depot)
    assert lane.turn() == Told("1.1", Outcome.WAITING, 2)
    assert depot.given_bytes - before == last.packed_bytes


def test_several_parts_that_were_damaged_once_are_fetched_anew(
    lane: Lane, depot: Depot, file: Path
) -> None:
    lane.offer(offer_of(file))
    lane.fetch(depot)
    damaged = list(lane.arrivals.parts.iterdir())
    assert len(damaged) > 3
    for part in damaged:
        part.write_bytes(b"?")
    lane.offer(offer_of(file), 2)
    lane.fetch(depot)
    assert lane.turn() == Told("1.1", Outcome.WAITING, 2)
    assert {path.name: path.read_bytes() for path in lane.arrivals.parts.iterdir()} == lacking(file)


def test_a_part_that_the_card_damaged_is_fetched_again_before_root_is_told(
    lane: Lane, depot: Depot, file: Path
) -> None:
    lane.offer(offer_of(file))
    lane.fetch(depot, 2)
    [kept, *_] = [path for path in lane.arrivals.parts.iterdir() if not path.suffix]
    kept.write_bytes(kept.read_bytes()[:-1] + b"?")
    lane.fetch(depot)
    assert {path.name: path.read_bytes() for path in lane.arrivals.parts.iterdir()} == lacking(file)


def test_a_piece_is_not_laid_behind_what_is_gone_meanwhile(
    lane: Lane, depot: Depot, file: Path
) -> None:
    lane.offer(offer_of(file))
    while not (coming := list(lane.arrivals.parts.glob("*.coming"))):
        lane.fetch(depot, 1)
    question = lane.asks(40)
    assert question
    coming[0].write_bytes(coming[0].read_bytes()[:100])
    lane.hear(depot.answer(question))
    assert coming[0].stat().st_size == 100
    lane.fetch(depot)
    assert lane.turn().outcome == Outcome.WAITING
    assert not lane.arrivals.damages.exists()


def test_an_answer_for_another_wish_is_not_taken_for_this_one(
    lane: Lane, depot: Depot, file: Path, later: Path
) -> None:
    lane.offer(offer_of(file), 1)
    question = lane.asks(40)
    assert question
    lane.offer(offer_of(later), 2)
    lane.hear(depot.answer(question))
    lane.fetch(depot)
    assert lane.turn().outcome == Outcome.WAITING
    assert not lane.arrivals.damages.exists()


def test_what_was_said_is_unsaid_once_a_part_of_it_is_gone(
    lane: Lane, depot: Depot, file: Path
) -> None:
    lane.offer(offer_of(file))
    lane.fetch(depot)
    assert lane.arrivals.wanted()
    [gone, *_] = lane.arrivals.parts.iterdir()
    gone.unlink()
    lane.restart()
    assert lane.arrivals.wanted() is None
    lane.fetch(depot)
    assert lane.arrivals.wanted()


def test_root_has_the_last_word(lane: Lane, depot: Depot, file: Path) -> None:
    lane.offer(offer_of(file), 5)
    lane.fetch(depot)
    [part, *_] = lane.arrivals.parts.iterdir()
    part.write_bytes(b"?")
    update(Aboard(lane.places))
    assert outcome(lane.places)[1] == Outcome.REFUSED
    lane.asks(10)
    told = lane.turn()
    assert (told.outcome, told.revision) == (Outcome.REFUSED, 5)
