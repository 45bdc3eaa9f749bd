"""Two hundred visits, and then every byte that is left of them: nobody can be found in any.

Aboard and at the depot each process may write to the folders that are searched, and to no other.
That the search finds what there is to find is shown beside it, and in test_traces.py.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.network.capture import Capture, Frame
from tests.network.lab import UNIT_WWAN, Lab
from tests.network.namespace import end
from tests.network.reporting import Depot, ReportingUnit
from tests.network.settings import Settings
from tests.network.streams import streams
from tests.network.traces import Person, Traces, readable
from tests.network.visits import PARTNER, visit
from tests.rig import wait_for
from triporteur_depot.commands import legal

pytestmark = pytest.mark.slow

VISITS = 200
GONE_OUT, OPENED = 67, 66


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of visits once everything has ended, and what stood in RAM before.

    `aboard` and `ashore` are folders; `uplink` is every frame between the unit and the Internet,
    `said` what unit and depot told each other; `page` is what the depot showed in the end.
    """

    people: list[Person]
    ram: dict[str, set[bytes]]
    rules: str
    aboard: Path
    ashore: Path
    uplink: list[Frame]
    said: list[bytes]
    page: str

    @property
    def traces(self) -> Traces:
        return Traces(self.people)


def left_of(count: int, folder: Path, legal_log: Path | None = None) -> Left:
    with Lab(folder) as lab, Capture(lab.unit, UNIT_WWAN) as back:
        with (
            Depot(lab, folder / "depot") as depot,
            ReportingUnit(lab, depot, Settings(secured=True), legal_log) as unit,
        ):
            unit.start()
            people = visit(unit, lab.add_phones(count))
            ram = {path.name: who for path, who in Traces(people).on_disk(unit.ram).items()}
            rules = unit.nft("list", "ruleset")
            end(unit.portal)  # which writes the hour
            page = wait_for(lambda: _shown(depot), "the hour is at the depot")
        uplink = [*lab.internet.capture.frames(), *back.frames()]
    said = streams(uplink, depot.broker_port)
    return Left(people, ram, rules, unit.folder, depot.folder, uplink, said, page)


def _shown(depot: Depot) -> str:
    """The unit's page, once it shows what the public used."""
    page = depot.page("/unite/ben")
    return page if "Pages ouvertes" in page else ""


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Left:
    return left_of(VISITS, tmp_path_factory.mktemp("privacy"))


def test_everybody_is_known_in_ram_where_leases_are_and_nowhere_else(left: Left) -> None:
    assert len({person.address for person in left.people}) == VISITS
    known = left.ram["leases"]
    for person in left.people:
        assert {person.mac.hex(":").encode(), str(person.address).encode()} <= known
    # The range of addresses begins and ends with what may be somebody's.
    assert left.ram.keys() <= {"leases", "addresses.conf"}


def test_nobody_is_on_a_disk(left: Left) -> None:
    written = {path.name for folder in (left.aboard, left.ashore) for path in folder.rglob("*")}
    assert written >= {"kiosk.journal", "spent.json", "device.journal", "depot.db"}
    assert written >= {"gate.log", "portal.log", "run.log", "broker.log", "depot.log"}
    assert left.traces.on_disk(left.aboard, left.ashore) == {}


def test_nobody_is_in_what_unit_and_depot_told_each_other(left: Left) -> None:
    told = b"".join(map(readable, left.said))
    assert f'"partner:{PARTNER}":{OPENED}'.encode() in told
    assert [found for each in left.said if (found := left.traces.within(each))] == []


def test_the_internet_sees_one_address_for_all_and_no_mac(left: Left) -> None:
    seen = left.traces.within(b"".join(frame.whole for frame in left.uplink))
    tokens = {person.token.lower().encode() for person in left.people}
    assert len(seen & tokens) == GONE_OUT  # each told it a site
    assert seen.isdisjoint(person.mac for person in left.people)
    ends = {end for frame in left.uplink for end in (frame.source, frame.target)}
    assert ends.isdisjoint(str(person.address) for person in left.people)


def test_the_kernel_is_told_to_log_nothing(left: Left) -> None:
    assert "triporteur_gate" in left.rules
    assert not re.search(r"\blog\b|\bnftrace\b", left.rules)


def test_the_depots_page_shows_the_visits_and_nobody(left: Left) -> None:
    words = " ".join(re.sub(r"<[^>]+>", " ", left.page).split())
    for fact in (
        f"Pages ouvertes {2 * VISITS}",
        f"Sites de partenaires ouverts {OPENED}",
        f"Passages vers Internet {GONE_OUT}",
        f"Téléphones ensemble, au plus {VISITS}",
        f"caf.fr {OPENED}",
        "arabe 134",
        "Données des visiteurs",
    ):
        assert fact in words
    assert left.traces.within(left.page.encode()) == set()


# The legal log, where an association keeps one, is the one exception; only its key opens it.


class Office:
    """Who holds the key of the legal log, far from the unit."""

    def __init__(self, folder: Path) -> None:
        self.key, self.certificate = folder / "legal.key", folder / "legal.pem"
        key = rsa.generate_private_key(65537, 2048)
        self.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "log")]), datetime.now(UTC)
        made = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(7)
        made = made.not_valid_before(now).not_valid_after(now + timedelta(days=9))
        signed = made.public_key(key.public_key()).sign(key, hashes.SHA256())
        self.certificate.write_bytes(signed.public_bytes(Encoding.PEM))


def test_with_the_legal_log_only_its_key_shows_who_passed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office = Office(tmp_path)
    left = left_of(4, tmp_path, office.certificate)
    assert left.traces.on_disk(left.aboard, left.ashore) == {}
    assert [found for each in left.said if (found := left.traces.within(each))] == []
    (log,) = (left.aboard / "card" / "legal").glob("*.log")
    capsys.readouterr()
    assert legal.run([log], office.key, office.certificate, "a test") == 0
    opened = left.traces.within(capsys.readouterr().out.encode())
    for passed in (left.people[0], left.people[3]):
        assert {passed.mac.hex(":").encode(), str(passed.address).encode()} <= opened
    for stayed in (left.people[1], left.people[2]):
        assert opened.isdisjoint(word.encode() for word in stayed.written())
