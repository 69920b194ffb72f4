"""PDF in both languages; what people typed stays text."""
import json

import pytest

from marketplace.core import pdf

SHEET = {"site": "Dayitto", "number": "1", "paid": "22 November", "total_label": "Total", "total": "৳ ৭,২০৩", "note": "",
         "facts": "[]", "lines": json.dumps([["জমা টাকা", "৳ ৭,০০০"]])}


@pytest.mark.parametrize("language", ["bn", "en"])
def test_the_same_words_give_the_same_archival_sheet(language):
    first, second = (pdf.render("payments/receipt.typ", SHEET | {"title": "রসিদ"}, language) for _twice in range(2))
    assert first == second
    assert b"pdfaid:part>2<" in first
    assert b"NotoSansBengali" in first


@pytest.mark.parametrize("typed", ["#read(\"/etc/passwd\")", "#panic()", "$ x $", "= Heading", "*bold* _x_ `y`", "\\", "#[", "</script>"])
def test_what_people_typed_is_never_markup(typed):
    facts = json.dumps([["For", typed]])
    assert pdf.render("payments/receipt.typ", SHEET | {"title": typed, "facts": facts}, "en").startswith(b"%PDF-")
