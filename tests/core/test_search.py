"""One index for three ways of writing."""
import pytest
from sqlalchemy import func, select

from marketplace.core import search
from marketplace.core.db import db


@pytest.mark.parametrize(("stored", "sought"), [
    ("বুটিক পেইজের জন্য ম্যানেজার", "boutique page"), ("Facebook page boosting", "ফেসবুক পেজ বুষ্ট"), ("এ্যাড দিন", "বিজ্ঞাপন"),
    ("\u09ac\u09be\u09a1\u09bc\u09bf", "\u09ac\u09be\u09dc\u09bf"), ("ক\u200dখ", "কখ"),
    ("৯০ পোস্ট", "90 post"), ("Boutique", "bou"), ("এড", "ad"),
])
def test_spellings_meet(app, stored, sought):
    assert db.session.scalar(select(search.matches(search.vector(stored), sought)))


@pytest.mark.parametrize(("stored", "sought"), [("বুটিক পেজ", "রেস্টুরেন্ট"), ("facebook page", "facebook restaurant")])
def test_other_words_do_not(app, stored, sought):
    assert not db.session.scalar(select(search.matches(search.vector(stored), sought)))


@pytest.mark.parametrize("hostile", ["'; drop table people; --", "a & b | !c", "\\' :*", "%_", ""])
def test_what_is_sought_is_never_syntax(app, hostile):
    assert db.session.scalar(select(search.matches(func.to_tsvector("x"), hostile))) in (True, False, None)
