"""What a person asked for."""


class AskedWrongly(ValueError):
    """It cannot be done as asked; the sentence says why, and what to do."""
