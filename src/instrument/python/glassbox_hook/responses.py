"""The Responses interface."""

from __future__ import annotations

from typing import Any

from .chat import sampling_attributes
from .fields import fields_of, list_of, number_of, others, present, text_of
from .parts import content_parts, tool_call_part, tool_definitions
from .reading import GenAiMessage, GenAiPart, Interface, RequestReading, ResponseReading
from .recorder import Failure

_HANDLED = ("model", "input", "instructions", "tools", "stream")
_RESULTS = ("function_call_output", "custom_tool_call_output", "function_call_result")


def read_request(body: Any) -> RequestReading:
    """A request, or an answer, which repeats instructions, tools and settings of its request."""
    request = fields_of(body)
    prompt = fields_of(request.get("prompt"))
    conversation = request.get("conversation")
    return RequestReading(
        attributes={
            **sampling_attributes(request),
            **present(
                {
                    "gen_ai.request.previous_response.id": text_of(
                        request.get("previous_response_id")
                    ),
                    "gen_ai.conversation.id": text_of(conversation)
                    or text_of(fields_of(conversation).get("id")),
                    "gen_ai.prompt.name": text_of(prompt.get("id")),
                    "gen_ai.prompt.version": text_of(prompt.get("version")),
                }
            ),
        },
        instructions=_instruction_parts(request.get("instructions")),
        input=items_as_messages(request.get("input")),
        tools=tool_definitions(request.get("tools")),
        parameters=others(request, _HANDLED),
    )


def _instruction_parts(instructions: Any) -> list[GenAiPart] | None:
    """`instructions` is text, or since 2025 a list of items."""
    if not isinstance(instructions, list):
        return content_parts(instructions) or None
    return [part for message in items_as_messages(instructions) for part in message["parts"]]


def items_as_messages(items: Any) -> list[GenAiMessage]:
    """Input or output items as messages; what the assistant did in a row is one message."""
    if isinstance(items, str):
        return [{"role": "user", "parts": content_parts(items)}]
    messages: list[GenAiMessage] = []
    for value in list_of(items):
        message = _message_of(fields_of(value))
        last = messages[-1] if messages else None
        if last and last["role"] == "assistant" and message["role"] == "assistant":
            last["parts"] = last["parts"] + message["parts"]
        else:
            messages.append(message)
    return messages


def _message_of(item: dict[str, Any]) -> GenAiMessage:
    role = text_of(item.get("role"))
    kind = item.get("type")
    call = item.get("call_id") or item.get("id")
    if kind is None or kind == "message":
        spoken = "system" if role == "developer" else role or "assistant"
        return {"role": spoken, "parts": content_parts(item.get("content"))}
    if kind == "function_call":
        return _assistant(tool_call_part(call, item.get("name"), item.get("arguments")))
    if kind == "custom_tool_call":
        return _assistant(tool_call_part(call, item.get("name"), item.get("input")))
    if kind in _RESULTS:
        response = _output_of(item.get("output"))
        part = {"type": "tool_call_response", "id": call, "response": response}
        return {"role": "tool", "parts": [part]}
    if kind == "reasoning":
        return _assistant({"type": "reasoning", "content": _reasoning_text(item)})
    return {
        "role": role or "assistant",
        "parts": [{**item, "type": text_of(kind) or "item"}],
    }


def _assistant(part: GenAiPart) -> GenAiMessage:
    return {"role": "assistant", "parts": [part]}


def _output_of(output: Any) -> Any:
    fields = fields_of(output)
    if fields.get("type") == "text" and isinstance(fields.get("text"), str):
        return fields["text"]
    return content_parts(output) if isinstance(output, list) else output


def _reasoning_text(item: dict[str, Any]) -> str:
    parts = content_parts(item.get("summary")) + content_parts(item.get("content"))
    return "\n".join(text_of(part.get("content")) or "" for part in parts)


def read_response(body: Any) -> ResponseReading:
    """An answer."""
    response = fields_of(body)
    items = list_of(response.get("output"))
    reason = _finish_reason(response, items)
    parts = [part for message in items_as_messages(items) for part in message["parts"]]
    ending = {"finish_reason": reason} if reason else {}
    output = [{"role": "assistant", "parts": parts, **ending}]
    return ResponseReading(
        attributes=present(
            {
                "gen_ai.response.id": text_of(response.get("id")),
                "gen_ai.response.model": text_of(response.get("model")),
                "gen_ai.response.finish_reasons": [reason] if reason else None,
                "openai.response.service_tier": text_of(response.get("service_tier")),
                **_usage(fields_of(response.get("usage"))),
            }
        ),
        output=output if items else None,
        failure=_failure_of(response),
    )


def _failure_of(response: dict[str, Any]) -> Failure | None:
    error = fields_of(response.get("error"))
    if response.get("status") != "failed" and not error.get("message"):
        return None
    return Failure(
        text_of(error.get("code")) or "response_failed",
        text_of(error.get("message")) or "The response failed",
    )


def _finish_reason(response: dict[str, Any], items: list[Any]) -> str | None:
    if response.get("status") == "incomplete":
        reason = text_of(fields_of(response.get("incomplete_details")).get("reason"))
        return "length" if reason == "max_output_tokens" else reason
    if response.get("status") != "completed":
        return None
    kinds = [text_of(fields_of(item).get("type")) or "" for item in items]
    return "tool_call" if any(kind.endswith("_call") for kind in kinds) else "stop"


def _usage(usage: dict[str, Any]) -> dict[str, Any]:
    sent = fields_of(usage.get("input_tokens_details"))
    got = fields_of(usage.get("output_tokens_details"))
    return {
        "gen_ai.usage.input_tokens": number_of(usage.get("input_tokens")),
        "gen_ai.usage.output_tokens": number_of(usage.get("output_tokens")),
        "gen_ai.usage.cache_read.input_tokens": number_of(sent.get("cached_tokens")),
        "gen_ai.usage.cache_write.input_tokens": number_of(sent.get("cache_write_tokens")),
        "gen_ai.usage.reasoning.output_tokens": number_of(got.get("reasoning_tokens")),
    }


def _join_events(events: list[Any]) -> Any:
    """The terminal event carries the whole answer; before it, what has been finished counts."""
    response: dict[str, Any] = {}
    items: dict[int, Any] = {}
    for value in events:
        event = fields_of(value)
        kind = text_of(event.get("type")) or ""
        index = event.get("output_index")
        index = index if isinstance(index, int) else 0
        response.update(fields_of(event.get("response")))
        if kind == "response.output_item.done":
            items[index] = event.get("item")
        elif kind == "error":
            response.update(status="failed", error=event.get("error") or event)
        elif kind == "response.output_text.delta":
            _add_text(items, index, text_of(event.get("delta")) or "")
    whole = list_of(response.get("output")) or [items[index] for index in sorted(items)]
    return {**response, "output": whole}


def _add_text(items: dict[int, Any], index: int, text: str) -> None:
    content = list_of(fields_of(items.get(index)).get("content"))
    before = text_of(fields_of(content[0]).get("text")) if content else None
    part = {"type": "output_text", "text": (before or "") + text}
    items[index] = {"type": "message", "role": "assistant", "content": [part]}


def _is_content(event: Any) -> bool:
    return (text_of(fields_of(event).get("type")) or "").endswith(".delta")


RESPONSES = Interface(
    operation="chat",
    kind="generation",
    read_request=read_request,
    read_response=read_response,
    join_events=_join_events,
    is_content=_is_content,
)
