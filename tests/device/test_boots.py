from pathlib import Path

from triporteur_device.boots import boot_number


def test_a_boot_keeps_its_number_and_the_next_gets_another(tmp_path: Path) -> None:
    path = tmp_path / "state" / "boot.json"
    first = boot_number(path, "a")
    assert boot_number(path, "a") == first
    assert boot_number(path, "b") == first + 1
    assert boot_number(path, "c") == first + 2


def test_a_lost_or_broken_file_never_gives_an_old_number_again(tmp_path: Path) -> None:
    path = tmp_path / "boot.json"
    path.write_bytes(b"\xff\x00" * 40)
    assert boot_number(path, "a", highest_known=7) == 8
    assert boot_number(path, "b", highest_known=1) == 9


def test_a_new_card_does_not_take_the_numbers_of_the_one_it_replaces(tmp_path: Path) -> None:
    numbers = {boot_number(tmp_path / str(card) / "boot.json", "a") for card in range(20)}
    assert len(numbers) == 20
