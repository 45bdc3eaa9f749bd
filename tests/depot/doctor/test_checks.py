"""What else can be wrong with a depot, planted: keys, closed ports, a real broker."""

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.depot.authority.commanded import Depot, certify
from tests.depot.doctor.answers import ATTENTION, NOW_MS, OK, WRONG, here, is_so
from tests.nobody import closed, nobody
from tests.rig import end, free_port, running, triporteur, wait_for
from tests.tls import SecuredBroker
from triporteur_depot import copies
from triporteur_depot.__main__ import main
from triporteur_depot.alone import one_registrar
from triporteur_depot.authority.desk import DEAF, HEARING
from triporteur_depot.authority.vault import Vault
from triporteur_depot.config import DepotConfig, load
from triporteur_depot.database import note_broker, open_writer
from triporteur_depot.doctor import checks, doors, keys
from triporteur_wire.findings import Answer, Verdict, examined

pytestmark = pytest.mark.slow

# Keys


def test_an_authority_is_well_until_its_last_year(config: DepotConfig) -> None:
    assert is_so(keys.authority(config, here()), OK, "it signs until")
    assert is_so(keys.authority(config, here(years_on=19.5)), WRONG, "rollover --authority")


def test_without_an_authority_no_unit_is_let_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = load(Depot(tmp_path, capsys).folder / "depot.toml")
    assert is_so(keys.authority(config, here()), WRONG, "there is none")


def test_two_authorities_are_told(config: DepotConfig, depot: Depot) -> None:
    depot.says("rollover", "--authority")
    assert is_so(keys.authority(config, here()), ATTENTION, "--forget-old")


def test_a_key_that_is_gone_is_told(config: DepotConfig) -> None:
    [root] = (Path(config.authority.directory) / "private").glob("root-*.pem")
    root.unlink()
    [found] = [each for each in examined(checks(config, here())) if each.about == "authority"]
    assert found.verdict is ATTENTION
    assert "put it back from a backup" in found.said


def test_a_key_that_others_can_read_is_wrong(config: DepotConfig) -> None:
    assert is_so(keys.rights(config), OK)
    private = Path(config.authority.directory) / "private"
    (private / "broker.pem").chmod(0o640)
    assert is_so(keys.rights(config), WRONG, "others can read", "broker.pem", "chmod go=")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another")
def test_a_key_that_is_another_users_is_wrong(config: DepotConfig) -> None:
    path = Path(config.authority.directory) / "private" / "registrar.password"
    os.chown(path, 65534, 65534)
    assert is_so(keys.rights(config), WRONG, "the registrar cannot read it", "chown")


def test_an_authority_that_is_nowhere_else_is_told(config: DepotConfig, depot: Depot) -> None:
    assert is_so(keys.put_away(config), ATTENTION, "backup-authority FILE")
    (depot.folder / "words").write_text("quatre mots tout simples")
    words = ["--passphrase-file", str(depot.folder / "words")]
    depot.says("backup-authority", str(depot.folder / "sealed"), *words)
    assert is_so(keys.put_away(config), OK, "sealed in a file")


@pytest.mark.parametrize(
    ("years_on", "verdict", "words"),
    [(0, OK, "holds until"), (4.5, ATTENTION, "ends on"), (6, WRONG, "units refuse it")],
)
def test_the_brokers_certificate_is_dated(
    config: DepotConfig, years_on: float, verdict: Verdict, words: str
) -> None:
    assert is_so(keys.certificate(config, here(years_on)), verdict, words)


def test_a_revoked_unit_that_the_broker_does_not_know_of_is_wrong(
    config: DepotConfig, depot: Depot
) -> None:
    at_broker = Path(config.authority.broker_directory) / "crl.pem"
    before = at_broker.read_bytes()
    certify(depot, "ben")
    depot.says("revoke", "ben")
    assert is_so(keys.revocations(config), OK, "knows 1 certificates")
    at_broker.write_bytes(before)
    assert is_so(keys.revocations(config), WRONG, "1 revoked certificates still hold")


def test_a_broker_that_an_earlier_version_set_up_is_told(config: DepotConfig) -> None:
    assert is_so(keys.access(config), OK)
    acl = Path(config.authority.broker_directory) / "acl"
    before = acl.read_text()
    acl.write_text("".join(line for line in before.splitlines(True) if "release" not in line))
    assert is_so(keys.access(config), WRONG, "another version", "triporteur-depot broker")


def test_authorities_that_the_broker_does_not_know_are_wrong(config: DepotConfig) -> None:
    (Path(config.authority.broker_directory) / "authorities.pem").write_text("another")
    assert is_so(keys.revocations(config), WRONG, "other authorities")


# Doors


def test_where_no_broker_listens_each_door_is_told(config: DepotConfig) -> None:
    assert is_so(doors.secured(config, free_port(), "units"), WRONG, "find nobody", "refused")


def test_a_registrar_that_hears_nobody_is_wrong(config: DepotConfig, tmp_path: Path) -> None:
    (tmp_path / "systemd/system").mkdir(parents=True)
    with one_registrar(Vault(Path(config.authority.directory)).registrar_lock):
        assert is_so(doors.registrar(config, replace(here(), run=tmp_path / "none")), OK, "it runs")
        for said, verdict in ((HEARING, OK), (DEAF, WRONG), ("", OK)):
            bedside = replace(here(), run=tmp_path, ask=partial(systemd_says, said))
            assert is_so(doors.registrar(config, bedside), verdict, "it runs")


