"""bin/mutate: what is changed, what is left alone, and what is remembered."""
from __future__ import annotations

import sys
from pathlib import Path
from subprocess import run

import pytest

from ops.mutation import mutants, record, source
from ops.mutation.__main__ import money
from ops.mutation.record import Found

CODE = '''"""A module."""
from flask_babel import lazy_gettext as _l

SORRY = _l("No.")


class Till:
    """What it is."""

    @property
    def full(self) -> int:
        """How full."""
        logger.info("asked", by=1)
        return self.taken + 2

    @full.setter
    def full(self, value: int = 3) -> None:
        # a comment
        if value > self.most:
            raise ValueError(SORRY)
        self.taken = value


def pay(till, sum):
    return till.take(sum, "cash", note=_l("Paid"))
'''
PATH = "marketplace/ledger/shop.py"


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A checkout with nothing but a till."""
    for module in (mutants, source, record):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(record, "FOLDER", tmp_path / "docs")
    file = tmp_path / PATH
    file.parent.mkdir(parents=True)
    file.write_text(CODE)
    return file


def told(found):
    return {function.name: [mutant.told for mutant in made] for function, made in found.items()}


def test_behaviour_is_changed_and_texts_types_and_logs_are_not(shop):
    assert told(mutants.mutants_of(PATH)) == {
        "Till.full": ["return self.taken [-+-]{+-+} 2", "return self.taken + [-2-]{+3+}"],
        "Till.full#2": ["if value >[--]{+=+} self.most:", "self.taken = [-value-]{+None+}"],
        "pay": ['return till.take([-sum-]{+None+}, "cash", note=_l("Paid"))', 'return till.take(sum, [-"cash"-]{+None+}, note=_l("Paid"))',
                'return till.take(sum, [-"cash", -]{++}note=_l("Paid"))', 'return till.take(sum, "[-cash-]{+XXcashXX+}", note=_l("Paid"))']}


def test_a_mutant_is_the_file_with_one_line_changed(shop):
    for mutant in (one for made in mutants.mutants_of(PATH).values() for one in made):
        other = [place for place, (was, now) in enumerate(zip(CODE.splitlines(), mutant.source.splitlines(), strict=True), 1) if was != now]
        assert len(other) == 1 and other[0] in mutant.lines


def test_only_another_content_is_another_function(shop):
    before = source.functions_of(PATH)
    shop.write_text(CODE.replace("# a comment", "# another").replace("How full.", "How full it is.").replace("A module.", "A\n\nmodule."))
    assert [one.digest for one in source.functions_of(PATH)] == [one.digest for one in before]
    shop.write_text(CODE.replace("+ 2", "+ 1"))
    assert [one.digest == old.digest for one, old in zip(source.functions_of(PATH), before, strict=True)] == [False, True, True]


def test_results_and_reasons_are_kept(shop):
    pay = source.functions_of(PATH)[2]
    record.keep(pay, Found(pay.digest, 4, 4, {"one": "", "two": ""}))
    place = record.place_of(PATH)
    place.write_text(place.read_text().replace("    - two\n", "    - two\n      = because\n"))
    record.keep(pay, Found(pay.digest, 5, 9, {"two": ""}))
    assert f"  pay {pay.digest} 4/5 of 9\n" in place.read_text()
    assert record.read(place) == {PATH: {"pay": Found(pay.digest, 5, 9, {"two": "because"})}}
    assert record.read(place)[PATH]["pay"].killed == 4


def test_what_is_gone_is_forgotten(shop):
    for function in source.functions_of(PATH):
        record.keep(function, Found(function.digest, 1, 1))
    shop.write_text(CODE.replace("def pay(", "def take("))
    take = source.functions_of(PATH)[2]
    record.keep(take, Found(take.digest, 1, 1))
    assert list(record.read(record.place_of(PATH))[PATH]) == ["Till.full", "Till.full#2", "take"]


def test_the_money_is_there():
    assert {"marketplace/ledger/commands/posting.py", "marketplace/payments/views/debts.py", "marketplace/contracts/commands/steps.py",
            "marketplace/contracts/commands/settlements.py"} <= set(money())


def test_programs_that_a_dead_child_left_are_ended():
    said, _ = run([sys.executable, "-c", LEAVES], check=True, capture_output=True, text=True).stdout.split()
    assert not Path(f"/proc/{said}").exists()


LEAVES = """
import os, subprocess, sys
from ops.mutation import orphans
own = orphans.adopt()
if not os.fork():
    print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True).pid, flush=True)
    os._exit(0)
os.wait()
orphans.end_all_but(own)
print("ended")
"""
