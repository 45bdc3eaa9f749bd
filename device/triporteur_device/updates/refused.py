"""Why a release is not taken."""


class Refused(ValueError):
    """It is not taken, whenever it comes again; the sentence says why, and what to do."""
