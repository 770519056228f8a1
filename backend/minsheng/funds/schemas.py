"""What the fund routes take and give."""

from typing import Annotated

from pydantic import Field

from minsheng.funds.models import MOST_FEN

Fen = Annotated[int, Field(strict=True, ge=1, le=MOST_FEN, description="金额，单位：分", examples=[1_200_000_00])]
"""An amount in fen: a whole number that every reader of JSON reads exactly."""
