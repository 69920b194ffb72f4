"""The firewall's table: what is found in three scripts, and what is left alone."""
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.firewall.models import RULES, Finding, Severity
from marketplace.firewall.queries import inspect, inspect_all, pieces

FOUND = [
    # phone numbers
    ("phone", "আগ্রহী হলে কল দিন ০১৭১১২৩৪৫৬৭", "০১৭১১২৩৪৫৬৭"),
    ("phone", "Call 01711-234567 today", "01711-234567"),
    ("phone", "নম্বর +880 1711 234 567 এ", "+880 1711 234 567"),
    ("phone", "কল দিন ০১৭ শূন্য শূন্য ১২৩ ৪৫৬।", "০১৭ শূন্য শূন্য ১২৩ ৪৫৬"),
    ("phone", "shunno ek sat ek ek dui tin char panch choy sat", "shunno ek sat ek ek dui tin char panch choy sat"),
    ("phone", "শূন্য এক সাত এক এক দুই তিন চার পাঁচ ছয় সাত", "শূন্য এক সাত এক এক দুই তিন চার পাঁচ ছয় সাত"),
    ("phone", "zero one seven double one two three four five six seven", "zero one seven double one two three four five six seven"),
    ("phone", "০১৭.১১.২৩.৪৫.৬৭", "০১৭.১১.২৩.৪৫.৬৭"),
    ("phone", "০১\u200c৭১১\u200d২৩৪৫৬৭", "০১\u200c৭১১\u200d২৩৪৫৬৭"),
    ("phone", "o1711234567", "o1711234567"),
    ("phone", "０１７１１２３４５６７", "０１７１１２３４５６７"),
    ("phone", "office +971 50 123 4567", "+971 50 123 4567"),
    # advance by mobile money
    ("advance", "কাজের আগে ৫০% অগ্রিম বিকাশে দিতে হবে", None),
    ("advance", "500 taka advance bkash koren", "advance bkash"),
    ("advance", "Please send the first half by Nagad upfront", None),
    ("advance", "agrim taka nogod e pathan", None),
    ("advance", "রকেটে ১০০০ টাকা পাঠান তারপর কাজ শুরু", None),
    ("advance", "বিকাশে আগাম লাগবে", None),
    # passwords and codes
    ("password", "পেজের পাসওয়ার্ড দিন", "পাসওয়ার্ড"),
    ("password", "Send me the page's password", "password"),
    ("password", "OTP ta amake diben", "OTP"),
    ("password", "ওটিপি আসলে আমাকে বলবেন", "ওটিপি"),
    ("password", "login code lagbe", "login code"),
    ("password", "পাসওয়ার্ড দিতে ভুলবেন না", "পাসওয়ার্ড"),
    ("password", "id pass dite hobe", "id pass"),
    # admin and full control
    ("admin", "পেজের অ্যাডমিন বানিয়ে দিব, নিজের মতো চালাবেন", "অ্যাডমিন বানিয়ে"),
    ("admin", "আমাকে এডমিন করে দিন", "এডমিন করে দি"),
    ("admin", "amake page er admin baniye den", "admin baniye"),
    ("admin", "Make me an admin of the page", "Make me an admin"),
    ("admin", "full control lagbe", "full control"),
    ("admin", "ফুল এক্সেস চাই", "ফুল এক্সেস"),
    # vanity
    ("guarantee", "আমাদের পেজে ১০ হাজার লাইক গ্যারান্টি চাই", None),
    ("guarantee", "১০ হাজার লাইক চাই", "১০ হাজার লাইক"),
    ("guarantee", "10k followers in a week", "10k followers"),
    ("guarantee", "5000 real followers debo", "5000 real followers"),
    ("guarantee", "Guaranteed sales from the first day", "Guaranteed sales"),
    ("guarantee", "বিক্রি বাড়বে, ১০০% নিশ্চিত", None),
    ("guarantee", "sale guranteed", None),
    # links, addresses, other channels
    ("link", "দেখুন https://facebook.com/nokshi", "https://facebook.com/nokshi"),
    ("link", "আমাদের সাইট nokshighor.com", "nokshighor.com"),
    ("link", "wa.me/8801711", "wa.me/8801711"),
    ("email", "mail: rina.sharee@gmail.com", "rina.sharee@gmail.com"),
    ("email", "rina at gmail dot com", "rina at gmail"),
    ("email", "রিনা অ্যাট জিমেইল", "রিনা অ্যাট জিমেইল"),
    ("contact", "WhatsApp e knock den", "WhatsApp e knock"),
    ("contact", "হোয়াটসঅ্যাপে যোগাযোগ করুন", None),
    ("contact", "contact me on telegram", None),
]
LEFT_ALONE = [
    "মাসে ৬০টা পোস্ট আর ৪টা ভিডিও, বাজেট ৭,০০০ টাকা",
    "Prices are 10 15 20 25 30 35 taka",
    "দাম ১,২০০ থেকে ২,৫০,০০০ টাকা",
    "Our page has 10k followers already",
    "আমাদের পেজে ১০ হাজার ফলোয়ার আছে",
    "পাসওয়ার্ড লাগবে না, অ্যাক্সেস খাতা থেকে দেব",
    "No password is ever needed",
    "অ্যাডমিন লাগবে না",
    "We never promise guaranteed sales",
    "লাইক বা ফলোয়ারের গ্যারান্টি নেই",
    "কাস্টমারের কাছ থেকে বিকাশে অগ্রিম নিয়ে অর্ডার লিখবেন",
    "নগদ টাকায় ডেলিভারি",
    "ইনবক্সে দিনে ৮০টা মেসেজ আসে, ১ ঘণ্টায় উত্তর",
    "WhatsApp orders are written in the sheet by us",
    "Inbox 10:00-22:00, Friday 15:00-22:00, from 01.12.2026",
    "পাসপোর্ট সাইজ ছবি",
    "আইডি পাসপোর্ট দেখাতে হবে",
    "Post at 9 am and 9 pm",
    "",
    None,
]


