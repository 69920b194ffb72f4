"""Who gets a file, and how it is sent."""
import io

import pytest
from PIL import Image

from marketplace.core import subjects
from marketplace.files import commands
from marketplace.files.models import Purpose
from tests import people
from tests.factories.files import PDF, make_file
from tests.factories.managers import make_manager
from tests.factories.vetting import make_application, vetter


def address(file, variant="original"):
    return f"/files/{file.id}/{variant}"


def test_a_private_file_is_its_owners(app, client):
    file = make_file(people.ben())
    assert client.get(address(file)).status_code == 404
    people.sign_in(client, people.eve())
    assert client.get(address(file)).status_code == 404
    people.sign_in(client, people.ben())
    answer = client.get(address(file))
    assert Image.open(io.BytesIO(answer.data)).size == (320, 240)
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_public_file_is_everybodys_and_kept_for_ever(app, client):
    file = make_file(people.ben(), public=True, name="নকশি.png")
    answer = client.get(address(file, "card"))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.mimetype == "image/webp"


def test_nothing_sent_can_act(app, client):
    people.sign_in(client, people.ben())
    for file in (make_file(people.ben()), make_file(people.ben(), Purpose.evidence, PDF, "paper.pdf")):
        headers = client.get(address(file)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_papers_are_handed_over_and_pictures_shown(app, client):
    people.sign_in(client, people.ben())
    paper = client.get(address(make_file(people.ben(), Purpose.evidence, PDF, "প্রমাণ ১.pdf")))
    assert paper.headers["Content-Disposition"].startswith("attachment")
    assert "filename*=UTF-8''%E0%A6%AA%E0%A7%8D" in paper.headers["Content-Disposition"]
    assert paper.headers["Content-Type"] == "application/pdf"
    picture = client.get(address(make_file(people.ben())))
    assert picture.headers["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize("variant", ["card", "thumb"])
def test_a_paper_has_no_pictures(app, client, variant):
    people.sign_in(client, people.ben())
    assert client.get(address(make_file(people.ben(), Purpose.evidence, PDF, "paper.pdf"), variant)).status_code == 404


@pytest.mark.parametrize("path", ["../etc/passwd", "original/../thumb", "huge", "%2e%2e"])
def test_other_variants_do_not_exist(app, client, path):
    assert client.get(f"/files/{make_file(people.ben(), public=True).id}/{path}").status_code == 404


def test_who_sees_the_subject_sees_its_files(app, client):
    application = make_application(make_manager(people.ben(), vetted=()))
    file = make_file(people.ben(), Purpose.evidence, PDF, "paper.pdf")
    commands.attach(file, application)
    assert file.subject == subjects.subject_of(application)
    people.sign_in(client, vetter())
    assert client.get(address(file)).status_code == 404, "a draft is nobody else's"
    make_application(application.manager, "submitted")
    assert client.get(address(file)).status_code == 200
    people.sign_in(client, people.eve())
    assert client.get(address(file)).status_code == 404
