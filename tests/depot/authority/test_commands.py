"""The commands' words for whatever is asked wrongly; no broker runs."""

from contextlib import closing
from pathlib import Path

import pytest

from tests.depot.authority.commanded import Depot, certify
from tests.depot.authority.counter import DAY_MS, Counter
from triporteur_depot import database
from triporteur_depot.authority import bundles
from triporteur_depot.authority.starting import how_to_start
from triporteur_depot.clock import utc_ms
from triporteur_depot.database import open_writer
from triporteur_wire.enrolment import decode_bundle

pytestmark = pytest.mark.slow

# broker


def test_a_broker_is_set_up_once(bare: Depot) -> None:
    first = bare.says("broker")
    assert "A new authority signs in" in first
    assert "To make one: triporteur-depot backup-authority FILE\n" in first
    files = {path: path.read_bytes() for path in bare.folder.rglob("*") if path.is_file()}
    second = bare.says("broker")
    assert f"{bare.folder}/broker: nothing changed." in second
    assert "A new authority" not in second
    again = {path: path.read_bytes() for path in bare.folder.rglob("*") if path.is_file()}
    assert [
        path for path in files if "depot.db" not in path.name and again[path] != files[path]
    ] == []
    assert set(again) == set(files)


def test_it_says_how_a_broker_is_started(depot: Depot) -> None:
    folder = depot.folder / "broker"
    assert depot.says("broker").endswith(
        "The broker is not running. To start it: "
        f"env OPENSSL_CONF={folder}/openssl.cnf mosquitto -c {folder}/mosquitto.conf\n"
    )


def test_where_the_package_is_installed_its_services_start_the_broker(tmp_path: Path) -> None:
    service = tmp_path / "usr/lib/systemd/system/triporteur-broker.service"
    service.parent.mkdir(parents=True)
    service.touch()
    by_hand = how_to_start(tmp_path / "broker", tmp_path)
    assert by_hand.endswith(f"mosquitto -c {tmp_path}/broker/mosquitto.conf")
    (tmp_path / "run/systemd/system").mkdir(parents=True)
    assert how_to_start(tmp_path / "broker", tmp_path) == "systemctl restart triporteur.target"
    service.unlink()
    assert how_to_start(tmp_path / "broker", tmp_path) == by_hand


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        (
            {"names": "[]"},
            "[authority] names is empty; write there by which host names or addresses units reach "
            'the broker, such as names = ["depot.example"]',
        ),
        (
            {"mqtt": 'host = "depot.example"'},
            "[mqtt] host is depot.example; this broker listens to the depot on 127.0.0.1 only: "
            'write host = "127.0.0.1"',
        ),
        (
            {"password": ""},
            "[mqtt] password_file is empty; name the file that is to hold the depot's password, "
            'such as password_file = "/var/lib/triporteur-depot/depot.password"',
        ),
    ],
)
def test_a_configuration_that_will_not_do_is_told(
    bare: Depot, setting: dict[str, str], said: str
) -> None:
    bare.configure(**setting)
    assert bare.says("broker", status=2) == f"triporteur-depot: {said}"


def test_a_short_password_is_not_taken(bare: Depot) -> None:
    (bare.folder / "secret").write_text("triporteur\n")
    assert "secret is shorter than 32 characters; remove the file" in bare.says("broker", status=1)


@pytest.mark.parametrize(
    "words", [["enrol", "ben", "--out", "x"], ["revoke", "ben"], ["rollover"], ["registrar"]]
)
def test_nothing_goes_before_an_authority(bare: Depot, words: list[str]) -> None:
    said = bare.says(*words, status=2)
    assert said == "triporteur-depot: there is no authority yet; run first: triporteur-depot broker"


# enrol, replace


def test_a_bundle_says_where_to_go_and_as_whom(depot: Depot) -> None:
    said = depot.enrols("ben")
    made = decode_bundle(depot.out.read_bytes())
    assert (made.unit, made.host, made.port, made.door_port) == ("ben", "depot.example", 8883, 8884)
    assert made.authorities == (depot.folder / "authority" / "authorities.pem").read_text()
    assert "The broker is not running: it will know when it starts." in said
    assert "run there: triporteur-device enrol a bundle." in said
    assert made.login in (depot.folder / "broker" / "passwd").read_text()


