"""The pages that are only looked at."""

from flask import Flask, render_template

from triporteur_kiosk.console.battery_page import battery_page
from triporteur_kiosk.console.gate import Gate
from triporteur_kiosk.console.hotspot import hotspot
from triporteur_kiosk.console.readiness_page import readiness_page
from triporteur_kiosk.console.unit_page import unit_page
from triporteur_kiosk.seen import Watch
from triporteur_wire.messages import Status


def add_views(app: Flask, watch: Watch, gate: Gate, place: str) -> None:
    """`place`, which may be empty, is shown while the agent is silent."""

    @app.get("/")
    def show_readiness() -> str:
        return render_template("readiness.html", page=readiness_page(watch.look()))

    @app.get("/batterie")
    def show_battery() -> str:
        return render_template("battery.html", page=battery_page(watch.look()))

    @app.get("/unite")
    def show_unit() -> str:
        told = watch.look()
        named = told.place if isinstance(told, Status) else place
        return render_template(
            "unit.html", page=unit_page(told), place=named, hotspot=hotspot(gate.state())
        )
