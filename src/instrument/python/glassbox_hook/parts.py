"""Content as Chat Completions and Responses write it, as parts of the GenAI conventions."""

from __future__ import annotations

import re
from typing import Any

from .fields import fields_of, list_of, parse_json, present, text_of
from .reading import GenAiPart

_INLINE = re.compile(r"data:([^;,]*)(?:;[^,]*)?,")
_ADDRESS = re.compile(r"[a-zA-Z][\w+.-]*:")
_TEXTS = ("text", "input_text", "output_text", "summary_text", "reasoning_text")


def content_parts(content: Any) -> list[GenAiPart]:
    """Content of a message, a text or a list of parts."""
    if isinstance(content, str):
        return [{"type": "text", "content": content}] if content else []
    return [_part(part) for part in list_of(content)]


def _part(value: Any) -> GenAiPart:
    if isinstance(value, str):
        return {"type": "text", "content": value}
    part = fields_of(value)
    kind = part.get("type")
    if kind in _TEXTS:
        return {"type": "text", "content": part.get("text")}
    if kind == "refusal":
        return {"type": "refusal", "content": part.get("refusal")}
    if kind == "image_url":
        address = part.get("image_url")
        return _media("image", fields_of(address).get("url") or address)
    if kind == "input_image":
        return _media("image", part.get("image_url") or part.get("image") or part.get("file_id"))
    if kind == "input_audio":
        return _audio(fields_of(part.get("input_audio") or part.get("audio")))
    if kind in ("file", "input_file"):
        return _file({**part, **fields_of(part.get("file"))})
    return {**part, "type": text_of(kind) or "unknown"}


def _media(modality: str, address: Any) -> GenAiPart:
    if not isinstance(address, str):
        identity = fields_of(address).get("id") or address
        return {"type": "file", "modality": modality, "file_id": identity}
    inline = _INLINE.match(address)
    if inline:
        data = address[inline.end() :]
        return {"type": "blob", "modality": modality, "mime_type": inline[1], "content": data}
    if _ADDRESS.match(address):
        return {"type": "uri", "modality": modality, "uri": address}
    return {"type": "file", "modality": modality, "file_id": address}


def _audio(audio: dict[str, Any]) -> GenAiPart:
    mime = f"audio/{text_of(audio.get('format')) or 'wav'}"
    data = audio.get("data")
    return {"type": "blob", "modality": "audio", "mime_type": mime, "content": data}


def _file(file: dict[str, Any]) -> GenAiPart:
    data, url = file.get("file_data"), file.get("file_url")
    if isinstance(data, str):
        return present({**_media("document", data), "filename": file.get("filename")})
    if isinstance(url, str):
        return {"type": "uri", "modality": "document", "uri": url}
    named = {"file_id": file.get("file_id"), "filename": file.get("filename")}
    return {"type": "file", "modality": "document", **present(named)}


def tool_call_part(identity: Any, name: Any, arguments: Any) -> GenAiPart:
    """A call of a tool; arguments that are no JSON stay text."""
    parsed = parse_json(arguments) if isinstance(arguments, str) else None
    used = arguments if parsed is None else parsed
    return {"type": "tool_call", "id": identity, "name": name, "arguments": used}


def tool_definitions(tools: Any) -> list[Any] | None:
    """Tool definitions of both interfaces in one flat form."""
    flat = []
    for tool in list_of(tools):
        outer = dict(fields_of(tool))
        inner = outer.pop("function", None)
        flat.append({**outer, **fields_of(inner)})
    return flat or None
