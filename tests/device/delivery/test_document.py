"""docs/delivery.md against the code: its figures are those that the code goes by."""

import re

import msgspec
import pytest

from docs.generate import FOLDER
from triporteur_device import card
from triporteur_device.config import JournalTable, MqttTable
from triporteur_device.delivery import patience, shipper
from triporteur_device.identity import papers
from triporteur_device.journal import opening, room, writer
from triporteur_device.pace import FRUGAL_PERIOD_S

PAGE = " ".join((FOLDER / "delivery.md").read_text(encoding="utf-8").split())
DEFAULT = {
    field.name: field.default
    for table in (JournalTable, MqttTable)
    for field in msgspec.structs.fields(table)
}


@pytest.mark.parametrize(
    "sentence",
    [
        f"`[journal] commit_interval_s`, {DEFAULT['commit_interval_s']:g} s",
        f"`[journal] rest_interval_s`, {DEFAULT['rest_interval_s']:g} s",
        f"thinned to one record in {['ten'][room._ONE_KEPT_IN - 10]}",
        f"kept in memory, {writer.MAX_BUFFERED:_} of them".replace("_", " "),
        f"`-{opening._BROKEN_KEPT}`, no more",
        f"except the newest {room._LOGS_KEPT}",
        f"it is asked again every {card._RETRY_S:g} s",
        f"After {card._PATIENCE_MS // 1000} s the agent goes on in memory",
        f"after a window of {['eight'][shipper.WINDOW - 8]}",
        f"1 to {patience._SOONEST_S} s, drawn by lot, then ever longer, up to "
        f"{patience._LONGEST_S} s",
        f"`[mqtt] keepalive_s` ({DEFAULT['keepalive_s']} s)",
        f"again after {shipper._FIRST_PAUSE_MS // 1000} s, then ever longer, up to "
        f"{shipper._LONGEST_PAUSE_MS // 1000} s",
        f"`[mqtt] gather_s`, {DEFAULT['gather_s']:g} s",
        f"{shipper._MANY_RECORDS} of them, and what waits",
        f"{shipper._TRY_RECORDS // shipper.BATCH_RECORDS} batches at most",
        f"{papers._RENEW_BEFORE_MS // 86_400_000} days before",
    ],
)
def test_a_figure_of_the_page_is_that_of_the_code(sentence: str) -> None:
    assert sentence in PAGE


def test_the_words_for_figures_are_those_of_the_code() -> None:
    assert (DEFAULT["backlog_share"], "a half unless set otherwise" in PAGE) == (0.5, True)
    assert (card._PROBE_MS, "every ten minutes the agent looks" in PAGE) == (600_000, True)
    assert (room._SLACK, "more than a sixteenth above its budget" in PAGE) == (16, True)
    assert (room._GIVEN_BACK_PAGES * 1024 // 2**20, "gives 1 MB back" in PAGE) == (1, True)
    assert (FRUGAL_PERIOD_S, "every five minutes" in PAGE) == (300, True)
    assert (shipper.LONGEST_RESEND_MS, "up to an hour" in PAGE) == (3_600_000, True)
    assert (shipper.RESEND_AFTER_MS, "stands still for a minute" in PAGE) == (60_000, True)
    assert (patience._YIELD_S, "waits one to two minutes" in PAGE) == (60, True)
    assert re.search(r"within 25 s", PAGE)
    assert 2 * int(DEFAULT["keepalive_s"]) + 1 == 25
