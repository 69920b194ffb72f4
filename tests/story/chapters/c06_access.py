"""Ada connects her page and grants access; ben's post is approved and published by itself; a comment is answered."""
from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from tests.story.chapters.c01_people import at, proven
from tests.story.chapters.c02_profile import picture
from tests.story.chapters.c03_jobs import key
from tests.story.outside import until
from tests.story.telling import Tale, step
from tests.story.walker import filled

DHAKA = ZoneInfo("Asia/Dhaka")
POST, COMMENT, ANSWER = "নতুন জামদানি এসেছে। দাম ২,৪৫০ টাকা।", "দাম কত?", "জি আপু, দাম ২,৪৫০ টাকা।"


@step("ada connects her Facebook page by Facebook's own consent screen", "ada")
def connect(tale: Tale) -> None:
    ada = at(tale, "ada", "/channels").submit("/channels/facebook/consents")
    ada.submit("/people", name="Ada Rahman", page_name="নকশি ঘর")
    ada.submit("/oauth", press="continue")
    page = ada.form("/channels$").find("input", {"name": "page"})["value"]
    ada.submit("/channels$", page=page, brand=chosen(ada, "brand")).open("/channels").reads("নকশি ঘর")
    tale.kept["page"] = page


@step("ada grants ben access to it for the contract: these rights, until this day", "ada, ben")
def grant(tale: Tale) -> None:
    ada = proven(tale, at(tale, "ada", f"/contracts/{tale.kept['contract']}").follow("/grants/new"))
    ada.submit("/grants$", channel=chosen(ada, "channel"), rights=["draft", "publish", "reply_public"],
               until=(today(tale) + timedelta(days=60)).date().isoformat(), **warned(ada))
    tale.kept["grant"] = key((ada if "/grants/" in ada.url else ada.follow("/grants/[0-9a-f-]{36}")).url)
    at(tale, "ben", f"/grants/{tale.kept['grant']}").reads("নকশি ঘর")


@step("ben drafts a post with a picture; ada approves it; it is published at its time", "ben, ada")
def publish(tale: Tale) -> None:
    ben = at(tale, "ben", f"/contracts/{tale.kept['contract']}/posts/new")
    moment = (today(tale) + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    drawn = {"picture": ("saree.png", picture(), "image/png")}
    ben.submit("/posts$", files=drawn, text=POST, publish_at=moment, grant=chosen(ben, "grant"))
    tale.kept["post"] = key(ben.url)
    if ben.open(f"/posts/{tale.kept['post']}").offers("/submission"):
        ben.submit("/submission")
    at(tale, "ada", f"/posts/{tale.kept['post']}").reads(POST).submit("/approval")
    assert POST not in facebook(tale), "nothing is published before its time"
    tale.outside.advance(timedelta(hours=2, minutes=1))
    until(lambda: POST in facebook(tale), "the post on the page")
    at(tale, "ada", "/calendar")


@step("a visitor comments on Facebook; the comment arrives; ben answers it there", "ben")
def answer(tale: Tale) -> None:
    visitor = tale.person("passer-by").open(f"{tale.outside.address}/meta/pages/{tale.kept['page']}")
    visitor.submit("/comments", from_name="Rupa", message=COMMENT)
    until(lambda: COMMENT in at(tale, "ben", "/inbox").text, "the comment in the inbox")
    ben = tale.person("ben").follow("/comments/[0-9a-f-]{36}")
    tale.kept["comment"] = ben.url
    ben.submit("/replies", text=ANSWER)
    until(lambda: ANSWER in facebook(tale), "the answer on the page")


def revoke_and_refuse(tale: Tale) -> None:
    """One button takes it back; the next act is refused and nothing reaches Facebook."""
    ben = at(tale, "ben", tale.kept["comment"])
    typed = filled(ben.form("/replies"), {"text": "আরেকটা উত্তর"}, "")
    address = urljoin(ben.url, ben.form("/replies")["action"])
    at(tale, "ada", f"/grants/{tale.kept['grant']}").submit("/revocation")
    calls = len(tale.outside.journal("meta", "/comments"))
    refused = ben.session.post(address, data=typed, timeout=30, headers={"Referer": ben.url})
    assert refused.status_code in {403, 404, 409}, refused.status_code
    assert len(tale.outside.journal("meta", "/comments")) == calls, "a call began after the answer"
    assert "আরেকটা উত্তর" not in facebook(tale)


def facebook(tale: Tale) -> str:
    """What anybody sees on the page at Facebook."""
    return tale.person("passer-by").open(f"{tale.outside.address}/meta/pages/{tale.kept['page']}").text


def chosen(person: object, name: str) -> str:
    """The first real choice of a field."""
    field = person.page.find(attrs={"name": name})
    if field.name == "select":
        return next(option["value"] for option in field.find_all("option") if option.get("value"))
    return field["value"]


def warned(person: object) -> dict[str, str]:
    """The tick that says one knows who else controls the page, where it is asked."""
    return {"warned": "y"} if person.page.find("input", {"name": "warned"}) else {}


def today(tale: Tale) -> datetime:
    """Now, in Dhaka, by the world's clock."""
    return datetime.fromisoformat(tale.outside.now()).astimezone(DHAKA)
