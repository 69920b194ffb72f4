"""What work of a kind, trade and size usually costs."""
from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Model


class PriceMedian(Model):
    """The median price of agreed contracts, in minor units, written anew each day; only of `contracts` ≥ five.

    Management: of 30 days, by posts a month. Boosting: the service charge for an ad dollar, by dollars. `trade` "": all.
    """

    __tablename__ = "price_medians"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    trade: Mapped[str] = mapped_column(String(40), primary_key=True)
    size: Mapped[int] = mapped_column(primary_key=True)
    contracts: Mapped[int]
    median_minor: Mapped[int] = mapped_column(BigInteger)
    read_at: Mapped[datetime]
