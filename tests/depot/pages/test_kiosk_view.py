from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tests.depot.pages.builder import DAY_MS, HOUR_MS, Depot, status
from tests.depot.pages.conftest import Clock
from tests.depot.pages.reading import main
from triporteur_depot.pages.kiosk_view import counted
from triporteur_depot.pages.kiosk_words import labelled
from triporteur_wire.records import Usage
from triporteur_wire.usage import MEGABYTES, PEAK_STATIONS, SESSIONS, added_up

Use = Callable[..., None]


@pytest.fixture
def use(depot: Depot, clock: Clock) -> Use:
    """Has the kiosk of "ben" count an hour that ended so long before now."""
    unit_id = depot.unit("ben", status(), clock())
    depot.anchor(unit_id, 0, clock() - 3 * DAY_MS)
    log = depot.log(unit_id)

    def count(ended_ms_ago: int, span_s: int = 3600, **counts: int) -> None:
        said = {word.replace("__", ":").replace("_dot_", "."): n for word, n in counts.items()}
        log.add(3 * DAY_MS - ended_ms_ago, Usage(span_s, said))
        log.store()

    return count


def test_the_days_pages_partners_and_languages_are_told(client: FlaskClient, use: Use) -> None:
    use(
        2 * HOUR_MS,
        page__welcome=40,
        page__sante=12,
        language__fr=45,
        language__ar=7,
        partner__www_dot_caf_dot_fr=9,
    )
    use(HOUR_MS, page__welcome=30, **{SESSIONS: 14, MEGABYTES: 350, PEAK_STATIONS: 11})
    said = main(client, "/unite/ben")
    assert "Pages ouvertes 82" in said
    assert "Sites de partenaires ouverts 9" in said
    assert "Passages vers Internet 14" in said
    assert "Données des visiteurs 350 Mo" in said
    assert "Téléphones ensemble, au plus 11" in said
    assert "Accueil 70" in said
    assert "Santé 12" in said
    assert "arabe 7" in said
    assert "caf.fr 9" in said


def test_fewer_than_five_are_never_told_as_a_number(client: FlaskClient, use: Use) -> None:
    use(HOUR_MS, page__welcome=3, language__fa=2, **{SESSIONS: 1, PEAK_STATIONS: 4})
    said = main(client, "/unite/ben")
    assert "Pages ouvertes moins de 5" in said
    assert "Passages vers Internet moins de 5" in said
    assert "Téléphones ensemble, au plus moins de 5" in said
    assert "persan" not in said


def test_a_week_shows_a_bar_for_each_day(client: FlaskClient, use: Use) -> None:
    use(2 * DAY_MS, page__welcome=20)
    use(HOUR_MS, page__welcome=30)
    body = client.get("/unite/ben?vue=semaine").get_data(as_text=True)
    assert body.count('<rect class="many"') == 2
    assert "Pages ouvertes 50" in main(client, "/unite/ben?vue=semaine")
    assert "Kiosque public" in main(client, "/unite/ben")


def test_a_day_on_which_nothing_was_counted_shows_no_kiosk(client: FlaskClient, use: Use) -> None:
    use(2 * DAY_MS, page__welcome=20)
    assert "Kiosque public" not in main(client, "/unite/ben")


def test_an_hour_belongs_to_the_day_of_its_middle(client: FlaskClient, use: Use) -> None:
    use(0, span_s=10 * 365 * 86_400, page__welcome=20)
    assert "Pages ouvertes 20" in main(client, "/unite/ben")


def test_a_word_of_a_hostile_unit_is_text(client: FlaskClient, use: Use) -> None:
    use(HOUR_MS, **{"page__<script>": 20})
    body = client.get("/unite/ben").get_data(as_text=True)
    assert "&lt;script&gt;" in body
    assert "<script>" not in body


def test_every_word_the_kiosk_counts_has_french() -> None:
    from triporteur_kiosk.usage.words import PROBE, WORDS

    for word in WORDS:
        if word not in {PROBE, SESSIONS, MEGABYTES, PEAK_STATIONS}:
            assert labelled(word)[0].isalpha()
            assert labelled(word) != word.partition(":")[2], word


@given(st.lists(st.dictionaries(st.sampled_from(["a", PEAK_STATIONS]), st.integers(0, 99))))
def test_hours_add_up_and_peaks_do_not(hours: list[dict[str, int]]) -> None:
    total = added_up(hours)
    assert total.get("a", 0) == sum(hour.get("a", 0) for hour in hours)
    assert total.get(PEAK_STATIONS, 0) == max(
        (hour.get(PEAK_STATIONS, 0) for hour in hours), default=0
    )


def test_a_few_is_a_word() -> None:
    assert [counted(n) for n in (0, 4, 5)] == ["0", "moins de\u00a05", "5"]
