"""What the spans of the Agents SDK say about themselves.

A model call made through the `openai` client is read from its bodies instead; what is here serves
other model providers.
"""

from __future__ import annotations

import re
from typing import Any

from .chat import chat_message, read_chat_answer, sampling_attributes
from .content import Content
from .fields import fields_of, list_of, number_of, parse_json, present, text_of
from .jsontext import to_json_text
from .parts import tool_definitions
from .recorder import Failure
from .responses import items_as_messages, read_request, read_response

MODEL_CALLS = ("generation", "response", "transcription", "speech")

_ERROR_NAME = re.compile(r"(?:\w+:\s*)*?(\w*(?:Error|Exception|Exceeded|Triggered))\b")
_READ_LIMIT = 64 * 1024 * 1024


def describe_start(data: Any) -> tuple[str, dict[str, Any]]:
    """Name and first attributes of a span that has just begun."""
    kind = data.type
    name = text_of(getattr(data, "name", None)) or ""
    if kind == "agent":
        return _described(
            f"invoke_agent {name}",
            "agent",
            {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": name or None},
        )
    if kind == "function":
        return _described(
            f"execute_tool {name}",
            "tool",
            {
                "gen_ai.operation.name": "execute_tool",
                "gen_ai.tool.name": name or None,
                "gen_ai.tool.type": "function",
            },
        )
    if kind in MODEL_CALLS:
        model = text_of(getattr(data, "model", None))
        return _described(
            f"chat {model or ''}",
            "generation",
            {"gen_ai.operation.name": "chat", "gen_ai.request.model": model},
        )
    if kind == "handoff":
        source = text_of(data.from_agent)
        return _described("handoff", "handoff", {"gen_ai.agent.name": source})
    if kind == "guardrail":
        return _described(name or "guardrail", "guardrail", {})
    if kind == "speech_group":
        return _described("speech", "chain", {})
    if kind == "mcp_tools":
        server = text_of(data.server) or ""
        return _described(f"list_tools {server}", "span", {"mcp.method.name": "tools/list"})
    return _described(name or kind, "span", {})


def _described(name: str, kind: str, attributes: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return name.strip(), {"glassbox.observation.kind": kind, **present(attributes)}


def describe_end(data: Any) -> dict[str, Any]:
    """Content of a span that has ended and is no model call."""
    kind = data.type
    content = Content()
    if kind == "function":
        content.json_or_text("glassbox.input", data.input or None)
        content.json_or_text("glassbox.output", data.output)
        content.json("glassbox.metadata", {"mcp": data.mcp_data} if _mcp(data) else None)
    elif kind == "handoff":
        content.json("glassbox.input", data.from_agent)
        content.json("glassbox.output", data.to_agent)
    elif kind == "guardrail":
        content.json("glassbox.output", {"triggered": data.triggered})
    elif kind == "mcp_tools":
        content.json("glassbox.output", data.result)
    elif kind == "agent":
        content.json("glassbox.metadata", _agent_metadata(data))
    elif kind == "speech_group":
        content.json("glassbox.input", data.input)
    else:
        content.json("glassbox.input", getattr(data, "data", None))
    return content.attributes


def _mcp(data: Any) -> bool:
    return bool(getattr(data, "mcp_data", None))


def _agent_metadata(data: Any) -> dict[str, Any] | None:
    facts = {"tools": data.tools, "handoffs": data.handoffs, "outputType": data.output_type}
    return {key: value for key, value in facts.items() if value} or None


def describe_model_call(data: Any) -> dict[str, Any]:
    """A model call that did not go through the `openai` client, from what the SDK kept of it."""
    if data.type == "response":
        return _describe_response(data)
    if data.type == "generation":
        return _describe_generation(data)
    content = Content()
    content.json("glassbox.input", data.input).json("glassbox.output", data.output)
    return content.json("glassbox.model.parameters", data.model_config).attributes


def _describe_response(data: Any) -> dict[str, Any]:
    body = _as_json(data.response)
    # The answer repeats the request's instructions, tools and settings.
    request, answer = read_request(body), read_response(body)
    content = Content()
    content.json("gen_ai.output.messages", answer.output)
    if data.input:
        content.json("gen_ai.input.messages", items_as_messages(_as_json(data.input)))
    content.json("gen_ai.system_instructions", request.instructions)
    content.json("gen_ai.tool.definitions", request.tools)
    return {**request.attributes, **content.attributes, **answer.attributes}


def _describe_generation(data: Any) -> dict[str, Any]:
    settings = fields_of(_as_json(data.model_config))
    outputs = list_of(_as_json(data.output))
    attributes: dict[str, Any] = {}
    output: list[Any] | None = [chat_message(message) for message in outputs] or None
    if outputs and "choices" in fields_of(outputs[0]):
        answer = read_chat_answer(outputs[0])
        attributes, output = answer.attributes, answer.output
    content = Content()
    content.json("gen_ai.output.messages", output)
    content.json("gen_ai.input.messages", _input_messages(_as_json(data.input)))
    content.json("gen_ai.tool.definitions", tool_definitions(settings.get("tools")))
    content.json("glassbox.model.parameters", settings or None)
    return {
        **sampling_attributes({**settings, "model": data.model}),
        **content.attributes,
        **_usage(fields_of(_as_json(data.usage))),
        **attributes,
    }


def _input_messages(items: Any) -> list[Any] | None:
    """Providers write chat messages or the SDK's own items."""
    fields = [fields_of(item) for item in list_of(items)]
    if any("tool_calls" in item or "tool_call_id" in item for item in fields):
        return [chat_message(item) for item in fields]
    return items_as_messages(items) or None


def _usage(usage: dict[str, Any]) -> dict[str, Any]:
    sent = fields_of(usage.get("input_tokens_details") or usage.get("details"))
    got = fields_of(usage.get("output_tokens_details") or usage.get("details"))
    return present(
        {
            "gen_ai.usage.input_tokens": number_of(usage.get("input_tokens")),
            "gen_ai.usage.output_tokens": number_of(usage.get("output_tokens")),
            "gen_ai.usage.cache_read.input_tokens": number_of(sent.get("cached_tokens")),
            "gen_ai.usage.cache_write.input_tokens": number_of(sent.get("cache_write_tokens")),
            "gen_ai.usage.reasoning.output_tokens": number_of(got.get("reasoning_tokens")),
        }
    )


def _as_json(value: Any) -> Any:
    """Models of the SDK as plain JSON."""
    return None if value is None else parse_json(to_json_text(value, _READ_LIMIT).text)


def describe_error(error: Any) -> Failure:
    """An error as the SDK keeps it: a sentence, and the real one in its data."""
    fields = fields_of(error)
    message = str(fields.get("message") or error)
    inner = fields_of(fields.get("data")).get("error")
    cause = text_of(inner) or text_of(fields_of(inner).get("message"))
    named = _ERROR_NAME.match(cause or message)
    whole = f"{message}: {cause}" if cause and cause not in message else message
    return Failure(named.group(1) if named else "Error", whole)
