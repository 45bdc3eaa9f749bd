"""The fixed questions that a simulated board knows, found in whatever it hears."""

import re


class Questions:
    """Hears bytes cut anywhere; a question counts once it is whole, whatever comes before it."""

    def __init__(self, *known: bytes) -> None:
        self._known = re.compile(b"|".join(map(re.escape, known)))
        self._kept = max(map(len, known)) - 1
        self._heard = b""

    def heard(self, data: bytes) -> list[bytes]:
        """The questions that these bytes complete, in order."""
        heard = self._heard + data
        found = list(self._known.finditer(heard))
        behind = heard[found[-1].end() :] if found else heard
        self._heard = behind[max(len(behind) - self._kept, 0) :]
        return [question.group() for question in found]
