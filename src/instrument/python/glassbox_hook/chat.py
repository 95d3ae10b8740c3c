"""Chat Completions, and the older Completions, whose answers have the same frame."""

from __future__ import annotations

from typing import Any

from .fields import fields_of, list_of, number_of, others, present, text_of
from .parts import content_parts, tool_call_part, tool_definitions
from .reading import GenAiMessage, GenAiPart, Interface, RequestReading, ResponseReading

_HANDLED = ("model", "messages", "prompt", "tools", "stream", "input")


def _read_request(body: Any) -> RequestReading:
    request = fields_of(body)
    if "prompt" in request:
        messages = [{"role": "user", "parts": content_parts(request["prompt"])}]
    else:
        messages = [chat_message(message) for message in list_of(request.get("messages"))]
    return RequestReading(
        attributes=sampling_attributes(request),
        input=messages,
        tools=tool_definitions(request.get("tools") or request.get("functions")),
        parameters=others(request, _HANDLED),
    )


def sampling_attributes(request: dict[str, Any]) -> dict[str, Any]:
    """What both chat interfaces name alike or nearly so."""
    stop = request.get("stop")
    output = request.get("response_format") or fields_of(request.get("text")).get("format")
    format_type = text_of(fields_of(output).get("type")) or ""
    effort = fields_of(request.get("reasoning")).get("effort")
    limits = ("max_output_tokens", "max_completion_tokens", "max_tokens")
    return present(
        {
            "gen_ai.request.model": text_of(request.get("model")),
            "gen_ai.request.temperature": number_of(request.get("temperature")),
            "gen_ai.request.top_p": number_of(request.get("top_p")),
            "gen_ai.request.max_tokens": next(
                (number_of(request[key]) for key in limits if number_of(request.get(key))), None
            ),
            "gen_ai.request.frequency_penalty": number_of(request.get("frequency_penalty")),
            "gen_ai.request.presence_penalty": number_of(request.get("presence_penalty")),
            "gen_ai.request.seed": number_of(request.get("seed")),
            "gen_ai.request.stop_sequences": [stop] if isinstance(stop, str) else stop,
            "gen_ai.request.choice.count": (
                None if request.get("n") == 1 else number_of(request.get("n"))
            ),
            "gen_ai.request.stream": True if request.get("stream") is True else None,
            "gen_ai.request.reasoning.level": (
                text_of(request.get("reasoning_effort")) or text_of(effort)
            ),
            "gen_ai.output.type": "json" if format_type.startswith("json") else None,
            "openai.request.service_tier": text_of(request.get("service_tier")),
        }
    )


def chat_message(value: Any) -> GenAiMessage:
    """One message of a chat, as asked or as answered."""
    message = fields_of(value)
    role = text_of(message.get("role")) or "user"
    name = text_of(message.get("name"))
    if role in ("tool", "function"):
        response = _simplified(message.get("content"))
        identity = message.get("tool_call_id") or name
        part = {"type": "tool_call_response", "id": identity, "response": response}
        return {"role": "tool", "parts": [part]}
    reasoning = text_of(message.get("reasoning_content")) or text_of(message.get("reasoning"))
    parts: list[GenAiPart] = [{"type": "reasoning", "content": reasoning}] if reasoning else []
    parts += content_parts(message.get("content"))
    if message.get("refusal"):
        parts.append({"type": "refusal", "content": message["refusal"]})
    parts += [_tool_call(call) for call in list_of(message.get("tool_calls"))]
    named = {"name": name} if name else {}
    return {"role": "system" if role == "developer" else role, **named, "parts": parts}


def _simplified(content: Any) -> Any:
    """Text parts alone are their text."""
    if not isinstance(content, list):
        return content
    parts = content_parts(content)
    if all(part["type"] == "text" for part in parts):
        return "".join(str(part["content"]) for part in parts)
    return parts


def _tool_call(value: Any) -> GenAiPart:
    call = fields_of(value)
    target = fields_of(call.get("function") or call.get("custom"))
    arguments = target.get("arguments", target.get("input"))
    return tool_call_part(call.get("id"), target.get("name"), arguments)


