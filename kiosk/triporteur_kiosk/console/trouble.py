"""What was tapped and not done: why, with the tap kept to be tried again."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template, request
from werkzeug.wrappers import Response


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why it was not done, in a sentence for whoever tapped, and the status to answer with."""

    sentence: str
    code: int


def trouble_page(trouble: Trouble, back: str, again: Mapping[str, str] | None = None) -> Response:
    """A page with the sentence, a button that sends `again` to the same address, and a way back."""
    page = render_template(
        "trouble.html", trouble=trouble, action=request.path, again=again or {}, back=back
    )
    return Response(page, trouble.code, mimetype="text/html")
