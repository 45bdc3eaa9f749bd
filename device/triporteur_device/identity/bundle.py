"""The bundle that lets this unit in: is it one, is it ours, is it still good?"""

from datetime import UTC, datetime

from triporteur_device.identity.papers import BadPapers, read_authorities
from triporteur_wire.enrolment import Bundle, decode_bundle
from triporteur_wire.reading import Unreadable


class BadBundle(ValueError):
    """The bundle cannot be used; says why and what to do."""


def read_bundle(text: bytes) -> Bundle:
    """The bundle in a file's bytes. Raises BadBundle when it is none, or damaged."""
    try:
        found = decode_bundle(text)
        read_authorities(found.authorities)
    except (Unreadable, BadPapers) as error:
        raise BadBundle(
            f"this is no enrolment bundle, or a damaged one ({error}); copy it from the depot again"
        ) from error
    return found


def check_bundle(bundle: Bundle, unit: str, utc_ms: int | None) -> None:
    """Raises BadBundle when it is another unit's, or has expired by `utc_ms`, None if unknown."""
    if bundle.unit != unit:
        raise BadBundle(
            f"the bundle is for the unit {bundle.unit!r}, but unit.toml names this one {unit!r}; "
            "take the bundle made for this unit, or correct the name"
        )
    if utc_ms is not None and utc_ms >= bundle.expires_utc_ms:
        raise BadBundle(
            f"the bundle was good until {day(bundle.expires_utc_ms)} only; "
            "ask the depot for a new one"
        )


def day(utc_ms: int) -> str:
    """A Unix time in milliseconds as a day people can read, in UTC."""
    return f"{datetime.fromtimestamp(utc_ms / 1000, UTC):%Y-%m-%d}"