def systemd_says(status: str, command: Sequence[str]) -> str:
    assert "--property=StatusText" in command
    return f"{status}\n"


def test_a_password_that_cannot_be_read_is_told(config: DepotConfig) -> None:
    Path(config.mqtt.password_file).unlink()
    assert is_so(doors.local(config), WRONG, "password_file", "cannot be read")


def test_without_a_registrar_no_unit_is_certified(config: DepotConfig) -> None:
    assert is_so(doors.registrar(config, here()), WRONG, "triporteur-registrar")


@pytest.fixture(scope="module")
def at_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredBroker]:
    """Broker, registrar and ingest, as on a server."""
    folder = tmp_path_factory.mktemp("depot")
    with SecuredBroker(folder) as made:
        text = made.depot_config.read_text()
        made.depot_config.write_text(f'{text}\n[backup]\ndirectory = "{folder / "copies"}"\n')
        made.start()
        made.start_registrar()
        command = (*triporteur("depot", "ingest"), "--config", str(made.depot_config))
        with running(folder / "ingest.log", command) as ingest:
            wait_for(
                lambda: "broker: connected" in (folder / "ingest.log").read_text(), "it takes in"
            )
            yield made
            end(ingest)


def doctor(broker: SecuredBroker) -> tuple[int, dict[str, Answer]]:
    said = broker.attempt("doctor", "--json")
    found = [json.loads(line) for line in said.stdout.splitlines()]
    return said.returncode, {each["about"]: (each["verdict"], each["said"]) for each in found}


@pytest.mark.slow
def test_of_a_depot_at_work_nothing_is_wrong(at_work: SecuredBroker) -> None:
    at_work.command("backup")
    status, found = doctor(at_work)
    assert {about: said for about, (verdict, said) in found.items() if verdict == "wrong"} == {}
    assert status == 0
    assert "lets the depot in" in found["broker"][1]
    assert f"answered at port {at_work.units_port}" in found["units' door"][1]
    assert "it runs" in found["registrar"][1]
    assert len(found) == 22


@pytest.mark.slow
def test_a_wrong_password_is_told(at_work: SecuredBroker) -> None:
    path = at_work.folder / "depot.password"
    kept = path.read_text()
    path.write_text("0" * 64)
    try:
        _, found = doctor(at_work)
    finally:
        path.write_text(kept)
    assert is_so(_so(found["broker"]), WRONG, "does not let the depot in", "password_file")


@pytest.mark.slow
def test_a_name_that_the_certificate_does_not_hold_is_told(at_work: SecuredBroker) -> None:
    config = load(at_work.depot_config)
    path = at_work.folder / "other.toml"
    names = at_work.depot_config.read_text().replace('"localhost"', '"elsewhere.example"')
    path.write_text(names)
    answer = doors.secured(load(path), config.authority.units_port, "units")
    assert is_so(answer, WRONG, "refuse as elsewhere.example", "triporteur-depot broker")


@pytest.mark.slow
def test_an_ingest_that_lost_its_broker_is_told(at_work: SecuredBroker) -> None:
    with closing(open_writer(at_work.database)) as connection:
        note_broker(connection, NOW_MS)
        try:
            _, found = doctor(at_work)
        finally:
            note_broker(connection, None)
    assert is_so(_so(found["ingest"]), WRONG, "has had no broker since 20")


@pytest.mark.slow
def test_a_second_registrar_is_refused_in_one_sentence(at_work: SecuredBroker) -> None:
    command = (*triporteur("depot", "registrar"), "--config", str(at_work.depot_config))
    said = subprocess.run(command, capture_output=True, check=False, text=True)
    assert said.returncode == 1
    assert "a registrar works in" in said.stderr.splitlines()[-1]


def _so(answer: Answer) -> Answer:
    return Verdict(answer[0]), answer[1]


# The command


def test_every_fault_of_the_file_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "depot.toml"
    path.write_text("[pages]\nport = 0\n[backup]\nkeep_days = 0\n")
    assert main(["doctor", "--config", str(path)]) == 2
    out = capsys.readouterr().out
    assert out.count("WRONG      depot.toml") == 2


def test_who_may_look_at_nothing_is_told_to_be_root_by_each_check(config: DepotConfig) -> None:
    list(examined(checks(config, here())))  # all that it takes is imported
    with closed(config.database_path.parent), nobody():
        found = {each.about: each for each in examined(checks(config, here()))}
    theirs = {"disk", "database", "ingest", "backups", "releases", "broker", "authority", "keys"}
    theirs |= {"keys put away", "certificate", "revocations", "access", "registrar"}
    for about in theirs | {"units' door", "newcomers' door"}:
        assert found[about].verdict is ATTENTION
        assert "may not be looked at: run this as root" in found[about].said


def test_a_depot_that_certifies_nobody_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "depot.toml"
    path.write_text(f'[database]\npath = "{tmp_path / "depot.db"}"\n[mqtt]\nport = {free_port()}\n')
    assert main(["doctor", "--config", str(path)]) == 1
    out = capsys.readouterr().out
    assert "ATTENTION  authority           [authority] names is empty" in out
    assert "WRONG      broker" in out


def test_copies_of_a_folder_that_is_not_there_are_none(tmp_path: Path) -> None:
    assert copies.copies(tmp_path / "none") == []
