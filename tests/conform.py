"""Whether a record is as its TypedDict says, in all its items."""

from __future__ import annotations

from typing import Any

from typeguard import CollectionCheckStrategy, check_type


def conforms(value: object, record: Any) -> None:
    """Raise TypeCheckError where a value, or any item in it, is not of the record's type."""
    check_type(value, record, collection_check_strategy=CollectionCheckStrategy.ALL_ITEMS)
