"""A line that keeps what goes over it."""

from collections.abc import Callable

from triporteur_device.link import Link


class Tap:
    """Hands every byte heard to `keep`, and notes every question with its place among them."""

    def __init__(self, line: Link, keep: Callable[[bytes], object]) -> None:
        self._line = line
        self._keep = keep
        self.heard = 0
        self.asked: list[tuple[int, bytes]] = []

    def read(self, timeout_s: float) -> bytes:
        data = self._line.read(timeout_s)
        self._keep(data)
        self.heard += len(data)
        return data

    def write(self, data: bytes) -> None:
        self._line.write(data)
        self.asked.append((self.heard, data))

    def close(self) -> None:
        self._line.close()
