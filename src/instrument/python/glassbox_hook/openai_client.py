"""The `openai` client, watched from below.

Nothing of ours stands on the stack while the client works, so that results, errors and their
tracebacks are the client's own: the hook hears of requests and answers through the event hooks of
the HTTP client, of the bytes in the decoder they pass through, and of failures where their
exceptions are made.
"""

from __future__ import annotations

import functools
import sys
import weakref
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, NamedTuple

from .clock import now_ns
from .frames import source_attributes
from .model_call import ModelCall, interface_of
from .recorder import CLIENT, Failure, Place, Recorder, Span, new_place
from .tap import tap_response

_MARK = "_glassbox"


class Whereabouts(NamedTuple):
    """Where a call belongs: below `parent`, or to a generation that has a span and adopts it.

    `foreign` says that somebody else makes the span; `enrich` then gives them what they lack.
    """

    parent: Place | None = None
    adopt: Callable[[ModelCall], bool] | None = None
    foreign: bool = False
    enrich: Callable[[dict[str, Any]], None] | None = None


class _Request:
    """One logical request: all attempts of it."""

    def __init__(self, call: ModelCall, place: Whereabouts) -> None:
        self.call = call
        self.place = place
        self.span: Span | None = None
        self.attempts = 0
        self.holder: list[_Request] = []
        self.error: Failure | None = None
        self.ended = False


# The request this context is at; a list, so that it can be emptied from any other context.
_latest: ContextVar[list[_Request]] = ContextVar("glassbox_openai")


