"""Ben bids, ada shortlists and offers, ben counters, ada accepts: a contract."""
from __future__ import annotations

from tests.story.chapters.c03_jobs import BOOSTING, draft, key, publish
from tests.story.telling import Tale, step

STEPS = [("পেজ গোছানো ও ব্র্যান্ড গাইড", "3000", "10"), ("প্রথম মাসের পোস্ট ও ইনবক্স", "4000", "20"), ("বিজয় দিবসের লাইভ", "2000", "10")]


@step("ben bids with steps, a strategy and answers", "ben")
def bid(tale: Tale) -> None:
    ben = tale.person("ben").open(f"/jobs/{tale.kept['management']}").follow("/bid$")
    ben.submit("/bid", expect=422, price_minor="9,000", days="40", strategy="সকালে নতুন শাড়ি, রাতে লাইভের ঝলক।", **{"answers-0": "নকশি, রঙ।"},
               **rows([("সব", "8000", "40")]))
    ben.submit("/bid", **rows(STEPS), competing_pages="নেই")
    tale.outside.letter_to(tale.email("ada"), "Ben Das")


@step("ada shortlists, compares, and makes an offer", "ada")
def offer(tale: Tale) -> None:
    ada = tale.person("ada").open(f"/jobs/{tale.kept['management']}/bids")
    ada.submit("/shortlisting")
    ada.open(f"/jobs/{tale.kept['management']}/compare").reads("Ben Das")
    ada.open(f"/jobs/{tale.kept['management']}/bids").follow("/bids/[0-9a-f-]{36}$").follow("/bids/[0-9a-f-]{36}/offer")
    ada.submit("/offer", notice_days="৫", message="রবিবার থেকে শুরু করতে পারবেন?")
    tale.kept["offer"] = key(ada.url)


@step("ben counters with other terms; what changed is marked", "ben, ada")
def counter(tale: Tale) -> None:
    address = tale.outside.link_in_letter(tale.email("ben"), "/offers/")
    ben = tale.person("ben").open(address).reads("রবিবার থেকে শুরু করতে পারবেন?").follow("/counter-offer")
    ben.submit("/counter-offer", notice_days="10")
    ada = tale.person("ada").open(f"/offers/{tale.kept['offer']}")
    assert [mark.get_text(strip=True)[:2] for mark in ada.page.select("mark.dy-changed")] == ["10" if tale.language == "en" else "১০"]


@step("ada accepts: the terms are frozen into a contract", "ada, ben")
def accept(tale: Tale) -> None:
    ben = tale.person("ben").open(f"/offers/{tale.kept['offer']}")
    assert not ben.offers("/acceptance"), "it is not for ben to accept his own terms"
    ada = tale.person("ada").open(f"/offers/{tale.kept['offer']}").submit("/acceptance")
    tale.kept["contract"] = key(ada.url)
    ada.reads(*(title for title, _, _ in STEPS), tale.say("Not paid in yet"))
    tale.person("visitor").open("/jobs?q=বুটিক").misses("বুটিকের পেজ চালাবেন")


@step("ada posts a boosting job whose manager pays Meta; the team publishes it and it is found", "ada, sam, visitor")
def boosting(tale: Tale) -> None:
    ada = draft(tale, "boosting", BOOSTING)
    tale.kept["boosting"] = key(ada.url)
    ada.submit("/edit", press="preview")
    ada.submit("/submission")
    publish(tale, "boosting")
    tale.person("visitor").open("/jobs?q=বুষ্ট").follow(f"/jobs/{tale.kept['boosting']}").reads(BOOSTING["title"])


def rows(steps: list[tuple[str, str, str]]) -> dict[str, str]:
    """The steps of a bid as its form names them."""
    return {f"milestones-{number}-{name}": value for number, row in enumerate(steps)
            for name, value in zip(("title", "amount_minor", "days"), row, strict=True)}
