"""Letters by SMTP, read over HTTP."""

import smtplib
import socket
from email.message import EmailMessage

import pytest
import requests
from bs4 import BeautifulSoup

from sandbox.letters import Postbox, keep_letter, letters_to

LINK = "http://127.0.0.1:5000/confirmations/abc"


def letter(to="ada@example.com", subject="আপনার ঠিকানা নিশ্চিত করুন"):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Dayitto <no-reply@dayitto.test>", to, subject
    message.set_content(f"এখানে চাপুন: {LINK}\n")
    message.add_alternative(f"<p>এখানে <a href='{LINK}'>চাপুন</a> <script>alert(1)</script></p>", subtype="html")
    message.add_attachment(b"%PDF-1.7 fictional", maintype="application", subtype="pdf", filename="রসিদ.pdf")
    return message


@pytest.fixture
def postbox(sandbox):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    postbox = Postbox(sandbox, port)
    postbox.start()
    yield port
    postbox.stop()


def send(port, *letters):
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as server:
        for message in letters:
            server.send_message(message)


def test_a_letter_is_kept_whole(sandbox, postbox):
    send(postbox, letter())
    (kept,) = requests.get(f"{sandbox.base_url}/letters.json", timeout=5).json()
    assert (kept["from"], kept["to"]) == ("no-reply@dayitto.test", ["ada@example.com"])
    assert kept["subject"] == "আপনার ঠিকানা নিশ্চিত করুন"
    assert LINK in kept["text"]
    assert f"href='{LINK}'" in kept["html"]
    assert kept["attachments"] == [{"name": "রসিদ.pdf", "type": "application/pdf", "size": 18}]
    assert ["To", "ada@example.com"] in kept["headers"]
    raw = requests.get(f"{sandbox.base_url}/letters/{kept['id']}/raw", timeout=5)
    assert "multipart/mixed" in raw.text
    assert raw.headers["Content-Type"].startswith("text/plain")


def test_letters_are_found_by_receiver_and_subject_newest_first(sandbox, postbox):
    send(postbox, letter("ada@example.com", "One"), letter("ben@example.com", "Two"), letter("Ada@example.com", "Three"))
    found = requests.get(f"{sandbox.base_url}/letters.json", params={"to": "ada@"}, timeout=5).json()
    assert [kept["subject"] for kept in found] == ["Three", "One"]
    found = requests.get(f"{sandbox.base_url}/letters.json", params={"subject": "two"}, timeout=5).json()
    assert [kept["to"] for kept in found] == [["ben@example.com"]]


def test_the_page_shows_letters_and_their_links(sandbox, postbox):
    send(postbox, letter())
    listed = BeautifulSoup(requests.get(f"{sandbox.base_url}/letters?to=ada", timeout=5).text, "html.parser")
    page = requests.get(sandbox.base_url + listed.select_one("a.letter")["href"], timeout=5).text
    shown = BeautifulSoup(page, "html.parser")
    assert shown.select_one(f"pre a[href='{LINK}']")
    assert "রসিদ.pdf" in shown.text
    assert "script" not in (frame := shown.find("iframe"))["sandbox"]
    html = requests.get(sandbox.base_url + frame["src"], timeout=5)
    assert "default-src 'none'" in html.headers["Content-Security-Policy"]
    assert LINK in html.text


def test_a_letter_that_is_not_there_is_not_found(sandbox):
    assert requests.get(f"{sandbox.base_url}/letters/9", timeout=5).status_code == 404


def test_only_the_newest_letters_are_kept(world, monkeypatch):
    monkeypatch.setattr("sandbox.letters.LIMIT", 3)
    for number in range(5):
        keep_letter(world, "a@example.com", ["b@example.com"], f"Subject: {number}\r\n\r\nHello".encode())
    assert [kept["subject"] for kept in letters_to(world)] == ["4", "3", "2"]
