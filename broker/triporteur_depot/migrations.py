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
    bundles      what lets a new unit in, once; of its secret only a hash
    certificates what was certified, of which unit, by which authority, and whether it still holds
    parcels      the last settings, and the last of each content, that each unit was given
    evenings     what was to be told of a unit the evening before an outing, once

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


@migrations()
def m003_identities(db: Database) -> None:
    db.execute("ALTER TABLE units ADD COLUMN retired_utc_ms INTEGER")
    db.execute(
        """CREATE TABLE bundles (
            id TEXT PRIMARY KEY,
            unit TEXT NOT NULL,
            secret_hash TEXT NOT NULL,
            made_utc_ms INTEGER NOT NULL,
            expires_utc_ms INTEGER NOT NULL,
            withdrawn_utc_ms INTEGER) WITHOUT ROWID"""
    )
    db.execute(
        """CREATE TABLE certificates (
            id INTEGER PRIMARY KEY,
            serial TEXT NOT NULL UNIQUE,
            unit TEXT NOT NULL,
            authority TEXT NOT NULL,
            key_sha256 TEXT NOT NULL,
            bundle_id TEXT REFERENCES bundles (id),
            issued_utc_ms INTEGER NOT NULL,
            expires_utc_ms INTEGER NOT NULL,
            revoked_utc_ms INTEGER,
            pem TEXT NOT NULL)"""
    )
    db.execute("CREATE INDEX certificates_by_unit ON certificates (unit, id)")


@migrations()
def m004_parcels(db: Database) -> None:
    db.execute(
        """CREATE TABLE parcels (
            unit_id INTEGER NOT NULL REFERENCES units (id),
            channel TEXT NOT NULL,
            revision INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            body BLOB NOT NULL,
            sent_utc_ms INTEGER,
            sendings INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (unit_id, channel))"""
    )
    # The oldest messages of one unit are counted and dropped without reading the others'.
    db.execute("CREATE INDEX quarantine_by_unit ON quarantine (unit_id, id)")


@migrations()
def m005_what_time_is_certain(db: Database) -> None:
    # Who said an earlier anchor is in its record; as good as a unit's own word meanwhile.
    db.execute("ALTER TABLE anchors ADD COLUMN origin TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE logs ADD COLUMN latest_start_utc_ms INTEGER")


@migrations()
def m006_a_conflict_is_kept_once(db: Database) -> None:
    db.execute("CREATE INDEX conflicts_by_seq ON conflicts (log_id, seq)")


@migrations()
def m007_how_far_a_log_was_said_to_be_kept(db: Database) -> None:
    db.execute("ALTER TABLE logs ADD COLUMN told_last INTEGER")


@migrations()
def m008_the_evening_before(db: Database) -> None:
    db.execute(
        """CREATE TABLE evenings (
            unit_id INTEGER NOT NULL REFERENCES units (id),
            departs_utc_ms INTEGER NOT NULL,
            evening TEXT NOT NULL,
            raised_utc_ms INTEGER NOT NULL,
            cleared_utc_ms INTEGER,
            PRIMARY KEY (unit_id, departs_utc_ms, evening)) WITHOUT ROWID"""
    )


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
