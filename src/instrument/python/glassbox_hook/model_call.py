"""One request to a model service as it went over the wire, and what came back."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from .chat import CHAT_COMPLETIONS, COMPLETIONS
from .clock import now_ns
from .content import ATTRIBUTE_LIMIT, Content
from .embeddings import EMBEDDINGS
from .fields import fields_of, list_of, parse_json, text_of
from .reading import GenAiPart, Interface, RequestReading, ResponseReading
from .recorder import Failure
from .responses import RESPONSES
from .sse import read_events

# Bodies beyond this are not even kept to be read.
_KEEP_LIMIT = 64 * 1024 * 1024
# A start report repeats what the end report brings, so it carries only modest requests.
_START_LIMIT = 256 * 1024

_INTERFACES = (
    ("/chat/completions", CHAT_COMPLETIONS),
    ("/responses", RESPONSES),
    ("/embeddings", EMBEDDINGS),
    ("/completions", COMPLETIONS),
)

_PROVIDERS = (
    (re.compile(r"\.azure\.(com|us)$"), "azure.ai.openai"),
    (re.compile(r"(^|\.)groq\.com$"), "groq"),
    (re.compile(r"(^|\.)mistral\.ai$"), "mistral_ai"),
    (re.compile(r"(^|\.)deepseek\.com$"), "deepseek"),
    (re.compile(r"(^|\.)x\.ai$"), "x_ai"),
    (re.compile(r"(^|\.)perplexity\.ai$"), "perplexity"),
    (re.compile(r"(^|\.)moonshot\.(ai|cn)$"), "moonshot_ai"),
    (re.compile(r"(^|\.)googleapis\.com$"), "gcp.gemini"),
    (re.compile(r"(^|\.)anthropic\.com$"), "anthropic"),
)


def interface_of(url: str) -> Interface | None:
    """The interface behind an address; None where it is none with tokens."""
    path = re.split(r"[?#]", url, maxsplit=1)[0].rstrip("/")
    return next((api for end, api in _INTERFACES if path.endswith(end)), None)


class ModelCall:
    """Collects the answer while the program reads it; retries start it anew."""

    def __init__(self, url: str, body: bytes, api: Interface) -> None:
        self.url = url
        self.body = body
        self.api = api
        self.start_ns = now_ns()
        self._request: RequestReading | None = None
        self._answer: ResponseReading | None = None
        self._request_sent = False
        self.restart()

    def restart(self) -> None:
        """What the attempt before answered no longer counts."""
        self.status: int | None = None
        self.streamed = False
        self._pieces: list[bytes] = []
        self._length = 0
        self._dropped = 0
        self._arrivals: list[tuple[int, int]] = []
        self._answer = None

    def chunk(self, data: bytes) -> None:
        """Takes the next piece of the answer."""
        if self._length + len(data) > _KEEP_LIMIT:
            self._dropped += len(data)
            return
        self._pieces.append(data)
        self._length += len(data)
        self._arrivals.append((self._length, now_ns()))

    @property
    def name(self) -> str:
        """What the span is called."""
        model = text_of(self._read_request().attributes.get("gen_ai.request.model"))
        return f"{self.api.operation} {model or ''}".strip()

    def start_attributes(self) -> dict[str, Any]:
        """What can be said when the request goes out."""
        content = Content(self._frame())
        if len(self.body) <= _START_LIMIT:
            self._request_sent = True
            self._add_request(content)
        return content.attributes

    def end_attributes(self) -> dict[str, Any]:
        """What can be said when the answer has been read, the bodies included."""
        answer = self._read_answer()
        content = Content({**self._frame(), **answer.attributes})
        self._add_body(content, "glassbox.request.body", self.body, 0)
        if self._length:
            body = b"".join(self._pieces)
            self._add_body(content, "glassbox.response.body", body, self._dropped)
        content.json("gen_ai.output.messages", answer.output)
        if not self._request_sent:
            self._add_request(content)
        return content.attributes

    def bodies(self) -> dict[str, Any]:
        """Both bodies alone, for a span somebody else has made of this call."""
        content = Content()
        self._add_body(content, "glassbox.request.body", self.body, 0)
        if self._length:
            body = b"".join(self._pieces)
            self._add_body(content, "glassbox.response.body", body, self._dropped)
        return content.attributes

    def failure(self) -> Failure | None:
        """Why an answer that arrived is a failure all the same."""
        return self._read_answer().failure

    def last_user_text(self) -> str | None:
        """The latest message the user wrote, which stands for the input of what lies above."""
        users = [m for m in self._read_request().input or [] if m["role"] == "user"]
        return parts_text(users[-1]["parts"]) if users else None

    def answer_text(self) -> str | None:
        """The text of the answer; None where it only calls tools."""
        output = self._read_answer().output
        return parts_text(output[0]["parts"]) if output else None

    def instructions(self) -> list[GenAiPart] | None:
        """What the model was told about its task."""
        request = self._read_request()
        if request.instructions is not None:
            return request.instructions
        system = [m for m in request.input or [] if m["role"] == "system"]
        return [part for message in system for part in message["parts"]] or None

    def _frame(self) -> dict[str, Any]:
        frame = {
            "glassbox.observation.kind": self.api.kind,
            "gen_ai.operation.name": self.api.operation,
            **_service(self.url),
            **self._read_request().attributes,
        }
        if self.status is not None:
            frame["http.response.status_code"] = self.status
        return frame

    def _add_body(self, content: Content, key: str, body: bytes, dropped: int) -> None:
        kept = body[:ATTRIBUTE_LIMIT]
        text = kept.decode("utf-8", "replace" if len(kept) == len(body) else "ignore")
        content.text(key, text, dropped + len(body) - len(kept))

    def _add_request(self, content: Content) -> None:
        request = self._read_request()
        content.json("gen_ai.input.messages", request.input)
        content.json("gen_ai.system_instructions", request.instructions)
        content.json("gen_ai.tool.definitions", request.tools)
        content.json("glassbox.model.parameters", request.parameters)
        if self.api.kind == "embedding":
            content.json("glassbox.input", fields_of(parse_json(self.body)).get("input"))

    def _read_request(self) -> RequestReading:
        if self._request is None:
            self._request = self.api.read_request(parse_json(self.body))
        return self._request

    def _read_answer(self) -> ResponseReading:
        if self._answer is None:
            self._answer = self._read(b"".join(self._pieces))
        return self._answer

    def _read(self, body: bytes) -> ResponseReading:
        if not body:
            return ResponseReading({})
        if not self.streamed:
            return self.api.read_response(parse_json(body))
        events = read_events(body)
        reading = self.api.read_response(self.api.join_events([event.data for event in events]))
        first = next((event.end for event in events if self.api.is_content(event.data)), None)
        arrival = next((ns for end, ns in self._arrivals if first and end >= first - 1), None)
        if arrival is None:
            return reading
        seconds = max(0, arrival - self.start_ns) / 1e9
        timed = {**reading.attributes, "gen_ai.response.time_to_first_chunk": seconds}
        return reading._replace(attributes=timed)


def parts_text(parts: Any) -> str | None:
    """The joined text of the parts that are text."""
    fields = [fields_of(part) for part in list_of(parts)]
    texts = [part["content"] for part in fields if part.get("type") == "text"]
    return "\n".join(text for text in texts if isinstance(text, str)) if texts else None


def _service(url: str) -> dict[str, Any]:
    """The provider is a guess from the host; everything compatible counts as `openai`."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return {"gen_ai.provider.name": "openai"}
    provider = next((name for known, name in _PROVIDERS if known.search(host)), "openai")
    return {"gen_ai.provider.name": provider, "server.address": host, "server.port": port}
