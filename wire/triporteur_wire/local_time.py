"""The local time of the fleet: when a day begins, and when its evening does."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
#: When the last one leaves the depot.
_EVENING_HOUR = 18


def is_evening_before(utc_ms: int, departs_utc_ms: int, zone: tzinfo = PARIS) -> bool:
    """From 18:00 on the day before until the departure, in local time.

    A departure that is in no calendar has no evening.
    """
    try:
        departs = datetime.fromtimestamp(departs_utc_ms / 1000, UTC).astimezone(zone)
        eve = departs - timedelta(days=1)
    except (ValueError, OverflowError, OSError):
        return False
    eve = eve.replace(hour=_EVENING_HOUR, minute=0, second=0, microsecond=0)
    return eve <= datetime.fromtimestamp(utc_ms / 1000, UTC).astimezone(zone) < departs
