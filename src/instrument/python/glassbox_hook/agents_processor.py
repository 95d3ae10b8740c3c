"""The spans of the Agents SDK as ours.

Its trace becomes the root, a `chain`; its `task` and `turn` spans are folded away, because they
only repeat what the root and the order of the calls show, with token sums that would be counted
twice.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from .agents_content import (
    MODEL_CALLS,
    describe_end,
    describe_error,
    describe_model_call,
    describe_start,
)
from .content import Content
from .frames import source_attributes
from .ids import id_of
from .model_call import ModelCall
from .openai_client import Whereabouts, failure_of
from .places import outer_place
from .recorder import CLIENT, INTERNAL, Failure, Place, Recorder, Span

_FOLDED = ("task", "turn")


class _State:
    """A span of the SDK's; `span` is None where it is folded away."""

    def __init__(self, place: Place, above: _State | None, data: Any) -> None:
        self.span: Span | None = None
        self.place = place
        self.above = above
        self.data = data
        # What was being handled when it began says nothing about how it ends.
        self.handled = sys.exc_info()[1]
        self.thrown: BaseException | None = None
        self.call: ModelCall | None = None
        self.input: str | None = None
        self.output: str | None = None
        self.instructions: Any = None

    @property
    def is_agent(self) -> bool:
        return self.data is not None and self.data.type == "agent"


class _Trace:
    """A trace of the SDK's with its running spans by the SDK's ids."""

    def __init__(self, root: _State, source: dict[str, Any]) -> None:
        self.root = root
        self.source = source
        self.spans: dict[str, _State] = {}


