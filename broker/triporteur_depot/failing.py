"""Why a depot's process ends by itself."""


class DepotFailed(RuntimeError):
    """The depot cannot go on; the sentence says why, and what to do."""