class OpenAiClients:
    """Watches every client of the `openai` package."""

    def __init__(self, recorder: Recorder, whereabouts: Callable[[], Whereabouts]) -> None:
        self._recorder = recorder
        self._whereabouts = whereabouts
        self._open: set[_Request] = set()
        self._by_attempt: weakref.WeakKeyDictionary[Any, _Request] = weakref.WeakKeyDictionary()

    def watch(self, base_client: Any) -> None:
        """Takes the module `openai._base_client`."""
        self._cover_init(base_client.SyncAPIClient, False)
        self._cover_init(base_client.AsyncAPIClient, True)
        self._cover_status_error(base_client.BaseClient)
        exceptions = sys.modules.get("openai._exceptions")
        if exceptions is not None:
            self._cover_connection_error(exceptions.APIConnectionError)

    def finish(self) -> None:
        """Ends the calls whose answer came and was never read: nothing will tell when they end."""
        for request in list(self._open):
            if request.call.status is not None:
                self._end(request, None)

    def _cover_init(self, client_class: Any, is_async: bool) -> None:
        original = client_class.__init__
        listen = _guarded(self._listen)

        @functools.wraps(original)
        def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
            original(self, *args, **kwargs)
            listen(self._client, is_async)

        client_class.__init__ = __init__

    def _listen(self, http_client: Any, is_async: bool) -> None:
        """Puts our listeners among those of the program's HTTP client, once."""
        hooks = http_client.event_hooks
        if any(hasattr(hook, _MARK) for hook in hooks["request"]):
            return
        make = _async_listener if is_async else _listener
        hooks["request"].append(make(_guarded(self._begin)))
        hooks["response"].append(make(_guarded(self._answered)))

    def _cover_status_error(self, client_class: Any) -> None:
        original = client_class._make_status_error_from_response
        failed = _guarded(self._failed)

        @functools.wraps(original)
        def _make_status_error_from_response(self: Any, response: Any) -> Any:
            error = original(self, response)
            failed(response.request, error)
            return error

        client_class._make_status_error_from_response = _make_status_error_from_response

    def _cover_connection_error(self, error_class: Any) -> None:
        original = error_class.__init__
        failed = _guarded(self._failed)

        @functools.wraps(original)
        def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
            original(self, *args, **kwargs)
            failed(getattr(self, "request", None), self)

        error_class.__init__ = __init__

    def _begin(self, http_request: Any) -> None:
        url = str(http_request.url)
        api = interface_of(url)
        if api is None or http_request.method.upper() != "POST":
            return
        body = http_request.content
        request = self._retried(body)
        if request is None:
            request = _Request(ModelCall(url, body, api), self._whereabouts())
            request.holder = [request]
            _latest.set(request.holder)
            self._send(request)
        else:
            request.call.restart()
        request.attempts += 1
        self._by_attempt[http_request] = request
        gone = weakref.finalize(http_request, _guarded(self._abandoned), request, request.attempts)
        gone.atexit = False

    def _retried(self, body: bytes) -> _Request | None:
        """The request this is a new attempt of: the one before, if it has no good answer yet."""
        latest = next(iter(_latest.get([])), None)
        if latest is None or latest.call.body != body:
            return None
        status = latest.call.status
        succeeded = status is not None and 200 <= status < 300 and latest.error is None
        return None if succeeded else latest

    def _send(self, request: _Request) -> None:
        call, place = request.call, request.place
        self._open.add(request)
        if place.foreign or (place.adopt and place.adopt(call)):
            return
        attributes = {**call.start_attributes(), **source_attributes()}
        span = Span(
            call.name,
            new_place(place.parent),
            place.parent,
            kind=CLIENT,
            start_ns=call.start_ns,
            attributes=attributes,
        )
        request.span = self._recorder.start(span)

    def _answered(self, response: Any) -> None:
        request = self._by_attempt.get(response.request)
        if request is None or request.ended:
            return
        call = request.call
        call.restart()
        request.error = None
        call.status = response.status_code
        call.streamed = "event-stream" in response.headers.get("content-type", "")
        succeeded = response.status_code < 400

        def read_to_end(error: BaseException | None) -> None:
            if error is not None:
                # The client may try again, unless it has passed the stream on.
                request.error = failure_of(error)
                if call.streamed:
                    self._end(request, None)
            elif succeeded:
                self._end(request, None)

        tap_response(response, call.chunk, _guarded(read_to_end))

    def _failed(self, http_request: Any, error: BaseException) -> None:
        request = None if http_request is None else self._by_attempt.get(http_request)
        if request is not None:
            self._end(request, failure_of(error))

    def _abandoned(self, request: _Request, attempt: int) -> None:
        """Nobody holds the attempt any more; if it was the last, the program has given up."""
        if request.ended or request.attempts != attempt:
            return
        if request.call.status is None and request.error is None:
            request.error = Failure("Cancelled", "The call was given up")
        self._end(request, None)

    def _end(self, request: _Request, failure: Failure | None) -> None:
        if request.ended:
            return
        request.ended = True
        request.holder.clear()
        self._open.discard(request)
        call = request.call
        if request.span is not None:
            end_ns = now_ns()
            request.span.attributes.update(call.end_attributes())
            failure = failure or request.error or call.failure()
            self._recorder.end(request.span, failure, end_ns)
        elif request.place.enrich is not None:
            request.place.enrich(call.bodies())


def failure_of(error: BaseException) -> Failure:
    """An error as the conventions name it, with its traceback as far as there is one."""
    stack = None
    if error.__traceback__ is not None:
        import traceback

        lines = traceback.format_exception(type(error), error, error.__traceback__)
        stack = "".join(lines)
    message = str(error) or type(error).__name__
    return Failure(type(error).__name__, message, stack)


def _listener(heard: Callable[[Any], None]) -> Callable[[Any], None]:
    def on_event(subject: Any) -> None:
        heard(subject)

    setattr(on_event, _MARK, True)
    return on_event


def _async_listener(heard: Callable[[Any], None]) -> Callable[[Any], Any]:
    async def on_event(subject: Any) -> None:
        heard(subject)

    setattr(on_event, _MARK, True)
    return on_event


def _guarded(act: Callable[..., Any]) -> Callable[..., None]:
    def guarded(*args: Any) -> None:
        try:
            act(*args)
        except Exception:
            # Telemetry may fail; the run may not.
            pass

    return guarded
