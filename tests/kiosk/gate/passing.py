"""A kernel under test that only remembers: what it is asked to let through, and who was ended."""

from collections.abc import Mapping

from triporteur_kiosk.gate.keeper.passes import Pass, Phone


def phone(number: int) -> Phone:
    return Phone(f"02:00:00:00:00:{number:02x}", f"10.77.0.{number}")


class Remembered:
    """`bytes` is what each pass has used, by name, and `whole`."""

    def __init__(self) -> None:
        self.held: dict[str, Pass] = {}
        self.outward = False
        self.limit = 0
        self.bytes: dict[str, int] = {}
        self.broken = False
        self.days = 0

    def admit(self, one: Pass) -> None:
        if self.broken:
            raise OSError("nft refused")
        assert one.phone.ip not in {other.phone.ip for other in self.held.values()}
        self.held[one.name] = one

    def dismiss(self, one: Pass) -> None:
        del self.held[one.name]

    def beat(self, *, outward: bool, limit: int) -> Mapping[str, int]:
        self.outward, self.limit = outward, limit
        return self.bytes

    def begin_anew(self) -> None:
        """It holds nobody, and has counted nothing."""
        self.held.clear()
        self.bytes = {}

    def begin_day(self) -> None:
        self.days += 1

    def lets_out(self) -> bool:
        return self.outward

    def uses(self, used: int) -> None:
        """The one phone that is let through, and everybody, have come to so many bytes."""
        (name,) = self.held
        self.bytes = {name: used, "whole": used}
