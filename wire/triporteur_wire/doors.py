"""A door of one process for the others of this machine: a Unix socket that a group may open."""

import socket
from pathlib import Path

from triporteur_wire.desk import Refused

_MODE = 0o660
#: To who said what is not known here, and to who is not answered in time.
UNHEARD = Refused("La demande n’a pas été comprise\u202f; rechargez la page, puis recommencez.")
BUSY = Refused("Le triporteur ne répond pas en ce moment\u202f; recommencez dans une minute.")


def open_door(path: Path, waiting: int) -> socket.socket:
    """Listens at `path`, in the place of one who died there; `waiting` callers may wait.

    Bound under another name until nobody but its group can open it. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listening.bind(str(draft))
        draft.chmod(_MODE)
        listening.listen(waiting)
        draft.replace(path)
    except BaseException:
        listening.close()
        raise
    return listening
