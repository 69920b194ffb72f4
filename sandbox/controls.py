"""What a test or an operator sets and reads: health, clock, journal, faults, reset."""

import math
from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify, redirect, render_template, request

from sandbox.world import World


def blueprint(world: World) -> Blueprint:
    """The controls of this world. A browser gets pages, everyone else JSON."""
    controls = Blueprint("controls", __name__)

    @controls.get("/healthz")
    def health():
        return {"status": "ok", "webhooks_pending": world.webhooks.pending()}

    @controls.get("/clock")
    def show_clock():
        return _clock(world)

    @controls.post("/clock")
    def move_clock():
        try:
            _move_clock(world, request.get_json(silent=True) or request.form)
        except (ValueError, TypeError, OverflowError) as error:
            return {"error": str(error)}, 422
        return redirect("/", 303) if request.form else _clock(world)

    @controls.get("/journal")
    def show_journal():
        try:
            after = int(request.args.get("after") or 0)
        except ValueError:
            return {"error": "after must be a sequence number"}, 422
        calls = world.journal.entries(request.args.get("vendor", ""), request.args.get("path", ""), after)
        if _wants_page():
            return render_template("journal.html", calls=calls[:-201:-1])
        return jsonify(calls)

    @controls.get("/faults")
    def show_faults():
        rules = world.faults.rules()
        return render_template("faults.html", rules=rules) if _wants_page() else jsonify(rules)

    @controls.post("/faults")
    def add_fault():
        try:
            rule = world.faults.add(_fault_rule())
        except (ValueError, TypeError) as error:
            return {"error": str(error)}, 422
        return redirect("/faults", 303) if request.form else (rule, 201)

    @controls.delete("/faults")
    def clear_faults():
        world.faults.clear()
        return "", 204

    @controls.post("/faults/clearing")
    def clear_faults_from_page():
        world.faults.clear()
        return redirect("/faults", 303)

    @controls.post("/reset")
    def reset():
        world.reset()
        return redirect("/", 303) if request.form else Response(status=204)

    return controls


def _clock(world: World) -> dict:
    return {"now": world.now().isoformat(), "offset": world.offset}


def _move_clock(world: World, wish) -> None:
    if "advance" in wish:
        seconds = float(wish["advance"])
        if not math.isfinite(seconds):
            raise ValueError("advance must be a number of seconds")
        world.advance(seconds)
    elif "set" in wish:
        moment = datetime.fromisoformat(wish["set"])
        world.set_clock(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    else:
        raise ValueError("give advance (seconds) or set (ISO time)")


def _fault_rule() -> dict:
    """The rule as JSON, or from the page's form with empty fields left out."""
    if request.form:
        numbers = {"nth", "times", "seconds"}
        return {name: float(value) if name in numbers else value for name, value in request.form.items() if value}
    rule = request.get_json(silent=True)
    if not isinstance(rule, dict):
        raise ValueError("a rule is a JSON object")
    return rule


def _wants_page() -> bool:
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"
