"""The folder of a unit's identity. Whatever cuts the power, what stands there is whole.

current -> 5f0c91d2/   key.pem, certificate.pem, authorities.pem and login, switched together
bundle.json            until it is used
key.pem                made for that bundle, and kept: a lost answer is asked for again
contact.lock           held while someone is at the depot's door
"""

import fcntl
import logging
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_IMODE, S_ISLNK

from triporteur_device.files import read_guest, sync_directory, write_whole
from triporteur_device.identity.papers import BadPapers, Papers, new_key, read_papers
from triporteur_wire import enrolment
from triporteur_wire.enrolment import Bundle

_log = logging.getLogger(__name__)

_OWN_FOLDER, _OWN_FILE = 0o700, 0o600
_OTHERS = 0o077
_PAPERS = ("key.pem", "certificate.pem", "authorities.pem", "login")
#: Of each file: root's doctor looks here too, and the folder is another user's.
_MOST_BYTES = 1_000_000
_GENERATION = re.compile(r"[0-9a-f]{8}")
_OURS = re.compile(r"(bundle\.json|key\.pem|current)(\.new)?|contact\.lock|[0-9a-f]{8}")


class Store:
    """Reads and replaces; everything it writes is on the disk when the call returns.

    All may raise OSError. Several threads and processes may use one folder.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._bundle = directory / "bundle.json"
        self._key = directory / "key.pem"
        self._current = directory / "current"
        self._place = directory / "contact.lock"

    def secure(self) -> None:
        """Makes the folder, closes it to others, and sweeps out what a power cut left.

        Touches nothing that the store does not write, nor a folder that holds such things.
        """
        self.directory.mkdir(mode=_OWN_FOLDER, parents=True, exist_ok=True)
        with self._alone():
            self._sweep()
            for path in self.open_to_others():
                path.chmod(_OWN_FOLDER if path.is_dir() else _OWN_FILE)
                _log.warning("%s was open to other users; it is closed now", path)

    def open_to_others(self) -> list[Path]:
        """What the store keeps here that other users could read, and should not."""
        return list(filter(_is_open, self._own()))

    def generation(self) -> str | None:
        """Names the papers in use; None while there are none."""
        try:
            return str(self._current.readlink())
        except FileNotFoundError:
            return None

    def folder(self, generation: str) -> Path:
        return self.directory / generation

    def read(self, generation: str) -> Papers:
        """Raises BadPapers when they are damaged."""
        try:
            folder = self.folder(generation)
            key, *texts = (read_guest(folder / file, _MOST_BYTES) for file in _PAPERS)
            certificate, authorities, login = (text.decode("ascii") for text in texts)
        except (FileNotFoundError, UnicodeDecodeError) as error:
            raise BadPapers("a file is missing or damaged") from error
        return read_papers(key, certificate, authorities, login)

    def install(self, papers: Papers) -> None:
        """Puts papers in use, in one step."""
        with self._alone():
            self._sweep()  # what a card that refused left of an earlier attempt
            name = secrets.token_hex(4)
            self._write(name, papers)
            switch = self.directory / "current.new"
            switch.unlink(missing_ok=True)
            switch.symlink_to(name)
            switch.replace(self._current)
            sync_directory(self.directory)
            self._sweep()

    def bundle(self) -> bytes | None:
        """The bundle that waits to be used, or None."""
        try:
            return read_guest(self._bundle, _MOST_BYTES)
        except FileNotFoundError:
            return None

    def has_bundle(self, bundle: Bundle) -> bool:
        """Whether this very bundle waits."""
        return self.bundle() == enrolment.encode(bundle)

    def put_bundle(self, bundle: Bundle) -> None:
        """Replaces the bundle that waits, and the key made for it."""
        with self._alone():
            self._key.unlink(missing_ok=True)
            write_whole(self._bundle, enrolment.encode(bundle), durable=True, mode=_OWN_FILE)

    def bundle_key(self) -> bytes:
        """The key made for the bundle that waits: made once."""
        with self._alone():
            try:
                return read_guest(self._key, _MOST_BYTES)
            except FileNotFoundError:
                key = new_key()
                write_whole(self._key, key, durable=True, mode=_OWN_FILE)
                return key

    def drop_bundle(self, login: str) -> None:
        """Removes the bundle of this login, unless another took its place, and its key."""
        with self._alone():
            if login.encode() in (self.bundle() or b""):
                self._bundle.unlink()
                self._key.unlink(missing_ok=True)
                sync_directory(self.directory)

    @contextmanager
    def contact(self) -> Iterator[bool]:
        """The one place at the depot's door; gives False while another has it."""
        place = os.open(self._place, os.O_RDWR | os.O_CREAT, _OWN_FILE)
        try:
            yield _is_free(place)
        finally:
            os.close(place)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        handle = os.open(self.directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _write(self, generation: str, papers: Papers) -> None:
        folder = self.folder(generation)
        folder.mkdir(mode=_OWN_FOLDER)
        texts = (papers.certificate, papers.authorities, papers.login)
        for file, content in zip(_PAPERS, (papers.key, *map(str.encode, texts)), strict=True):
            write_whole(folder / file, content, durable=True, mode=_OWN_FILE)
        sync_directory(self.directory)

    def _sweep(self) -> None:
        current = self.generation()
        for folder in self._generations():
            if folder.name != current:
                shutil.rmtree(folder)

    def _generations(self) -> list[Path]:
        return [
            path
            for path in self.directory.iterdir()
            if _GENERATION.fullmatch(path.name) and path.is_dir() and not path.is_symlink()
        ]

    def _own(self) -> Iterator[Path]:
        """What others have no business with, whether it is there or not."""
        if all(_OURS.fullmatch(path.name) for path in self.directory.iterdir()):
            yield self.directory
        yield from (self._bundle, self._key, self._place)
        for folder in self._generations():
            yield folder
            yield from (folder / file for file in _PAPERS)


def _is_open(path: Path) -> bool:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return False
    return not S_ISLNK(mode) and bool(S_IMODE(mode) & _OTHERS)


def _is_free(place: int) -> bool:
    try:
        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