def test_of_a_bundle_s_secret_the_depot_keeps_a_hash(depot: Depot) -> None:
    depot.enrols("ben")
    secret = decode_bundle(depot.out.read_bytes()).token.encode()
    kept = [path for path in depot.folder.rglob("*") if path.is_file() and path != depot.out]
    assert [path for path in kept if secret in path.read_bytes()] == []


def test_a_bundle_may_name_another_host_and_last_otherwise(depot: Depot) -> None:
    depot.enrols("ben", "--host", "192.0.2.7", "--days", "3")
    made = decode_bundle(depot.out.read_bytes())
    assert made.host == "192.0.2.7"
    with closing(open_writer(depot.folder / "depot.db")) as connection:
        [(days,)] = connection.execute("SELECT expires_utc_ms - made_utc_ms FROM bundles")
    assert days == 3 * DAY_MS


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("Ben", "'Ben' cannot name a unit; take 2 to 32 lower case letters, digits and hyphens"),
        ("b", "'b' cannot name a unit; take 2 to 32 lower case letters, digits and hyphens"),
        (
            "depot",
            "'depot' cannot name a unit, it is kept (depot, registrar, enrol-…); take another name",
        ),
        (
            "enrol-ben",
            "'enrol-ben' cannot name a unit, it is kept (depot, registrar, enrol-…); take another "
            "name",
        ),
    ],
)
@pytest.mark.parametrize("name", ["enrol", "replace", "revoke", "retire"])
def test_not_every_name_is_a_unit_s(depot: Depot, name: str, unit: str, said: str) -> None:
    out = ["--out", str(depot.out)] if name in ("enrol", "replace") else []
    assert depot.says(name, unit, *out, status=2) == f"triporteur-depot: {said}"
    assert not depot.out.exists()


def test_a_bundle_leads_to_a_name_of_the_broker(depot: Depot) -> None:
    said = depot.enrols("ben", "--host", "elsewhere.example", status=2)
    assert said == (
        "triporteur-depot: the broker's certificate does not hold for elsewhere.example; add it to "
        "[authority] names and run triporteur-depot broker"
    )


@pytest.mark.parametrize("days", ["0", "366", "-1"])
def test_a_bundle_lasts_a_day_to_a_year(depot: Depot, days: str) -> None:
    said = depot.enrols("ben", "--days", days, status=2)
    assert said == f"triporteur-depot: --days {days}: a bundle lets in for 1 to 365 days"


def test_a_bundle_replaces_no_file_and_is_not_made_then(depot: Depot) -> None:
    depot.out.write_text("a letter")
    said = depot.enrols("ben", status=2)
    assert said == (
        f"triporteur-depot: {depot.out} is there already; name another file, or delete it"
    )
    assert depot.out.read_text() == "a letter"
    depot.out = depot.folder / "nowhere" / "ben"
    said = depot.enrols("ben", status=2)
    assert said == f"triporteur-depot: {depot.out} cannot be written: No such file or directory"
    with closing(open_writer(depot.folder / "depot.db")) as connection:
        assert connection.execute("SELECT count(*) FROM bundles").fetchone() == (0,)


def test_who_is_enrolled_is_replaced_and_not_enrolled(depot: Depot) -> None:
    certify(depot, "ben")
    again = "triporteur-depot replace ben --out FILE"
    said = depot.enrols("ben", status=2)
    assert said == (
        "triporteur-depot: ben is enrolled already; if its card was lost, or written anew: " + again
    )
    depot.says("revoke", "ben")
    said = depot.enrols("ben", status=2)
    assert said == ("triporteur-depot: ben was shut out; to let it in again: " + again)
    depot.says("retire", "ben")
    said = depot.enrols("ben", status=2)
    assert said == f"triporteur-depot: ben was retired; to have it serve again: {again}"
    depot.says("replace", "ben", "--out", str(depot.out))
    assert retired(depot) == [("ben", None)]


@pytest.mark.parametrize("name", ["replace", "revoke", "retire"])
def test_of_a_unit_that_was_never_here_there_is_nothing_to_do(depot: Depot, name: str) -> None:
    out = ["--out", str(depot.out)] if name == "replace" else []
    assert depot.says(name, "ben", *out, status=2) == (
        "triporteur-depot: no unit named ben was ever here; triporteur-depot units names those "
        "that were"
    )


