"""Whose the files are: the depot's user's, the broker's, or root's."""

import os
import pwd
import re
import stat
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.depot.authority.commanded import Depot, certify


def test_secrets_are_their_owner_s_alone(depot: Depot) -> None:
    certify(depot, "zoe")
    depot.says("revoke", "zoe")
    depot.enrols("ben")
    secret = {
        path.relative_to(depot.folder).as_posix()
        for path in depot.folder.rglob("*")
        if path.is_file()
        and stat.S_IMODE(path.stat().st_mode) == 0o600
        and not path.name.startswith("depot.db")
    }
    [root] = [name for name in secret if "root-" in name]
    [zoe] = [name for name in secret if "/zoe." in name]
    assert secret == {
        "a bundle",
        "secret",
        root,
        zoe,
        "authority/barred",
        "authority/private/broker.pem",
        "authority/private/registrar.password",
        "broker/acl",
        "broker/broker.pem",
        "broker/passwd",
    }


def test_the_broker_is_never_root_and_owns_nothing_that_root_reads_to_start_it(
    depot: Depot,
) -> None:
    """The folder included: who owns that can put another file in a file's place."""
    folder = depot.folder / "broker"
    written = (folder / "mosquitto.conf").read_text()
    [runs_as] = re.findall(r"^user (.*)$", written, re.MULTILINE)
    theirs = {path.name for path in folder.iterdir() if path.owner() == runs_as}
    if os.geteuid():
        assert runs_as == folder.owner()
    else:
        assert runs_as in ("mosquitto", "nobody")
        assert theirs == {"state", "acl", "passwd", "broker.pem"}
        assert folder.owner() == "root"
    kept = re.findall(r"^(?:pid_file|persistence_location) (.*)$", written, re.MULTILINE)
    assert [Path(each).parts[-2:] for each in kept] == [
        ("state", "mosquitto.pid"),
        ("broker", "state"),
    ]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_that_others_can_change_is_refused(bare: Depot) -> None:
    folder = bare.folder / "broker"
    folder.mkdir()
    said = f"triporteur-depot: others than root can change {folder}, and so what starts the broker"
    for user, mode in ((1, 0o755), (0, 0o775), (0, 0o757)):
        os.chown(folder, user, -1)
        folder.chmod(mode)
        assert bare.says("broker", status=2).startswith(said)
        assert list(folder.iterdir()) == []


def test_a_file_that_another_owns_is_written_anew(depot: Depot) -> None:
    if os.geteuid():
        pytest.skip("only root can give a file away")
    acl = depot.folder / "broker" / "acl"
    os.chown(acl, 1, -1)
    assert "acl changed." in depot.says("broker")
    assert acl.stat().st_uid != 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act for another user")
def test_root_does_in_another_s_folder_what_that_one_may(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A link that leads out of it leads nowhere, and what is made is its owner's."""
    nobody = pwd.getpwnam("nobody")
    with TemporaryDirectory() as closed, TemporaryDirectory() as opened:
        depot = Depot(Path(opened), capsys)
        depot.out = Path(closed) / "a bundle"
        (depot.folder / "broker").mkdir()
        for path in (depot.folder, depot.folder / "broker"):
            path.chmod(0o755)
        os.chown(depot.folder, nobody.pw_uid, nobody.pw_gid)
        (depot.folder / "depot.db").symlink_to(Path(closed) / "made by root")
        depot.says("broker", status=1)
        assert list(Path(closed).iterdir()) == []
        (depot.folder / "depot.db").unlink()
        depot.says("broker")
        depot.enrols("ben")
        assert depot.out.owner() == "root"
        made = [depot.folder / "secret", *(depot.folder / "authority").rglob("*")]
        assert {path.owner() for path in made} == {"nobody"}
        assert {path.owner() for path in depot.folder.glob("depot.db*")} == {"nobody"}
        assert (os.geteuid(), os.getegid()) == (0, 0)
