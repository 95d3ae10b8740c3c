"""Ids of traces and spans, in lower-case hex."""

from __future__ import annotations

import os
from hashlib import sha256

_HEX = frozenset("0123456789abcdef")


def random_id(length: int) -> str:
    """A new id of `length` hex characters."""
    return os.urandom(length // 2).hex()


def id_of(text: str, length: int) -> str:
    """An id of `length` hex characters for an id of the Agents SDK.

    Its own hex digits where it has enough of them (`trace_` + 32, `span_` + 24 cut to 16), a hash
    for ids the user made up.
    """
    digits = text[text.find("_") + 1 :].replace("-", "")
    if len(digits) >= length and _HEX.issuperset(digits):
        return digits[:length]
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:length]
