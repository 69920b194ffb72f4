"""Pages for people: the front page and the letters."""

from flask import Blueprint, Response, abort, jsonify, render_template, request

from sandbox.letters import letters_to, opened
from sandbox.world import World

LETTER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data: http: https:"
OPEN_LINKS_OUTSIDE = '<base target="_top">'


def blueprint(world: World) -> Blueprint:
    pages = Blueprint("pages", __name__)

    @pages.get("/")
    def front():
        return render_template("front.html", letter_count=len(world.collection("letters")))

    @pages.get("/letters")
    def letters():
        found = letters_to(world, request.args.get("to", ""), request.args.get("subject", ""))
        return render_template("letters.html", letters=found)

    @pages.get("/letters.json")
    def letters_as_json():
        """The letters found, newest first; a letter as it came is under `/letters/<id>/raw`."""
        found = letters_to(world, request.args.get("to", ""), request.args.get("subject", ""))
        return jsonify([{name: letter[name] for name in letter if name != "raw"} for letter in found])

    @pages.get("/letters/<number>")
    def letter(number: str):
        return render_template("letter.html", letter=_letter(number))

    @pages.get("/letters/<number>/html")
    def letter_html(number: str):
        """The letter's own HTML, as the sandboxed frame of its page shows it."""
        headers = {"Content-Security-Policy": LETTER_POLICY}
        return Response(OPEN_LINKS_OUTSIDE + _letter(number)["html"], headers=headers, mimetype="text/html")

    @pages.get("/letters/<number>/raw")
    def letter_raw(number: str):
        return Response(_letter(number)["raw"], mimetype="text/plain")

    def _letter(number: str) -> dict:
        return opened(world.collection("letters").get(number) or abort(404))

    return pages
