"""The messages and schemas of `asyncapi.json`, from the structs of `triporteur_wire`."""

from typing import Any

import msgspec

from docs.generate.draft07 import draft07
from triporteur_wire import envelope, messages, parcels, records, requests
from triporteur_wire.readiness import Readiness

#: The body of each kind of record.
BODIES: dict[str, type[records.Body]] = {
    records.TELEMETRY: records.Telemetry,
    records.COUNTERS: records.Counters,
    records.USAGE: records.Usage,
    records.OPEN: records.Open,
    records.ANCHOR: records.Anchor,
    records.EVENT: records.Event,
    records.LOSS: records.Loss,
    records.READINESS: Readiness,
    records.FORETOLD: records.Foretold,
}
_STRUCTS = (
    messages.Status,
    messages.Offline,
    messages.Ack,
    envelope.Columns,
    parcels.Parcel,
    requests.TimeRequest,
    requests.TimeResponse,
    requests.CertificateRequest,
    requests.ConsoleRequest,
    requests.PieceRequest,
    requests.Certified,
    requests.Refused,
    *BODIES.values(),
)


_PIECE = {
    "contentType": "application/octet-stream",
    "description": "The nonce of the question, 16 hexadecimal digits, and behind it the bytes, at "
    f"most {requests.MAX_PIECE_BYTES}.",
    "payload": {"type": "string", "format": "binary", "pattern": "^[0-9a-f]{16}"},
}


def components() -> dict[str, Any]:
    return {
        "messages": {
            "status": {"payload": _ref("Status")},
            "offline": {"payload": _ref("Offline")},
            "ack": {"payload": _ref("Ack")},
            "parcel": {"payload": _ref("Parcel")},
            "timeRequest": {"payload": _ref("TimeRequest")},
            "timeResponse": {"payload": _ref("TimeResponse")},
            "certificateRequest": {"payload": _ref("CertificateRequest")},
            "consoleRequest": {"payload": _ref("ConsoleRequest")},
            "pieceRequest": {"payload": _ref("PieceRequest")},
            "certified": {"payload": _ref("Certified")},
            "refused": {"payload": _ref("Refused")},
            "batch": _batch(),
            "piece": _PIECE,
        },
        "schemas": _schemas(),
    }


def _batch() -> dict[str, Any]:
    return {
        "description": "The payload is this JSON compressed with zlib (RFC 1950), at most "
        f"{envelope.MAX_UNPACKED_BYTES} bytes unpacked. The headers are MQTT user properties.",
        "x-compression": "zlib",
        "headers": _headers(),
        "payload": _ref("Columns"),
    }


def _headers() -> dict[str, Any]:
    """A range as user properties, which are strings."""
    seq = {"type": "string", "pattern": "^[1-9][0-9]{0,15}$"}
    log = draft07(msgspec.json.schema(records.LogId))
    fields = {"v": {"const": envelope.VERSION}, "log": log, "first": seq, "last": seq}
    return {
        "type": "object",
        "description": "The format's version, and the seqs that the batch covers, both included.",
        "properties": fields,
        "required": list(fields),
    }


def _schemas() -> dict[str, Any]:
    _, found = msgspec.json.schema_components(_STRUCTS, ref_template="#/components/schemas/{name}")
    schemas: dict[str, Any] = draft07(found)
    schemas["Columns"]["properties"]["body"]["x-by-kind"] = {
        kind: _ref(body.__name__) for kind, body in BODIES.items()
    }
    return schemas


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
