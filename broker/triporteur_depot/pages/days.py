"""Local days of the fleet as windows of UTC; a day has 23, 24 or 25 hours."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
#: The fleet's history starts here at the earliest: units are younger than this.
_FIRST_DAY = date(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class Window:
    """From `start_ms` up to, not including, `end_ms` (Unix time)."""

    start_ms: int
    end_ms: int

    @property
    def length_ms(self) -> int:
        return self.end_ms - self.start_ms

    def share(self, utc_ms: float) -> float:
        """Where an instant lies: 0 at the start, 1 at the end."""
        return (utc_ms - self.start_ms) / self.length_ms


def local(utc_ms: int) -> datetime:
    return datetime.fromtimestamp(utc_ms / 1000, UTC).astimezone(PARIS)


def parse_day(text: str, today: date) -> date | None:
    """The day of `YYYY-MM-DD`, or None when it is no day of the fleet's past."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _FIRST_DAY <= day <= today else None


def days_window(last: date, days: int) -> Window:
    """The local days that end with `last`."""
    return Window(_midnight_ms(last - timedelta(days=days - 1)), _midnight_ms(last + DAY))


def days_of(window: Window) -> list[date]:
    """The local days that start within the window."""
    first, last = local(window.start_ms).date(), local(window.end_ms - 1).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def instant_ms(day: date, hour: int) -> int:
    """The local hour of a day; in the missing hour of March, the hour that follows."""
    return round(datetime.combine(day, time(hour), PARIS).timestamp() * 1000)


DAY = timedelta(days=1)


def _midnight_ms(day: date) -> int:
    return instant_ms(day, 0)