@pytest.mark.parametrize(("rule", "text", "marked"), FOUND, ids=[f"{rule}: {text}" for rule, text, _ in FOUND])
def test_found(rule, text, marked):
    found = {finding.rule: finding for finding in inspect(text)}
    assert rule in found
    if marked:
        assert unicodedata.normalize("NFC", found[rule].text) == unicodedata.normalize("NFC", marked)


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_left_alone(text):
    assert inspect(text) == []


def test_one_listing_with_three_faults():
    text = "আমাদের পেজে ১০ হাজার লাইক গ্যারান্টি চাই, এক মাসে। পেজের অ্যাডমিন বানিয়ে দিব। কল দিন ০১৭ শূন্য শূন্য ১২৩ ৪৫৬।"
    assert [finding.rule for finding in inspect(text)] == ["guarantee", "admin", "phone"]


def test_fields_are_named_and_pieces_make_the_text_again():
    findings = inspect_all({"title": "Call 01711234567", "description": "Plain words", "other": None})
    assert [(finding.field, finding.rule) for finding in findings] == [("title", "phone")]
    cut = pieces("Call 01711234567", findings)
    assert [piece for piece, _ in cut] == ["Call ", "01711234567"]
    assert cut[1][1] == findings[0]


def test_a_finding_survives_storage():
    finding = inspect("OTP den", "answer")[0]
    assert Finding.of(finding.row()) == finding


def test_what_asks_for_the_keys_or_the_money_is_held_and_contacts_are_a_warning():
    held = {code for code, rule in RULES.items() if rule.severity == Severity.held}
    assert held == {"advance", "password", "admin", "guarantee"}
    assert inspect("OTP den")[0].held
    assert not inspect("01711234567")[0].held


@given(st.text(alphabet=st.sampled_from("০১৭5 একadmin-.\u200dলাইক%।\n কে"), max_size=60))
def test_spans_never_overlap_and_pieces_are_the_whole(text):
    findings = inspect(text)
    assert all(first.end <= second.start for first, second in zip(findings, findings[1:], strict=False))
    assert all(text[finding.start:finding.end] == finding.text for finding in findings)
    assert "".join(piece for piece, _ in pieces(text, findings)) == text
