from pathlib import Path

from triporteur_device.boots import boot_number


def test_a_boot_keeps_its_number_and_the_next_gets_another(tmp_path: Path) -> None:
    path = tmp_path / "state" / "boot.json"
    assert boot_number(path, "a") == 1
    assert boot_number(path, "a") == 1
    assert boot_number(path, "b") == 2
    assert boot_number(path, "c") == 3


def test_a_lost_or_broken_file_never_gives_an_old_number_again(tmp_path: Path) -> None:
    path = tmp_path / "boot.json"
    path.write_bytes(b"\x00" * 40)
    assert boot_number(path, "a", at_least=8) == 8
    assert boot_number(path, "b", at_least=2) == 9