class AgentsProcessor:
    """A tracing processor, by shape: the SDK asks for no base class."""

    def __init__(self, recorder: Recorder, traced_by_others: Callable[[], bool]) -> None:
        self._recorder = recorder
        self._traced_by_others = traced_by_others
        self._traces: dict[str, _Trace] = {}
        self._tools: dict[str, dict[str, Any]] = {}
        self._sources: WeakKeyDictionary[Any, dict[str, Any]] = WeakKeyDictionary()

    def created(self, trace: Any) -> None:
        """Keeps the line of the program that makes a trace, for when it starts."""
        _guarded(self._keep_source, trace)

    def error_set(self, span: Any) -> None:
        """Keeps the exception that is being handled when the SDK writes down a sentence of it."""
        _guarded(self._keep_error, span)

    def tool_defined(self, name: Any) -> None:
        """Keeps the line of the program that defines a tool."""
        _guarded(self._keep_tool, name)

    def on_trace_start(self, trace: Any) -> None:
        """Begins the root, unless somebody else traces this run."""
        _guarded(self._begin_trace, trace)

    def on_trace_end(self, trace: Any) -> None:
        """Ends the root."""
        _guarded(self._end_trace, trace)

    def on_span_start(self, span: Any) -> None:
        """Begins a span."""
        _guarded(self._begin, span)

    def on_span_end(self, span: Any) -> None:
        """Ends a span."""
        _guarded(self._end, span)

    def shutdown(self, timeout: float | None = None) -> None:
        """Spans leave when they end; there is nothing to wait for, also not for a new list."""

    def force_flush(self) -> None:
        """Nothing is kept back."""

    def whereabouts(self, span: Any, trace: Any) -> Whereabouts | None:
        """The place under the SDK's current span; None where this run is not ours."""
        current = span if span is not None else trace
        known = self._traces.get(getattr(current, "trace_id", ""))
        if known is None:
            return None
        state = known.spans.get(span.span_id, known.root) if span is not None else known.root
        if state.data is None or state.data.type not in MODEL_CALLS or state.span is None:
            return Whereabouts(parent=state.place)
        return Whereabouts(state.place, adopt=lambda call: self._adopt(state, call))

    def _keep_source(self, trace: Any) -> None:
        self._sources[trace] = source_attributes()

    def _keep_error(self, span: Any) -> None:
        trace = self._traces.get(span.trace_id)
        state = trace.spans.get(span.span_id) if trace else None
        if state is not None:
            state.thrown = sys.exc_info()[1]

    def _keep_tool(self, name: Any) -> None:
        source = source_attributes()
        # Two tools of one name cannot be told apart later.
        known = self._tools.setdefault(name, source)
        if known != source:
            self._tools[name] = {}

    def _adopt(self, state: _State, call: ModelCall) -> bool:
        span = state.span
        if span is None or span.ended:
            return False
        state.call = call
        span.name = call.name
        self._recorder.update(span, call.start_attributes())
        above = state.above
        while above is not None:
            above.input = above.input or call.last_user_text()
            if above.is_agent:
                above.instructions = above.instructions or call.instructions()
                break
            above = above.above
        return True

    def _begin_trace(self, trace: Any) -> None:
        if self._traced_by_others():
            return
        exported = trace.export() or {}
        identity = trace.trace_id
        parent = outer_place()
        trace_id = parent.trace_id if parent else id_of(identity, 32)
        root = _State(Place(trace_id, id_of(f"root_{identity}", 16)), None, None)
        source = source_attributes() or self._sources.get(trace, {})
        self._traces[identity] = _Trace(root, source)
        content = Content(
            {
                "glassbox.observation.kind": "chain",
                "gen_ai.operation.name": "invoke_workflow",
                "gen_ai.workflow.name": trace.name,
                "glassbox.trace.name": trace.name,
                "openai.agents.trace_id": identity,
                **source,
            }
        )
        content.set("session.id", exported.get("group_id") or None)
        content.json("glassbox.metadata", exported.get("metadata") or None)
        root.span = Span(trace.name, root.place, parent, attributes=content.attributes)
        self._recorder.start(root.span)

    def _end_trace(self, trace: Any) -> None:
        known = self._traces.pop(trace.trace_id, None)
        if known is None or known.root.span is None:
            return
        root = known.root
        content = Content()
        content.json("glassbox.input", root.input)
        content.json_or_text("glassbox.output", root.output)
        root.span.attributes.update(content.attributes)
        self._recorder.end(root.span, _failure_in_flight(root))

    def _begin(self, span: Any) -> None:
        trace = self._traces.get(span.trace_id)
        if trace is None:
            return
        data = span.span_data
        above = trace.spans.get(span.parent_id, trace.root) if span.parent_id else trace.root
        if data.type in _FOLDED:
            trace.spans[span.span_id] = _State(above.place, above, data)
            return
        state = _State(Place(above.place.trace_id, id_of(span.span_id, 16)), above, data)
        trace.spans[span.span_id] = state
        name, attributes = describe_start(data)
        agent = _agent_name(above)
        is_call = data.type in MODEL_CALLS
        state.span = Span(
            name,
            state.place,
            above.place,
            kind=CLIENT if is_call else INTERNAL,
            attributes={
                **({"gen_ai.agent.name": agent} if agent else {}),
                **attributes,
                **self._source(trace, data),
                **_first_input(data),
            },
        )
        self._recorder.start(state.span)

    def _source(self, trace: _Trace, data: Any) -> dict[str, Any]:
        """Calls made in a task of the SDK's own point at the run they belong to."""
        if data.type == "function":
            return self._tools.get(data.name, {})
        if data.type not in MODEL_CALLS and data.type != "agent":
            return {}
        return source_attributes() or trace.source

    def _end(self, span: Any) -> None:
        trace = self._traces.get(span.trace_id)
        state = trace.spans.pop(span.span_id, None) if trace else None
        if state is None or state.span is None:
            return
        failure = _failure_in_flight(state)
        if span.error:
            thrown = failure_of(state.thrown) if state.thrown else failure
            failure = thrown or describe_error(span.error)
        self._finish(state, span.span_data, failure)

    def _finish(self, state: _State, data: Any, failure: Failure | None) -> None:
        span, call = state.span, state.call
        assert span is not None
        if data.type in MODEL_CALLS:
            attributes = call.end_attributes() if call else describe_model_call(data)
            span.attributes.update(attributes)
            self._name_call(span, call)
            _pass_up(state, call.answer_text() if call else None)
        else:
            span.attributes.update({**describe_start(data)[1], **describe_end(data)})
        if data.type == "handoff" and isinstance(data.to_agent, str):
            span.name = f"handoff to {data.to_agent}"
        if data.type == "agent":
            span.attributes.update(_agent_attributes(state))
        self._recorder.end(span, failure or (call.failure() if call else None))

    def _name_call(self, span: Span, call: ModelCall | None) -> None:
        model = span.attributes.get("gen_ai.request.model")
        if call is None and model:
            span.name = f"chat {model}"


def _failure_in_flight(state: _State) -> Failure | None:
    """The exception that is leaving the block the span stands for."""
    error = sys.exc_info()[1]
    if error is None or error is state.handled or isinstance(error, GeneratorExit):
        return None
    return failure_of(error)


def _first_input(data: Any) -> dict[str, Any]:
    if data.type != "function" or not data.input:
        return {}
    return Content().json_or_text("glassbox.input", data.input).attributes


def _agent_attributes(state: _State) -> dict[str, Any]:
    above = state.above
    while above is not None:
        above.input = above.input or state.input
        above.output = state.output or above.output
        above = above.above
    content = Content()
    content.json("glassbox.input", state.input)
    content.json_or_text("glassbox.output", state.output)
    return content.json("gen_ai.system_instructions", state.instructions).attributes


def _pass_up(state: _State, text: str | None) -> None:
    """A call that only asks for tools ends nothing."""
    above = state.above
    while above is not None:
        if above.is_agent:
            above.output = text or above.output
            return
        above = above.above


def _agent_name(state: _State | None) -> str | None:
    while state is not None:
        if state.is_agent:
            return str(state.data.name)
        state = state.above
    return None


def _guarded(act: Callable[[Any], None], subject: Any) -> None:
    try:
        act(subject)
    except Exception:
        # Telemetry may fail; the run may not.
        pass
