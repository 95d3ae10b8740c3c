"""Embeddings; the vectors stay in the response body."""

from __future__ import annotations

from typing import Any

from .fields import fields_of, list_of, number_of, others, present, text_of
from .reading import Interface, RequestReading, ResponseReading


def _read_request(body: Any) -> RequestReading:
    request = fields_of(body)
    encoding = text_of(request.get("encoding_format"))
    return RequestReading(
        attributes=present(
            {
                "gen_ai.request.model": text_of(request.get("model")),
                "gen_ai.request.encoding_formats": [encoding] if encoding else None,
                "gen_ai.embeddings.dimension.count": number_of(request.get("dimensions")),
            }
        ),
        parameters=others(request, ("model", "input")),
    )


def _read_response(body: Any) -> ResponseReading:
    response = fields_of(body)
    first = fields_of(next(iter(list_of(response.get("data"))), None)).get("embedding")
    usage = fields_of(response.get("usage"))
    return ResponseReading(
        attributes=present(
            {
                "gen_ai.response.model": text_of(response.get("model")),
                "gen_ai.usage.input_tokens": number_of(usage.get("prompt_tokens")),
                "gen_ai.embeddings.dimension.count": _dimensions(first),
            }
        )
    )


def _dimensions(vector: Any) -> int | None:
    """A list of numbers, or base64 of 4-byte ones, which the client asks for by default."""
    if isinstance(vector, list):
        return len(vector)
    if isinstance(vector, str) and len(vector) % 4 == 0:
        return (len(vector) // 4 * 3 - vector[-2:].count("=")) // 4
    return None


EMBEDDINGS = Interface(
    operation="embeddings",
    kind="embedding",
    read_request=_read_request,
    read_response=_read_response,
    join_events=lambda events: None,
    is_content=lambda event: False,
)
