"""The contract of privacy."""

from typing import Literal

from pydantic import Field

from app.core.text import Input


class EraseQuery(Input):
    """What keeps an erasure from happening by accident."""

    confirm: Literal["erase"] = Field(
        description="Say `erase`: it cannot be undone.", examples=["erase"]
    )
