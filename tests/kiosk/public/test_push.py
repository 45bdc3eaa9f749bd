"""From the depot's message to a phone: a real portal, and the agent's own part beside it."""

import signal
from pathlib import Path

import pytest

from tests.kiosk.public.desk import SHIPPED, edition, saying, shows
from tests.kiosk.test_command import get, program, running
from tests.rig import free_port, wait_for
from triporteur_device.downlink import Downlink, settled
from triporteur_wire.parcels import pack
from triporteur_wire.topics import Channel


def configured(folder: Path, port: int) -> Path:
    """One unit.toml for agent and portal."""
    (folder / "content.toml").write_text(saying("fichier"), encoding="utf-8")
    path = folder / "unit.toml"
    path.write_text(
        f'[unit]\nname = "ben"\n[mqtt]\nhost = "depot.example"\n'
        f'[journal]\ndirectory = "{folder}/agent"\n'
        f'[snapshot]\npath = "{folder}/run/s.json"\ncontent = "{folder}/run/content.json"\n'
        f'[portal]\nlisten = "127.0.0.1:{port}"\ncontent = "{folder}/content.toml"\n'
        f'pushed = "{folder}/agent/content/portal.json"\njournal = "{folder}/kiosk/journal"\n'
    )
    return path


def push(downlink: Downlink, payload: bytes) -> None:
    assert not downlink.take(Channel.CONTENT, "portal", payload)


@pytest.mark.slow
def test_a_pushed_content_reaches_phones_and_the_depot_hears_of_it(tmp_path: Path) -> None:
    config = configured(tmp_path, port := free_port())
    _, downlink = settled(config)

    def is_said(words: str) -> bool:
        return f"{words}.</h1>" in get(port, "/vie-privee")[2]

    def is_applied(payload: bytes) -> bool:
        return downlink.applied().get("content/portal") == shows(payload)

    one, bad, two = edition(1, "un"), pack(2, SHIPPED.replace("112", "?")), edition(3, "deux")
    with running(program("portal", config)) as portal:
        assert portal.stdout is not None
        portal.stdout.readline()
        assert is_said("fichier")
        assert downlink.applied() == {}
        push(downlink, one)
        wait_for(lambda: is_said("un"), "phones see the pushed content")
        wait_for(lambda: is_applied(one), "the agent hears so")
        push(downlink, bad)
        wait_for(lambda: downlink.applied()["content/portal"].refused == 2, "the bad is refused")
        assert is_said("un")
        assert downlink.applied()["content/portal"].revision == 1
        portal.send_signal(signal.SIGKILL)
        portal.wait(120)
    with running(program("portal", config)) as portal:
        assert portal.stdout is not None
        portal.stdout.readline()
        assert is_said("un")
        push(downlink, two)
        wait_for(lambda: is_said("deux"), "phones see the next one")
        wait_for(lambda: is_applied(two), "the agent hears so")
        push(downlink, b"")
        wait_for(lambda: is_said("fichier"), "back to the file")
        wait_for(lambda: downlink.applied() == {}, "the agent hears so")
        portal.terminate()
        _, log = portal.communicate(timeout=60)
    assert (portal.returncode, "Traceback" in log) == (0, False)
