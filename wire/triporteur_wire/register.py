"""How a room that stores things says so: every column, what it holds, why, and for how long.

The registers stand beside the tables they describe; a test opens fresh databases and fails on a
column that is in no register.
"""

import msgspec

#: What no room deletes by itself in this version.
BY_HAND = "until deleted by hand"


class Column(msgspec.Struct, frozen=True):
    """One column of a table, or one field of a kept file.

    `what` it holds with its unit, `why` it is needed, and how long it is `kept`: what is true of
    this version, not what is planned.
    """

    table: str
    column: str
    what: str
    why: str
    kept: str = BY_HAND
