"""The journal file: its tables, and how it is opened by its owner.

    logs      one row an opening: random name, boot, mark (acknowledged up to), forgotten_to
              (records up to there were acknowledged and deleted), thinned_to (telemetry up to
              there was thinned), given_up (how many beyond the mark), last_seq (once a later log
              was opened), UTC offset once known
    records   the records themselves, body as JSON
    given_up  ranges dropped before the depot had them, and why
    meta      the depot's epoch that the marks belong to

WAL with synchronous=FULL: a commit is on the card, at one fdatasync. Pages are small, for a commit
changes one or two, and each is written whole, twice. The checkpoint is at 4000 of them, so that
the side file stays near 4 MB.
"""

import sqlite3
from pathlib import Path

_VERSION = 1
_TABLES = """
CREATE TABLE logs (
    id INTEGER PRIMARY KEY,
    log TEXT NOT NULL UNIQUE,
    boot_no INTEGER NOT NULL,
    mark INTEGER NOT NULL DEFAULT 0,
    forgotten_to INTEGER NOT NULL DEFAULT 0,
    thinned_to INTEGER NOT NULL DEFAULT 0,
    given_up INTEGER NOT NULL DEFAULT 0,
    last_seq INTEGER,
    utc_offset_ms INTEGER);
CREATE TABLE records (
    log_id INTEGER NOT NULL REFERENCES logs (id),
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    mono_ms INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (log_id, seq)) WITHOUT ROWID;
CREATE TABLE given_up (
    log_id INTEGER NOT NULL REFERENCES logs (id),
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (log_id, first)) WITHOUT ROWID;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
#: Of a row of `logs`; a log that is being written does not carry it.
LAST_SEQ = """coalesce(last_seq, max(
    coalesce((SELECT max(seq) FROM records WHERE log_id = logs.id), 0),
    coalesce((SELECT last FROM given_up WHERE log_id = logs.id ORDER BY first DESC LIMIT 1), 0),
    forgotten_to))"""
#: Before another log is begun.
END_LOGS = f"UPDATE logs SET last_seq = {LAST_SEQ} WHERE last_seq IS NULL"  # noqa: S608 - our own


class JournalBroken(sqlite3.DatabaseError):
    """The file is not a journal, or not a whole one."""


class JournalOfLaterVersion(sqlite3.OperationalError):
    """A later version wrote this file. It is whole, and must not be set aside."""


def open_owned(path: Path) -> sqlite3.Connection:
    """Opens or makes the file for its one writer.

    Raises JournalBroken when the file is damaged, sqlite3.OperationalError when the disk is the
    matter (full, read-only, no right).
    """
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        _prepare(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > _VERSION:
        raise JournalOfLaterVersion(f"written by a later version of the journal ({version})")
    # Before the first table: later SQLite heeds neither.
    connection.execute("PRAGMA page_size = 1024")
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA wal_autocheckpoint = 4000")
    connection.execute("PRAGMA journal_size_limit = 4194304")
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise JournalBroken(found)
    if version == 0:
        connection.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {_VERSION}; COMMIT")
