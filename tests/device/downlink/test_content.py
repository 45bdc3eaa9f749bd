"""A pushed content: put where the portal finds it; what the portal makes of it is told."""

import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.device.downlink.aboard import Aboard, sha256
from triporteur_device.downlink.verdict import read_verdict
from triporteur_wire.parcels import Applied, pack
from triporteur_wire.topics import Channel

SHA = "0" * 64


def pushed(aboard: Aboard) -> Path:
    return aboard.state / "content" / "portal.json"


def test_a_content_is_put_as_it_came_and_restarts_nothing(aboard: Aboard) -> None:
    _, downlink = aboard.start()
    payload = pack(4, "le texte")
    assert not downlink.take(Channel.CONTENT, "portal", payload)
    assert pushed(aboard).read_bytes() == payload


def test_it_is_applied_once_the_portal_says_so(aboard: Aboard) -> None:
    _, downlink = aboard.start()
    first, second = pack(4, "un"), pack(5, "deux")
    downlink.take(Channel.CONTENT, "portal", first)
    assert downlink.applied() == {}
    aboard.judge(Applied(4, sha256(first)))
    downlink.take(Channel.CONTENT, "portal", second)
    assert downlink.applied() == {"content/portal": Applied(4, sha256(first))}
    refused = Applied(4, sha256(first), refused=5, faults=("visit 1: found nothing",))
    aboard.judge(refused)
    assert downlink.applied() == {"content/portal": refused}


def test_the_same_again_is_not_written_again(aboard: Aboard) -> None:
    _, downlink = aboard.start()
    downlink.take(Channel.CONTENT, "portal", pack(4, "un"))
    written = pushed(aboard).stat().st_ino
    downlink.take(Channel.CONTENT, "portal", pack(4, "un"))
    aboard.start()[1].take(Channel.CONTENT, "portal", pack(4, "un"))
    assert pushed(aboard).stat().st_ino == written


def test_a_lower_revision_counts_for_it_is_the_depots_word(aboard: Aboard) -> None:
    _, downlink = aboard.start()
    downlink.take(Channel.CONTENT, "portal", pack(4, "un"))
    downlink.take(Channel.CONTENT, "portal", pack(3, "deux"))
    assert pushed(aboard).read_bytes() == pack(3, "deux")


def test_a_bad_parcel_is_refused_and_the_portal_never_sees_it(aboard: Aboard) -> None:
    _, downlink = aboard.start()
    good = pack(4, "un")
    downlink.take(Channel.CONTENT, "portal", good)
    aboard.judge(Applied(4, sha256(good)))
    downlink.take(Channel.CONTENT, "portal", pack(5, "un").replace(b"un", b"deux"))
    fault = "the checksum is not that of the body"
    assert downlink.applied() == {"content/portal": Applied(4, sha256(good), 5, (fault,))}
    assert pushed(aboard).read_bytes() == good
    downlink.take(Channel.CONTENT, "portal", good)
    assert downlink.applied() == {"content/portal": Applied(4, sha256(good))}


def test_a_withdrawn_content_leaves_an_empty_file_for_the_portal(aboard: Aboard) -> None:
    _, downlink = aboard.start()
    downlink.take(Channel.CONTENT, "portal", b"")
    assert pushed(aboard).read_bytes() == b""
    downlink.take(Channel.CONTENT, "portal", pack(4, "un"))
    downlink.take(Channel.CONTENT, "portal", b"")
    assert pushed(aboard).read_bytes() == b""
    assert aboard.start()[1].applied() == {}


def test_a_damaged_content_is_replaced_by_the_depot(aboard: Aboard) -> None:
    aboard.start()[1].take(Channel.CONTENT, "portal", pack(4, "un"))
    pushed(aboard).write_bytes(b"\0" * 40)
    aboard.start()[1].take(Channel.CONTENT, "portal", pack(4, "un"))
    assert pushed(aboard).read_bytes() == pack(4, "un")


def test_a_card_that_takes_nothing_refuses_the_content(aboard: Aboard) -> None:
    _, downlink = aboard.start()
    aboard.state.write_text("")
    downlink.take(Channel.CONTENT, "portal", pack(4, "un"))
    assert downlink.applied()["content/portal"] == Applied(
        refused=4, faults=("cannot be kept: Not a directory",)
    )


def test_a_content_that_nothing_shows_is_refused_in_words_and_not_kept(aboard: Aboard) -> None:
    _, downlink = aboard.start()
    downlink.take(Channel.CONTENT, "panel", pack(2, "un"))
    assert downlink.applied() == {
        "content/panel": Applied(
            refused=2, faults=("nothing aboard shows panel; expected one of: console, portal",)
        )
    }
    assert not aboard.state.exists()
    downlink.take(Channel.CONTENT, "panel", b"")
    assert downlink.applied() == {}


def test_names_without_end_are_not_told_without_end(aboard: Aboard) -> None:
    _, downlink = aboard.start()
    for number in range(100):
        downlink.take(Channel.CONTENT, f"n{number}", pack(2, "un"))
    downlink.take(Channel.CONTENT, "n3", pack(3, "un"))
    downlink.take(Channel.SETTINGS, "", b"?")
    downlink.take(Channel.CONTENT, "portal", b"?")
    applied = downlink.applied()
    assert len(applied) == 16 + 2
    assert applied["content/n3"].refused == 3


@given(st.binary(min_size=1))
def test_whatever_bytes_come_are_refused(
    tmp_path_factory: pytest.TempPathFactory, payload: bytes
) -> None:
    aboard = Aboard(tmp_path_factory.mktemp("any"))
    _, downlink = aboard.start()
    assert not downlink.take(Channel.CONTENT, "portal", payload)
    assert downlink.applied()["content/portal"].faults
    assert not pushed(aboard).exists()


# The verdict: the portal might have been taken over


@pytest.mark.parametrize(
    "written",
    [b"", b"{", b"[]", b'{"revision": -1}', b'{"faults": 3}', b" " * 20_000, b"\xff"],
)
def test_a_verdict_that_cannot_be_read_is_none(aboard: Aboard, written: bytes) -> None:
    aboard.verdict.parent.mkdir()
    aboard.verdict.write_bytes(written)
    assert read_verdict(aboard.verdict) is None


def test_a_verdict_is_cut_to_what_a_status_carries(aboard: Aboard) -> None:
    aboard.judge(Applied(1, "no digest", 2, ("x" * 1000,) * 12))
    verdict = read_verdict(aboard.verdict)
    assert verdict is not None
    assert verdict.sha256 == ""
    assert len(msgspec.json.encode(verdict)) < 2000


def test_a_pipe_or_a_link_in_its_place_holds_nobody_up(aboard: Aboard, tmp_path: Path) -> None:
    aboard.verdict.parent.mkdir()
    os.mkfifo(aboard.verdict)
    assert read_verdict(aboard.verdict) is None
    aboard.verdict.unlink()
    (tmp_path / "other.json").write_bytes(msgspec.json.encode(Applied(1, SHA)))
    aboard.verdict.symlink_to(tmp_path / "other.json")
    assert read_verdict(aboard.verdict) is None
    aboard.verdict.unlink()
    aboard.verdict.mkdir()
    assert read_verdict(aboard.verdict) is None
