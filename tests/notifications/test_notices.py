"""What people are told, in their own language, once in the product and once by mail."""
from __future__ import annotations

import pytest
from sqlalchemy import event, select

from marketplace.accounts.models import Person
from marketplace.core import subjects
from marketplace.core.db import db
from marketplace.core.paging import PAGE
from marketplace.notifications import commands, queries
from marketplace.notifications.models import Notice
from tests import people
from tests.pages import read, words
from tests.people import sign_in
from tests.worker import body, letters, run_jobs


@pytest.fixture
def letter(app, tmp_path, monkeypatch):
    """A letter of a domain above: `jobs/told`, about a person, whom only ada may see."""
    from jinja2 import ChoiceLoader, DictLoader
    texts = DictLoader({f"{domain}/mail/told.{kind}": text for domain in ("jobs", "payments") for kind, text in {
        "subject.txt": "{{ _('Hello %(name)s,', name=person.name) }} {{ number }}",
        "txt": "{{ subject.name }}\n\n{{ _('Sign in') }}\n{{ link }}\n"}.items()})
    monkeypatch.setattr(app, "jinja_loader", ChoiceLoader([texts, app.jinja_loader]))
    monkeypatch.setattr(app.jinja_env, "loader", ChoiceLoader([texts, app.jinja_env.loader]))
    monkeypatch.setattr(subjects, "_KINDS", {**subjects._KINDS})
    subjects.register("person", lambda reader, key: db.session.get(Person, key) if reader.name == "Ada Rahman" else None,
                      lambda person: person.name, lambda person: f"/people/{person.id}")
    return "jobs/told"


def test_a_notice_and_a_letter_in_the_receivers_language(client, letter):
    ada = people.person_named("Ada Rahman", "ada@example.com", language="bn")
    ben = people.ben()
    commands.notify(ada, letter, subject=ben, number=7)
    run_jobs()
    arrived = letters("ada@example.com")[0]
    assert arrived["Subject"] == "Ada Rahman, শুভেচ্ছা। 7"
    assert "Ben Das" in body(arrived) and f"http://localhost/people/{ben.id}" in body(arrived)
    sign_in(client, ada)
    page = read(client.get("/notices"))
    assert page.html["lang"] == "bn" and "Ada Rahman, শুভেচ্ছা। 7" in page.main.text and "নতুন" in page.main.text


def test_opening_a_notice_leads_to_its_subject_and_makes_it_old(client, letter):
    ada, ben = people.ada(), people.ben()
    notice = commands.notify(ada, letter, subject=ben, number=7)
    sign_in(client, ada)
    assert queries.count_unread(ada) == 1
    before = client.get("/notices")
    assert "New" in words(before).split() and read(before).main.select("li.is-new")
    assert client.post(f"/notices/{notice.id}/opening").location == f"/people/{ben.id}"
    after = client.get("/notices")
    assert "New" not in words(after).split() and not read(after).main.select("li.is-new")
    assert queries.count_unread(people.ada()) == 0


def test_what_one_may_no_longer_see_is_said_and_not_opened(client, letter):
    eve = people.eve()
    notice = commands.notify(eve, letter, subject=people.ben(), number=7)
    sign_in(client, eve)
    answer = client.post(f"/notices/{notice.id}/opening", follow_redirects=True)
    assert answer.request.path == "/notices" and "no longer there" in words(answer)


def test_all_are_read_at_once(client, letter):
    ada = people.ada()
    for number in range(3):
        commands.notify(ada, letter, subject=ada, number=number)
    commands.notify(people.ben(), letter, subject=ada, number=9)
    sign_in(client, ada)
    client.post("/notices/reading")
    assert (queries.count_unread(people.ada()), queries.count_unread(people.ben())) == (0, 1)


def test_pages_follow_each_other_without_a_gap(client, letter):
    ada = people.ada()
    db.session.add_all(Notice(person_id=ada.id, title=f"No. {number:02}.") for number in range(PAGE + 5))
    sign_in(client, ada)
    first = client.get("/notices")
    second = client.get(read(first).select_one(".dy-pager a")["href"])
    seen = [word for page in (first, second) for word in words(page).split() if word.endswith(".") and word[0].isdigit()]
    assert sorted(seen) == [f"{number:02}." for number in range(PAGE + 5)]
    assert not read(second).select(".dy-pager a")


def test_an_empty_page_says_what_will_stand_there(client):
    sign_in(client, people.ada())
    assert "Nothing yet" in words(client.get("/notices"))


def test_who_does_without_letters_still_gets_notices_and_what_is_essential(client, letter):
    ada = people.ada()
    sign_in(client, ada)
    assert "comes by e-mail too" in words(client.get("/settings"))
    client.post("/settings/notices", data={"sent": "yes"})
    assert "Only what is essential" in words(client.get("/settings"))
    ada = people.ada()
    commands.notify(ada, letter, subject=ada, number=1)
    commands.notify(ada, "payments/told", subject=ada, number=2)
    run_jobs()
    assert [letter["X-Letter"] for letter in letters("ada@example.com")] == ["payments/told"]
    assert {notice.title for notice in db.session.scalars(select(Notice))} == {"Hello Ada Rahman, 1", "Hello Ada Rahman, 2"}
    client.post("/settings/notices", data={"letters": "y"})
    commands.notify(people.ada(), letter, subject=people.ada(), number=3)
    run_jobs()
    assert len(letters("ada@example.com")) == 2


def test_a_letter_names_our_site_whatever_host_was_asked(app, letter):
    with app.test_request_context(headers={"Host": "evil.example"}):
        commands.notify(people.ada(), letter, subject=people.ben(), number=7)
        db.session.commit()
    run_jobs()
    arrived = letters("ada@example.com")[0].as_string()
    assert "evil.example" not in arrived and "http://localhost/people/" in arrived


def test_the_bell_says_how_many_are_new(client, letter):
    ada = people.ada()
    commands.notify(ada, letter, subject=ada, number=1)
    sign_in(client, ada)
    bell = read(client.get("/settings")).select_one("a[href='/notices']")
    assert "1" in bell.text


def test_a_long_list_costs_no_more_statements(client, letter):
    ada = people.ada()
    sign_in(client, ada)
    counts = []
    for _ in range(2):
        db.session.add_all(Notice(person_id=ada.id, title="Told", subject=f"person:{ada.id}") for _ in range(10))
        db.session.commit()
        seen: list[str] = []
        count = lambda *args, seen=seen: seen.append(args[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", count)
        client.get("/notices")
        event.remove(db.engine, "before_cursor_execute", count)
        counts.append(len([statement for statement in seen if statement.startswith("SELECT")]))
    assert counts[0] == counts[1]
