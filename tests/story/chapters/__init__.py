"""The chapters in their order."""
from tests.story.chapters import c1_people, c2_profile, c3_jobs, c4_contract, c5_payment, c6_access, c7_delivery, c8_money, c9_ending
from tests.story.telling import STEPS

__all__ = ["STEPS", "c1_people", "c2_profile", "c3_jobs", "c4_contract", "c5_payment", "c6_access", "c7_delivery", "c8_money", "c9_ending"]
