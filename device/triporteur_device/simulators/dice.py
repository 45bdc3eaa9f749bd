"""Chance that falls the same way every time."""

import random


def dice(*names: object) -> random.Random:
    """A generator that depends on these names alone, on any machine and in any process."""
    return random.Random(":".join(map(str, names)))  # noqa: S311 - nothing secret here
