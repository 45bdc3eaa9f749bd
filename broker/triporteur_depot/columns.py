"""What the depot keeps in its database, column by column; the tables are in `migrations`."""

from triporteur_wire.register import Column

_CURRENT = "until the next value replaces it"
_FOLDED = "until the ingest has folded the range into the rollups, seconds later"
_ORDER = "orders records, and names each one for good"
_WHOSE = "says whose it is"
_DATES = "dates the unit's records"
_LOST = "shows what is missing, and why"
_ACCOUNT = "gives the mark that is acknowledged to the unit"
_REREAD = "lets people read it once the fault is known"
_CHARTS = "draws charts without reading every record"
_LETS_IN = "lets a new unit in, once"
_VOUCHES = "tells the depot's units from anybody else"
_GIVEN = "gives the unit its settings, contents and release, and shows what was given"
_TELLS = "tells the evening before, once, that a unit will not be ready for its outing"

STORED = (
    Column(
        "meta", "key", "the word `epoch`, `broker_lost_utc_ms` or `set_aside`", "names the value"
    ),
    Column(
        "meta",
        "value",
        "random name of this database; since when (UTC) the depot has no broker; when a damaged "
        "database was set aside for this one, and what was wrong with it",
        "tells units of a restored depot, and pages of a deaf one",
        _CURRENT,
    ),
    Column("units", "id", "number of the unit", _WHOSE),
    Column("units", "name", "name of the unit, as its configuration says", _WHOSE),
    Column("units", "status", "last status the unit sent", "shows how it fares now", _CURRENT),
    Column("units", "heard_utc_ms", "UTC when that was heard, or 0", "shows its silence", _CURRENT),
    Column(
        "units",
        "offline_reason",
        "`stopped`, `key` or `lost`; NULL while it is there",
        "tells a farewell from a silence",
        _CURRENT,
    ),
    Column("units", "revision", "count of changes of the row", "renews pages", _CURRENT),
    Column(
        "units",
        "retired_utc_ms",
        "UTC when it was retired; NULL while it serves",
        "leaves it out of pages",
    ),
    Column("logs", "id", "number of the log", _ORDER),
    Column("logs", "unit_id", "the unit, by its number", _WHOSE),
    Column("logs", "log", "random name of one opening of a unit's journal", _ORDER),
    Column("logs", "boot_no", "number of the boot; NULL before its first record", _DATES),
    Column("logs", "stored", "count of its stored records", "is shown on pages", _CURRENT),
    Column(
        "logs",
        "latest_start_utc_ms",
        "UTC when its boot began at the latest, for by then its records had come; or NULL",
        _DATES,
        _CURRENT,
    ),
    Column(
        "logs",
        "told_last",
        "last seq that the unit said it had committed; or NULL",
        "tells of records that its card lost after it had kept them",
        _CURRENT,
    ),
    Column("records", "log_id", "the log, by its number", _ORDER),
    Column("records", "seq", "place of the record in its log, from 1", _ORDER),
    Column("records", "kind", "what the body is: telemetry, open, anchor …", "says how to read it"),
    Column("records", "mono_ms", "milliseconds since boot when it was taken", _DATES),
    Column(
        "records",
        "body",
        "the record as written aboard: what a battery's device measured, what befell the unit",
        "is what the depot is for",
    ),
    Column("coverage", "log_id", "the log, by its number", _ACCOUNT),
    Column("coverage", "first", "first seq of a range that is accounted for", _ACCOUNT, _CURRENT),
    Column("coverage", "last", "last seq of that range", _ACCOUNT, _CURRENT),
    Column("given_up", "log_id", "the log, by its number", _LOST),
    Column("given_up", "first", "first seq that will never arrive", _LOST),
    Column("given_up", "last", "last seq that will never arrive; NULL when unknown", _LOST),
    Column("given_up", "reason", "why, in the unit's words", _LOST),
    Column("given_up", "declared_utc_ms", "UTC when the depot learnt of it", _LOST),
    Column("quarantine", "id", "number of the message", _REREAD),
    Column("quarantine", "unit_id", "the unit, by its number", _WHOSE),
    Column("quarantine", "received_utc_ms", "UTC when it came", _REREAD),
    Column("quarantine", "reason", "why it could not be read", _REREAD),
    Column("quarantine", "properties", "the range it said it is of", _REREAD),
    Column("quarantine", "payload", "the message as it came, up to 256 kB", _REREAD),
    Column("conflicts", "log_id", "the log, by its number", _WHOSE),
    Column("conflicts", "seq", "a seq that came twice with different content", _REREAD),
    Column("conflicts", "received_utc_ms", "UTC when the second one came", _REREAD),
    Column("conflicts", "kind", "the second one's kind", _REREAD),
    Column("conflicts", "mono_ms", "the second one's milliseconds since boot", _REREAD),
    Column("conflicts", "body", "the second one's body, up to 16 kB", _REREAD),
    Column("anchors", "unit_id", "the unit, by its number", _WHOSE),
    Column("anchors", "boot_no", "number of the boot", _DATES),
    Column("anchors", "mono_ms", "milliseconds since boot at the anchor", _DATES),
    Column("anchors", "utc_ms", "UTC at that instant, in Unix milliseconds", _DATES),
    Column("anchors", "error_ms", "by how much that may be wrong, in milliseconds", _DATES),
    Column("anchors", "origin", "who said so: `ntp`, `depot` or `system`", _DATES),
    Column("dirty", "id", "number of the range", _CHARTS, _FOLDED),
    Column("dirty", "log_id", "the log, by its number", _CHARTS, _FOLDED),
    Column("dirty", "first", "first seq of records not yet in the rollups", _CHARTS, _FOLDED),
    Column("dirty", "last", "last seq of them", _CHARTS, _FOLDED),
    Column("rollups", "unit_id", "the unit, by its number", _WHOSE),
    Column("rollups", "source", "the serial line, as the unit's configuration says", _CHARTS),
    Column("rollups", "quantity", "name of the quantity", _CHARTS),
    Column("rollups", "boot_no", "number of the boot", _DATES),
    Column("rollups", "bucket", "quarters of an hour since boot", _CHARTS),
    Column("rollups", "low", "lowest value in it", _CHARTS, _CURRENT),
    Column("rollups", "high", "highest value in it", _CHARTS, _CURRENT),
    Column("rollups", "last", "last value in it", _CHARTS, _CURRENT),
    Column("rollups", "last_mono_ms", "milliseconds since boot of that value", _CHARTS, _CURRENT),
    Column("bundles", "id", "random name of the bundle, by which it asks to be let in", _LETS_IN),
    Column("bundles", "unit", "name of the unit that it lets in", _LETS_IN),
    Column("bundles", "secret_hash", "PBKDF2 hash of its secret", _LETS_IN),
    Column("bundles", "made_utc_ms", "UTC when it was made", "tells bundles apart"),
    Column("bundles", "expires_utc_ms", "UTC when it ceases to let anybody in", _LETS_IN),
    Column("bundles", "withdrawn_utc_ms", "UTC when it was withdrawn, or NULL", _LETS_IN),
    Column("certificates", "id", "number of the certificate", "orders them"),
    Column("certificates", "serial", "its serial number", "revokes it"),
    Column("certificates", "unit", "name of the unit that it was given to", _VOUCHES),
    Column("certificates", "authority", "the authority that signed it, by its key", _VOUCHES),
    Column("certificates", "key_sha256", "SHA-256 of the unit's public key", "answers it again"),
    Column("certificates", "bundle_id", "the bundle that it was asked with, or NULL", _LETS_IN),
    Column("certificates", "issued_utc_ms", "UTC when it was issued", "bounds how many are"),
    Column("certificates", "expires_utc_ms", "UTC when it ceases to hold", _VOUCHES),
    Column("certificates", "revoked_utc_ms", "UTC when it was revoked, or NULL", _VOUCHES),
    Column("certificates", "pem", "the certificate, which is public", "answers it again"),
    Column("parcels", "unit_id", "the unit, by its number", _WHOSE),
    Column("parcels", "channel", "`settings`, `release`, or `content/` and a name", _GIVEN),
    Column("parcels", "revision", "number of the last one that was given", _GIVEN, _CURRENT),
    Column("parcels", "sha256", "checksum of its body", _GIVEN, _CURRENT),
    Column(
        "parcels",
        "body",
        "the settings, the text of the content file, or the signed manifest of a release; empty "
        "where that was withdrawn",
        _GIVEN,
        _CURRENT,
    ),
    Column(
        "parcels",
        "sent_utc_ms",
        "UTC when it was last sent; NULL when it never was",
        "sends it again when the unit lacks it, not too often",
        _CURRENT,
    ),
    Column("parcels", "sendings", "how often it was sent", "sends ever more rarely", _CURRENT),
    Column("evenings", "unit_id", "the unit, by its number", _WHOSE),
    Column("evenings", "departs_utc_ms", "UTC when the outing leaves", _TELLS),
    Column("evenings", "evening", "`not_charging` or `not_ready_in_time`", _TELLS),
    Column("evenings", "raised_utc_ms", "UTC when it was first told", _TELLS),
    Column(
        "evenings",
        "cleared_utc_ms",
        "UTC when it ceased to hold, for it was plugged in or has left; NULL while it holds",
        _TELLS,
    ),
    Column("_sqlite_migrations", "id", "number of the step", "is sqlite-utils' own table"),
    Column("_sqlite_migrations", "migration_set", "the word `depot`", "names the set of steps"),
    Column("_sqlite_migrations", "name", "a step taken", "takes no step twice"),
    Column("_sqlite_migrations", "applied_at", "UTC when it was taken", "tells a database's age"),
)
