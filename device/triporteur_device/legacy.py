"""What one life of the agent leaves to the next, in the same process."""

from dataclasses import dataclass
from pathlib import Path

from triporteur_device.journal import NOTHING, Unkept


@dataclass(frozen=True, slots=True)
class Legacy:
    """How the next life has to open its journal.

    `carried` are the records that the last one's could not keep. `refusal` says why the card is
    not to be tried, and is empty when it is. `broken` is a journal to set aside though it looks
    whole, `damage` what was found wrong with it.
    """

    carried: Unkept = NOTHING
    refusal: str = ""
    broken: Path | None = None
    damage: str = ""
