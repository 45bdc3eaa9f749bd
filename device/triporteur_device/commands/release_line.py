"""What became of a release, in a line for a terminal."""

from triporteur_wire.releases import Told


def said(told: Told) -> str:
    """As `1.5.0, waiting: 2.1 of 5.7 MB: why the rest does not come now`."""
    parts = [f"{told.version or 'a release'}, {told.outcome}"]
    if told.total_bytes:
        parts.append(f"{told.there_bytes / 1e6:.1f} of {told.total_bytes / 1e6:.1f} MB")
    return ": ".join([*parts, *([told.why] if told.why else [])])
