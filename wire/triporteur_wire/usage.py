"""The words in which a kiosk counts what is used of it, and how counts of several hours add up.

Nothing that is counted is a person's; below `FEWEST` a number could still point at one, and no page
tells it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

#: `page:welcome`: a page of the portal that was served.
PAGE = "page:"
#: `partner:www.caf.fr`: a partner's site that was opened from the portal.
PARTNER = "partner:"
#: `language:ar`: what a browser asks for first, once a page.
LANGUAGE = "language:"
#: Phones that were let through to the Internet.
SESSIONS = "sessions"
#: What visitors' phones took of the unit's uplink and gave to it, in megabytes (MB).
MEGABYTES = "megabytes"
#: The most phones that were on the Wi-Fi at once: the one count that is not added up.
PEAK_STATIONS = "peak_stations"

#: A smaller number of people or pages is told as « moins de 5 ».
FEWEST = 5


def added_up(hours: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """What several hours come to: sums, and of the peaks the highest."""
    total: Counter[str] = Counter()
    for counts in hours:
        peak = max(total[PEAK_STATIONS], counts.get(PEAK_STATIONS, 0))
        total.update(counts)
        total[PEAK_STATIONS] = peak
    return dict(+total)
