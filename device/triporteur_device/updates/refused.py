"""Why a release is not taken."""


class Refused(ValueError):
    """It is not taken, whenever it comes again; the sentence says why, and what to do."""


def sentence(error: OSError) -> str:
    """What the card, or whatever it was, says of why it is not taken now."""
    return f"{error.filename}: {error.strerror}" if error.strerror else str(error)
