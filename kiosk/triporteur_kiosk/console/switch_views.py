"""The unit's switches: what a tap on the page « Unité » asks of the agent, or of the gate."""

from collections.abc import Callable

from flask import Flask, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from triporteur_kiosk.console.errands import Errands
from triporteur_kiosk.console.gate import Gate
from triporteur_kiosk.console.trouble import Trouble, trouble_page
from triporteur_wire.desk import PhoneCharging

#: What the page's button sends; nothing else is a switch's position.
_POSITIONS = {"on": True, "off": False}


def add_switches(app: Flask, errands: Errands, gate: Gate) -> None:
    @app.post("/unite/prises")
    def switch_phone_charging() -> Response:
        return _switch(lambda on: errands.run(PhoneCharging(on)))

    @app.get("/unite/wifi")
    def ask_before_closing() -> str:
        return render_template("closing.html", closes=False)

    @app.post("/unite/wifi")
    def switch_hotspot() -> Response:
        """Closed, the Wi-Fi takes the page's own way with it: what there is to say is said now."""
        switched = _switch(lambda on: gate.switch(on=on))
        if switched.status_code == 303 and request.form["position"] == "off":
            return Response(render_template("closing.html", closes=True), mimetype="text/html")
        return switched


def _switch(turn: Callable[[bool], Trouble | None]) -> Response:
    position = request.form.get("position", "")
    if position not in _POSITIONS:
        abort(400)
    if trouble := turn(_POSITIONS[position]):
        return trouble_page(trouble, back="/unite", again={"position": position})
    return redirect("/unite", 303)
