"""Collects the content of a span as text, cuts what is too large and says by how much."""

from __future__ import annotations

import json
from typing import Any

from .fields import parse_json
from .jsontext import clip, to_json_text, utf8_size

# Bytes kept of one attribute, and of all content of one span: a post must stay under 64 MiB.
ATTRIBUTE_LIMIT = 20 * 1024 * 1024
_SPAN_LIMIT = 46 * 1024 * 1024


class Content:
    """Attributes with content; None is left out everywhere."""

    def __init__(self, attributes: dict[str, Any] | None = None) -> None:
        self.attributes: dict[str, Any] = dict(attributes or {})
        self._left = _SPAN_LIMIT
        self._cuts: dict[str, int] = {}

    def set(self, key: str, value: Any) -> Content:
        """A value as it is."""
        if value is not None:
            self.attributes[key] = value
        return self

    def text(self, key: str, value: str | None, dropped: int = 0) -> Content:
        """Text as it is; `dropped` bytes have been cut from it already."""
        if value is not None:
            self._put(key, *clip(value, self._limit()), dropped)
        return self

    def json(self, key: str, value: Any) -> Content:
        """Any value as JSON text."""
        if value is not None:
            self._put(key, *to_json_text(value, self._limit()), 0)
        return self

    def json_or_text(self, key: str, value: Any) -> Content:
        """Text that is JSON already stays as it is."""
        is_json = isinstance(value, str) and value[:1] in '{["-0123456789tfn' and value != ""
        if is_json and len(value) <= ATTRIBUTE_LIMIT and parse_json(value) is not None:
            return self.text(key, value)
        return self.json(key, value)

    def _limit(self) -> int:
        return max(0, min(ATTRIBUTE_LIMIT, self._left))

    def _put(self, key: str, text: str, cut: int, dropped: int) -> None:
        self._left -= utf8_size(text)
        self.attributes[key] = text
        if cut + dropped > 0:
            self._cuts[key] = cut + dropped
            self.attributes["glassbox.cut"] = json.dumps(self._cuts, separators=(",", ":"))
