"""Papers are ordered in the transaction of what they are about, and drawn by a worker."""
from marketplace.reporting.commands.orders import (
    order_cancellation,
    order_credit_note,
    order_invoice_credits,
    order_invoices,
    order_year_summary,
    year_beginnings,
)
from marketplace.reporting.commands.papers import draw_paper

__all__ = ["draw_paper", "order_cancellation", "order_credit_note", "order_invoice_credits", "order_invoices", "order_year_summary",
           "year_beginnings"]
