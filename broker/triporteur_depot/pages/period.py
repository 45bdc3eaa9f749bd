"""Which stretch of the past a page shows: one local day, or the seven that end with it."""

from dataclasses import dataclass
from datetime import date

from triporteur_depot.pages.days import DAY, Window, days_window
from triporteur_depot.pages.french import long_date, short_date

WEEK = "semaine"
_WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Period:
    """The `days` local days (1 or 7) that end with `last`, seen from `today`."""

    last: date
    days: int
    today: date

    @classmethod
    def of(cls, last: date, view: str | None, today: date) -> "Period":
        return cls(last, _WEEK_DAYS if view == WEEK else 1, today)

    @property
    def is_week(self) -> bool:
        return self.days > 1

    @property
    def window(self) -> Window:
        return days_window(self.last, self.days)

    @property
    def title(self) -> str:
        if self.is_week:
            first = self.last - (self.days - 1) * DAY
            return f"Du {short_date(first)} au {short_date(self.last)}"
        if self.last == self.today:
            return "Aujourd’hui"
        named = long_date(self.last)
        return f"Hier, {named}" if self.last == self.today - DAY else named.capitalize()

    def before(self, first_day: date | None) -> date | None:
        """The last day of the period before, or None when data begin in this one, or never."""
        last = self.last - self.days * DAY
        return last if first_day is not None and first_day <= last else None

    @property
    def after(self) -> date | None:
        """The last day of the next period, or None when this one reaches today."""
        return None if self.last >= self.today else min(self.last + self.days * DAY, self.today)

    def arguments(self, last: date | None = None, *, week: bool | None = None) -> dict[str, str]:
        """The address of this period, or of one that ends elsewhere or is seen otherwise."""
        day = last or self.last
        arguments = {} if day == self.today else {"jour": day.isoformat()}
        if self.is_week if week is None else week:
            arguments["vue"] = WEEK
        return arguments
