"""Reading of JSON whose shape nobody promises: what is of another type reads as absent."""

from __future__ import annotations

import json
from typing import Any


def fields_of(value: Any) -> dict[str, Any]:
    """The value where it is an object; an empty one else."""
    return value if isinstance(value, dict) else {}


def list_of(value: Any) -> list[Any]:
    """The value where it is a list; an empty one else."""
    return value if isinstance(value, list) else []


def text_of(value: Any) -> str | None:
    """The value where it is text."""
    return value if isinstance(value, str) else None


def number_of(value: Any) -> int | float | None:
    """The value where it is a finite number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if value == value and abs(value) != float("inf") else None


def parse_json(text: str | bytes) -> Any:
    """Parsed JSON; None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def present(attributes: dict[str, Any]) -> dict[str, Any]:
    """The entries that are not None."""
    return {key: value for key, value in attributes.items() if value is not None}


def others(fields: dict[str, Any], handled: tuple[str, ...]) -> dict[str, Any] | None:
    """The fields that are set and not among the handled ones."""
    rest = {k: v for k, v in fields.items() if k not in handled and v is not None}
    return rest or None
