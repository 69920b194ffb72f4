"""The chapters in their order."""
from tests.story.chapters import (
    c01_people,
    c02_profile,
    c03_jobs,
    c04_contract,
    c05_payment,
    c06_access,
    c07_delivery,
    c08_money,
    c09_ending,
    c10_pots,
    c11_books,
)
from tests.story.telling import STEPS

__all__ = ["STEPS", "c01_people", "c02_profile", "c03_jobs", "c04_contract", "c05_payment", "c06_access", "c07_delivery", "c08_money",
           "c09_ending", "c10_pots", "c11_books"]
