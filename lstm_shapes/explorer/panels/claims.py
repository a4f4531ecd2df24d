"""Evaluated statements as records."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from lstm_shapes.statements.claim import Claim


class ClaimRecord(TypedDict):
    """One evaluated statement, as :class:`~lstm_shapes.statements.claim.Claim` has it, and what
    its sign says to who does not see it."""

    id: str
    statement: str
    holds: bool
    sign: str
    reason: str
    mistake: bool


def claim_record(claim: Claim) -> ClaimRecord:
    """The record of one statement."""
    return {
        "id": claim.id,
        "statement": claim.statement,
        "holds": claim.holds,
        "sign": "holds" if claim.holds else "does not hold",
        "reason": claim.reason,
        "mistake": claim.mistake,
    }


def claim_records(claims: Iterable[Claim]) -> list[ClaimRecord]:
    """The records of several statements, in their order."""
    return [claim_record(claim) for claim in claims]