# revoke, retire


def test_a_revocation_is_done_even_when_the_broker_is_not_there(depot: Depot) -> None:
    certify(depot, "ben")
    before = (depot.folder / "broker" / "crl.pem").read_bytes()
    said = depot.says("revoke", "ben")
    assert said == (
        "ben: 1 certificate revoked.\n"
        "The broker is not running: it will know when it starts.\n"
        "To let it in again: triporteur-depot replace ben --out FILE\n"
    )
    assert (depot.folder / "broker" / "crl.pem").read_bytes() != before
    assert "user ben\ntopic deny triporteur/v1/#\n" in (depot.folder / "broker/acl").read_text()
    assert "ben: no certificate revoked, for none held." in depot.says("revoke", "ben")
    depot.says("replace", "ben", "--out", str(depot.out))
    assert "user ben\n" not in (depot.folder / "broker" / "acl").read_text()


def test_a_retired_unit_is_marked(depot: Depot) -> None:
    certify(depot, "ben")
    said = depot.says("retire", "ben")
    assert "What it keeps of ben is still there: run this again when it runs." in said
    assert "To have it serve again: triporteur-depot replace ben --out FILE" in said
    [(unit, when)] = retired(depot)
    assert unit == "ben"
    assert when


def test_a_bundle_that_lets_nobody_in_any_more_leaves_the_door_after_a_week(depot: Depot) -> None:
    logins: list[str] = []
    counter = Counter(depot.folder, founded=True)
    for age_days in (8, 6):
        counter.now_ms = utc_ms() - age_days * DAY_MS
        used, withdrawn = f"used-{age_days}", f"withdrawn-{age_days}"
        login = counter.bundle(used, days=90)
        counter.certified(login, used)
        logins += [login, counter.bundle(withdrawn, days=90), counter.bundle(f"e-{age_days}", 0)]
        bundles.withdraw(counter.connection, withdrawn, counter.now_ms)
    waits = counter.bundle("waits", days=90)
    counter.connection.close()
    depot.says("broker")
    listed = (depot.folder / "broker" / "passwd").read_text()
    assert [login in listed for login in (*logins, waits)] == [False] * 3 + [True] * 4


def test_a_database_that_somebody_else_writes_to_is_told(
    depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_BUSY_TIMEOUT_S", 0.01)
    with closing(open_writer(depot.folder / "depot.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        assert depot.enrols("ben", status=1) == (
            "triporteur-depot: the database is being written to by somebody else; nothing was done "
            "that is not finished when you run this again"
        )


# rollover


def test_a_new_authority_is_made_once(depot: Depot) -> None:
    assert depot.says("rollover", "--forget-old", status=2) == (
        "triporteur-depot: one authority is trusted, there is no older one to forget"
    )
    depot.says("rollover", "--authority")
    assert depot.says("rollover", "--authority", status=2) == (
        "triporteur-depot: two authorities are trusted now; first: "
        "triporteur-depot rollover --forget-old"
    )
    depot.says("rollover", "--forget-old")
    depot.says("rollover", "--authority")


def test_who_would_be_left_behind_is_named(depot: Depot) -> None:
    certify(depot, "ben")
    certify(depot, "zoe")
    depot.says("rollover", "--authority")
    certify(depot, "zoe")
    assert depot.says("rollover", "--forget-old", status=2) == (
        "triporteur-depot: these units still hold a certificate by the old authority: ben; wait "
        "until they were connected, or shut them out with --force"
    )
    said = depot.says("rollover", "--forget-old", "--force")
    assert "The old authority is forgotten. Shut out, to be replaced: ben." in said


def test_force_needs_something_to_force(depot: Depot) -> None:
    said = depot.says("rollover", "--force", status=2)
    assert said == "triporteur-depot: --force goes with --forget-old"


def retired(depot: Depot) -> list[tuple[str, int | None]]:
    with closing(open_writer(depot.folder / "depot.db")) as connection:
        return connection.execute("SELECT name, retired_utc_ms FROM units").fetchall()
