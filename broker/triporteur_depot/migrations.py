"""The depot's database, one numbered step after another (sqlite-utils migrations).

    units        one row a unit: its last status, when that was heard, whether it said goodbye
    logs         one row a log of a unit; every record of a log is of one boot
    records      what units recorded, body as written aboard; key (log, seq)
    coverage     per log, the seq ranges that are stored, quarantined or declared given up, merged
    given_up     per log, ranges that will never arrive, and why
    quarantine   messages that could not be read, kept as they came up to a size
    conflicts    records that came twice with different content: an alert
    anchors      what UTC it was at an instant of a boot
    dirty        ranges of records not yet in the rollups
    rollups      low, high and last value of a quantity per quarter of an hour of a boot

Rollups are keyed by time since boot, not by UTC: a late anchor moves no row. They hold nothing
that cannot be computed again from the records.
"""

import secrets

from sqlite_utils import Database, Migrations

migrations = Migrations("depot")


@migrations()
def m001_first_tables(db: Database) -> None:
    for statement in _FIRST_TABLES:
        db.execute(statement)
    # A database made anew remembers nothing: marks given by an older one must not count.
    db.execute("INSERT INTO meta VALUES ('epoch', ?)", [secrets.token_hex(8)])


@migrations()
def m002_a_range_is_given_up_once(db: Database) -> None:
    # In a UNIQUE constraint no NULL equals another: a range without an end came in repeatedly.
    db.execute(
        """DELETE FROM given_up WHERE rowid NOT IN (
            SELECT min(rowid) FROM given_up GROUP BY log_id, first, coalesce(last, -1))"""
    )
    db.execute("CREATE UNIQUE INDEX given_up_once ON given_up (log_id, first, coalesce(last, -1))")


_FIRST_TABLES = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE units (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        status BLOB,
        heard_utc_ms INTEGER NOT NULL,
        offline_reason TEXT,
        revision INTEGER NOT NULL DEFAULT 0)""",
    """CREATE TABLE logs (
        id INTEGER PRIMARY KEY,
        unit_id INTEGER NOT NULL REFERENCES units (id),
        log TEXT NOT NULL,
        boot_no INTEGER,
        stored INTEGER NOT NULL DEFAULT 0,
        UNIQUE (unit_id, log))""",
    """CREATE TABLE records (
        log_id INTEGER NOT NULL REFERENCES logs (id),
        seq INTEGER NOT NULL,
        kind TEXT NOT NULL,
        mono_ms INTEGER NOT NULL,
        body BLOB NOT NULL,
        PRIMARY KEY (log_id, seq)) WITHOUT ROWID""",
    """CREATE TABLE coverage (
        log_id INTEGER NOT NULL REFERENCES logs (id),
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        PRIMARY KEY (log_id, first)) WITHOUT ROWID""",
    """CREATE TABLE given_up (
        log_id INTEGER NOT NULL REFERENCES logs (id),
        first INTEGER NOT NULL,
        last INTEGER,
        reason TEXT NOT NULL,
        declared_utc_ms INTEGER NOT NULL,
        UNIQUE (log_id, first, last))""",
    """CREATE TABLE quarantine (
        id INTEGER PRIMARY KEY,
        unit_id INTEGER NOT NULL REFERENCES units (id),
        received_utc_ms INTEGER NOT NULL,
        reason TEXT NOT NULL,
        properties TEXT NOT NULL,
        payload BLOB NOT NULL)""",
    """CREATE TABLE conflicts (
        log_id INTEGER NOT NULL REFERENCES logs (id),
        seq INTEGER NOT NULL,
        received_utc_ms INTEGER NOT NULL,
        kind TEXT NOT NULL,
        mono_ms INTEGER NOT NULL,
        body BLOB NOT NULL)""",
    """CREATE TABLE anchors (
        unit_id INTEGER NOT NULL REFERENCES units (id),
        boot_no INTEGER NOT NULL,
        mono_ms INTEGER NOT NULL,
        utc_ms INTEGER NOT NULL,
        error_ms INTEGER NOT NULL,
        PRIMARY KEY (unit_id, boot_no, mono_ms)) WITHOUT ROWID""",
    """CREATE TABLE dirty (
        id INTEGER PRIMARY KEY,
        log_id INTEGER NOT NULL REFERENCES logs (id),
        first INTEGER NOT NULL,
        last INTEGER NOT NULL)""",
    """CREATE TABLE rollups (
        unit_id INTEGER NOT NULL REFERENCES units (id),
        source TEXT NOT NULL,
        quantity TEXT NOT NULL,
        boot_no INTEGER NOT NULL,
        bucket INTEGER NOT NULL,
        low REAL NOT NULL,
        high REAL NOT NULL,
        last REAL NOT NULL,
        last_mono_ms INTEGER NOT NULL,
        PRIMARY KEY (unit_id, source, quantity, boot_no, bucket)) WITHOUT ROWID""",
)
