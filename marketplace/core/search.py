"""One index for Bengali, English and Banglish: text is folded to canonical words before it is stored and before it is sought."""
from __future__ import annotations

import re
import unicodedata
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Text, cast, func, text
from sqlalchemy.dialects.postgresql import TSQUERY

from marketplace.core.db import db

PLAN_FOR_VALUES = text("set local plan_cache_mode = force_custom_plan")

# Spellings the market treats as one word. The first of a line stands for all of them.
VARIANTS = """
page পেজ পেইজ পেজের পেইজের
boost বুস্ট বুষ্ট বুস্টিং বুষ্টিং boosting
ad অ্যাড এ্যাড এড বিজ্ঞাপন ads advertisement
inbox ইনবক্স ইনবক্সে
moderator মডারেটর মডারেটার
admin অ্যাডমিন এডমিন এ্যাডমিন
reach রিচ
engagement এনগেজমেন্ট ইংগেজিং এঙ্গেজমেন্ট
live লাইভ
content কনটেন্ট কন্টেন্ট
reels রিলস রিল reel
manager ম্যানেজার ম্যানাজার
post পোস্ট posts
boutique বুটিক বুটিকস butik
cosmetics কসমেটিকস কসমেটিক্স প্রসাধনী
facebook ফেসবুক ফেইসবুক fb
instagram ইনস্টাগ্রাম ইন্সটাগ্রাম
youtube ইউটিউব
entrepreneur উদ্যোক্তা উদ্দোক্তা
fcommerce এফকমার্স এফ-কমার্স f-commerce
video ভিডিও videos
design ডিজাইন ডিজাইনার
bkash বিকাশ
dhaka ঢাকা
chattogram চট্টগ্রাম চিটাগাং chittagong
sylhet সিলেট
food খাবার খাদ্য
restaurant রেস্টুরেন্ট রেস্তোরাঁ
gadget গ্যাজেট gadgets
clinic ক্লিনিক
coaching কোচিং
"""
WORD = re.compile(r"[\w\u0980-\u09ff][\w\u0980-\u09ff-]*")
JOINERS = dict.fromkeys(map(ord, "\u200c\u200d\ufeff\u200b"))
NUKTA = str.maketrans({"\u09dc": "\u09a1\u09bc", "\u09dd": "\u09a2\u09bc", "\u09df": "\u09af\u09bc"})
DIGITS = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")


def fold(text: str) -> str:
    """Canonical words of a text, in order: joiners gone, ড়/ঢ়/য় in one encoding, digits Latin, variants as one word."""
    plain = unicodedata.normalize("NFC", text).translate(JOINERS).translate(NUKTA).translate(DIGITS).casefold()
    return " ".join(_CANONICAL.get(word, word) for word in WORD.findall(plain))


def vector(*texts: str | None) -> ColumnElement:
    """The tsvector to store for these texts. Our own words go in as they are: PostgreSQL's parser splits Bengali at vowel signs."""
    words = sorted(set(fold(" ".join(text for text in texts if text)).split()))
    return func.array_to_tsvector(cast(words, ARRAY(Text)))


def matches(column: ColumnElement, sought: str) -> ColumnElement:
    """Whether a stored vector holds a word beginning with each word sought."""
    return holds(column, words_query(sought))


def holds(column: ColumnElement, query: Any) -> ColumnElement:
    """The same for what `words_query` made, or for a parameter that will hold it."""
    return column.op("@@")(cast(query, TSQUERY))


def words_query(sought: str) -> str:
    """The words sought as PostgreSQL reads them; empty where there are none."""
    words = [word.replace("'", "").replace("\\", "") for word in fold(sought).split()]
    return " & ".join(f"'{word}':*" for word in words)


def _key(word: str) -> str:
    return unicodedata.normalize("NFC", word).translate(JOINERS).translate(NUKTA).casefold()


_CANONICAL = {_key(word): line.split()[0] for line in VARIANTS.strip().splitlines() for word in line.split()}


def plan_for_these_words() -> None:
    """Have PostgreSQL plan the next searches of this transaction for the words they are given.

    psycopg prepares what is asked often, and a plan for any words reads all hits of a common one: four times as slow.
    """
    db.session.execute(PLAN_FOR_VALUES)
