"""The gate's folder is refused where it would be kept."""

from pathlib import Path

import pytest

from tests.kiosk.gate.planned import written
from triporteur_kiosk.__main__ import main
from triporteur_kiosk.gate.ram import outlives

MOUNTS = """\
/dev/mmcblk0p2 / ext4 rw,noatime 0 0
tmpfs /run tmpfs rw,nosuid,nodev 0 0
/dev/mmcblk0p2 /run/kept ext4 rw 0 0
/dev/sda1 /srv ext4 rw 0 0
tmpfs /srv tmpfs rw 0 0
"""


@pytest.fixture
def mounts(tmp_path: Path) -> Path:
    (path := tmp_path / "mounts").write_text(MOUNTS)
    return path


@pytest.mark.parametrize("folder", ["/run/triporteur-gate", "/run", "/srv/gate/of/mine"])
def test_a_folder_in_ram_is_taken(mounts: Path, folder: str) -> None:
    assert outlives(Path(folder), mounts) is None


@pytest.mark.parametrize("folder", ["/var/lib/gate", "/", "/runs", "/run/kept/gate"])
def test_a_folder_that_is_kept_is_not(mounts: Path, folder: str) -> None:
    told = outlives(Path(folder), mounts)
    assert told
    assert told.startswith(f"[gate] ram found {folder!r}, which is kept (ext4); expected a folder")


def test_a_link_is_what_it_leads_to(mounts: Path, tmp_path: Path) -> None:
    (link := tmp_path / "gate").symlink_to("/run/triporteur-gate")
    assert outlives(link, mounts) is None


@pytest.mark.parametrize("only_check", [["--check-config"], []])
def test_the_command_says_so_and_does_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], only_check: list[str]
) -> None:
    kept = Path("/proc/gate")  # everywhere there, and nowhere RAM
    path = written(tmp_path, f'interface = "wlan0"\nram = "{kept}"')
    assert main(["gate", *only_check, "--config", str(path)]) == 2
    assert capsys.readouterr().err.startswith(f"[gate] ram found '{kept}'")
