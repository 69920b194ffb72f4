"""Verbs of boosts: rates, pots, draws, campaigns, medians."""
from marketplace.boosts.commands.draws import approve_draw, ask_draw, mark_paid, refuse_draw
from marketplace.boosts.commands.planning import approve_boost, edit_boost, plan_boost
from marketplace.boosts.commands.pots import close_pot, fund_pot, plan_pot, price_of_pot
from marketplace.boosts.commands.prices import read_prices
from marketplace.boosts.commands.rates import enter_rate
from marketplace.boosts.commands.running import end_boost, launch, launch_boost, pause_boost, read_spend, resume_boost
from marketplace.boosts.commands.staff_refunds import refund_by_staff

__all__ = ["approve_boost", "approve_draw", "ask_draw", "close_pot", "edit_boost", "end_boost", "enter_rate", "fund_pot",
           "launch", "launch_boost", "mark_paid", "pause_boost", "plan_boost", "plan_pot", "price_of_pot", "read_prices",
           "read_spend", "refund_by_staff", "refuse_draw", "resume_boost"]
