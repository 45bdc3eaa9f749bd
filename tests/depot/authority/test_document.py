"""docs/security.md beside the code: files, commands and figures."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from docs.generate import FOLDER
from tests.tls import SecuredBroker
from triporteur_depot.__main__ import _parser
from triporteur_depot.authority import certificates
from triporteur_depot.config import AuthorityTable

pytestmark = pytest.mark.slow

PAGE = (FOLDER / "security.md").read_text(encoding="utf-8")
BROKER = (FOLDER.parent / "broker" / "mosquitto" / "README.md").read_text(encoding="utf-8")
BY_THE_BROKER = {"mosquitto.pid", "mosquitto.db"}


def test_every_file_is_told_and_no_other(tmp_path: Path) -> None:
    with SecuredBroker(tmp_path) as broker:
        made = {
            re.sub(r"-[0-9a-f]{16}", "-…", str(path.relative_to(broker.directory)))
            for path in broker.directory.rglob("*")
            if path.is_file()
        }
        assert set(re.findall(r"^\| `([^`]+)` \|", PAGE, re.MULTILINE)) == made
        listed = BROKER.partition("```\n")[2].partition("```")[0]
        told = set(re.findall(r"\b(acl|passwd|state|[a-z]+\.(?:conf|cnf|pem|pid|db))\b", listed))
        assert told - BY_THE_BROKER == {path.name for path in broker.broker_folder.iterdir()}


def test_every_command_it_names_can_be_typed() -> None:
    typed = re.findall(r"`triporteur-depot ([^`]+)`", PAGE)
    assert len(typed) > 8
    for words in typed:
        _parser().parse_args(words.split())


def test_its_figures_are_those_of_the_code() -> None:
    assert f"{certificates.UNIT_LASTS.days} days" in PAGE
    assert f"{certificates.AUTHORITY_LASTS // timedelta(days=365)} years" in PAGE
    assert f"{certificates.BROKER_LASTS // timedelta(days=365)} years" in PAGE
    table = AuthorityTable()
    for said in (table.directory, table.broker_directory, table.units_port, table.door_port):
        assert str(said) in PAGE
