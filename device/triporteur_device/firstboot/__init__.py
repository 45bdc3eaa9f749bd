"""What somebody laid on the boot partition of a card is taken in: a unit gets its name.

The boot partition is the one part of a card that any computer can write. The image of a card has
nothing secret in it, and names nobody.
"""

from triporteur_device.firstboot.taking import Places, Refused, take

__all__ = ["Places", "Refused", "take"]
