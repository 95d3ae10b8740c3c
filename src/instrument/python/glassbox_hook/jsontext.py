"""Any value as JSON text.

Whatever a tool returns must be shown: circular references, bytes, models, dates and objects have a
text of their own, and what is too large is cut where it is longest, and counted.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import fields as dataclass_fields
from dataclasses import is_dataclass
from enum import Enum
from typing import Any, NamedTuple

_DEEPEST = 60
_SMALLEST_LEAF = 64


class JsonText(NamedTuple):
    """JSON text and the number of bytes left out of it."""

    text: str
    cut: int


def utf8_size(text: str) -> int:
    """Bytes the text takes on the wire."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "backslashreplace"))


def clip(text: str, limit: int) -> JsonText:
    """The beginning of a text, of at most `limit` bytes, and the number of bytes cut."""
    if len(text) <= limit // 4:
        return JsonText(text, 0)
    size = utf8_size(text)
    if size <= limit:
        return JsonText(text, 0)
    kept = text[: max(0, limit)]
    if not kept.isascii():
        kept = kept.encode("utf-8", "backslashreplace")[:limit].decode("utf-8", "ignore")
    return JsonText(kept, size - utf8_size(kept))


def to_json_text(value: Any, limit: int) -> JsonText:
    """The value as JSON text of at most about `limit` bytes."""
    leaf = limit
    while True:
        plainer = _Plainer(leaf)
        text = _dump(plainer.plain(value, 0))
        if len(text) <= limit // 4 or utf8_size(text) <= limit + 64:
            return JsonText(text, plainer.cut)
        if leaf < _SMALLEST_LEAF:
            # Too many small parts to cut each: the text is cut, and is no JSON any more.
            kept = clip(text, limit)
            return JsonText(kept.text, plainer.cut + kept.cut)
        leaf //= 4


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), check_circular=False)


class _Plainer:
    """Makes values of what JSON knows; `leaf` is the longest text left whole."""

    def __init__(self, leaf: int) -> None:
        self.leaf = leaf
        self.cut = 0
        self.path: set[int] = set()

    def plain(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind is str:
            return self._text(value)
        if value is None or kind is bool or kind is int:
            return value
        if kind is float:
            return value if value == value and abs(value) != float("inf") else str(value)
        if id(value) in self.path:
            return "[circular]"
        if depth > _DEEPEST:
            return "[too deep]"
        self.path.add(id(value))
        try:
            return self._compound(value, depth + 1)
        except RecursionError:
            return "[too deep]"
        except Exception as error:
            return f"[unreadable: {type(error).__name__}]"
        finally:
            self.path.discard(id(value))

    def _text(self, value: str) -> str:
        kept = clip(value, self.leaf)
        self.cut += kept.cut
        return kept.text

    def _compound(self, value: Any, depth: int) -> Any:
        if isinstance(value, (bytes, bytearray, memoryview)):
            return self._bytes(bytes(value))
        if isinstance(value, Mapping):
            return {_key(k): self.plain(v, depth) for k, v in value.items()}
        if isinstance(value, tuple) and hasattr(value, "_asdict"):
            return {k: self.plain(v, depth) for k, v in value._asdict().items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self.plain(item, depth) for item in value]
        content = _members(value)
        if content is not None:
            return {_key(k): self.plain(v, depth) for k, v in content.items()}
        if isinstance(value, Enum):
            return self.plain(value.value, depth)
        if isinstance(value, BaseException):
            return {"name": type(value).__name__, "message": self._text(str(value))}
        if isinstance(value, (str, int, float)):
            return self.plain(_base_of(value), depth)
        return self._text(_described(value))

    def _bytes(self, value: bytes) -> dict[str, Any]:
        """No more of the bytes is turned to text than will be kept."""
        kept = value[: self.leaf // 4 * 3]
        self.cut += len(value) - len(kept)
        return {"type": "bytes", "size": len(value), "base64": b64encode(kept).decode("ascii")}


def _key(key: Any) -> str:
    return key if isinstance(key, str) else str(key)


def _members(value: Any) -> Mapping[str, Any] | None:
    """The fields of data classes and models, read without running code of theirs."""
    kind = type(value)
    if hasattr(kind, "model_fields") or hasattr(kind, "__pydantic_fields__"):
        return {**vars(value), **(getattr(value, "__pydantic_extra__", None) or {})}
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name, None) for field in dataclass_fields(value)}
    names = [getattr(field, "name", "") for field in getattr(kind, "__attrs_attrs__", ())]
    return {name: getattr(value, name, None) for name in names} if names else None


def _base_of(value: str | int | float) -> str | int | float:
    if isinstance(value, str):
        return str.__str__(value)
    return int(value) if isinstance(value, int) else float(value)


def _described(value: Any) -> str:
    if isinstance(value, type):
        return f"[class {value.__qualname__}]"
    if callable(value) and hasattr(value, "__name__"):
        return f"[function {value.__name__}]"
    return str(value)