def _read_response(body: Any) -> ResponseReading:
    response = fields_of(body)
    choices = [fields_of(choice) for choice in list_of(response.get("choices"))]
    reasons = [_reason(choice) for choice in choices]
    output = []
    for choice, reason in zip(choices, reasons):
        message = choice.get("message") or {"role": "assistant", "content": choice.get("text")}
        output.append({**chat_message(message), **({"finish_reason": reason} if reason else {})})
    return ResponseReading(
        attributes=present(
            {
                "gen_ai.response.id": text_of(response.get("id")),
                "gen_ai.response.model": text_of(response.get("model")),
                "gen_ai.response.finish_reasons": [
                    text for choice in choices if (text := text_of(choice.get("finish_reason")))
                ]
                or None,
                "openai.response.service_tier": text_of(response.get("service_tier")),
                "openai.response.system_fingerprint": text_of(response.get("system_fingerprint")),
                **_usage(fields_of(response.get("usage"))),
            }
        ),
        output=output or None,
    )


def _reason(choice: dict[str, Any]) -> str | None:
    reason = text_of(choice.get("finish_reason"))
    return "tool_call" if reason in ("tool_calls", "function_call") else reason


def _usage(usage: dict[str, Any]) -> dict[str, Any]:
    sent = fields_of(usage.get("prompt_tokens_details"))
    got = fields_of(usage.get("completion_tokens_details"))
    return {
        "gen_ai.usage.input_tokens": number_of(usage.get("prompt_tokens")),
        "gen_ai.usage.output_tokens": number_of(usage.get("completion_tokens")),
        "gen_ai.usage.cache_read.input_tokens": number_of(sent.get("cached_tokens")),
        "gen_ai.usage.cache_write.input_tokens": number_of(sent.get("cache_write_tokens")),
        "gen_ai.usage.reasoning.output_tokens": number_of(got.get("reasoning_tokens")),
    }


def _join_chunks(events: list[Any]) -> Any:
    choices: dict[int, dict[str, Any]] = {}
    frame: dict[str, Any] = {}
    for event in events:
        chunk = dict(fields_of(event))
        deltas = list_of(chunk.pop("choices", None))
        frame.update({key: value for key, value in chunk.items() if value is not None})
        for delta in deltas:
            _add_delta(choices, fields_of(delta))
    return {**frame, "choices": [choices[index] for index in sorted(choices)]}


def _add_delta(choices: dict[int, dict[str, Any]], chunk: dict[str, Any]) -> None:
    index = chunk.get("index") if isinstance(chunk.get("index"), int) else 0
    choice = choices.setdefault(index, {"index": index, "message": {"role": "assistant"}})
    if chunk.get("finish_reason"):
        choice["finish_reason"] = chunk["finish_reason"]
    text = text_of(chunk.get("text"))
    delta = fields_of(chunk.get("delta")) if text is None else {"content": text}
    message = choice["message"]
    for key in ("content", "refusal", "reasoning_content", "reasoning"):
        piece = text_of(delta.get(key))
        if piece:
            message[key] = message.get(key, "") + piece
    for call in list_of(delta.get("tool_calls")):
        _add_call(message.setdefault("tool_calls", []), fields_of(call))


def _add_call(calls: list[Any], piece: dict[str, Any]) -> None:
    index = piece.get("index")
    if not isinstance(index, int) or not 0 <= index <= len(calls):
        index = len(calls)
    if index == len(calls):
        calls.append({"type": "function", "function": {"name": "", "arguments": ""}})
    call = calls[index]
    if piece.get("id"):
        call["id"] = piece["id"]
    target = fields_of(piece.get("function"))
    for key in ("name", "arguments"):
        call["function"][key] += text_of(target.get(key)) or ""


def _is_content(event: Any) -> bool:
    choice = fields_of(next(iter(list_of(fields_of(event).get("choices"))), None))
    delta = fields_of(choice.get("delta"))
    pieces = (delta.get("content"), delta.get("tool_calls"), delta.get("refusal"))
    return any(pieces) or bool(choice.get("text"))


CHAT_COMPLETIONS = Interface(
    operation="chat",
    kind="generation",
    read_request=_read_request,
    read_response=_read_response,
    join_events=_join_chunks,
    is_content=_is_content,
)

COMPLETIONS = CHAT_COMPLETIONS._replace(operation="text_completion")

read_chat_answer = _read_response
