"""A loss is two lines in the log, however long it lasts."""

import logging

import pytest

from triporteur_kiosk.loss import Loss


def test_a_loss_is_told_once_and_so_is_its_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    loss = Loss(logging.getLogger("test"), "the 100 % of it are lost", "100 % are back")
    loss.end()
    for why in ("a reason", "another"):
        loss.note(why)
    assert loss.is_so
    loss.end()
    loss.end()
    loss.note("a third")
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("ERROR", "the 100 % of it are lost: a reason"),
        ("INFO", "100 % are back"),
        ("ERROR", "the 100 % of it are lost: a third"),
    ]
