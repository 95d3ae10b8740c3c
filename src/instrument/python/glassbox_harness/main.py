"""The loop: coroutines run on one event loop, as in a program; other functions in a thread each."""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import threading
from contextvars import Context
from typing import Any

from glassbox_hook.clock import steady_seconds
from glassbox_hook.ids import random_id
from glassbox_hook.recorder import Place

from .case_context import carry_into_threads, context_of
from .case_spans import CaseSpans
from .load import load_function
from .replies import Replies, describe

_IN = 3


def main(file: str, name: str) -> None:
    """Serves requests until their descriptor is closed."""
    for descriptor in (_IN, 4):
        os.set_inheritable(descriptor, False)
    replies = Replies()
    try:
        function = load_function(file, name)
    except BaseException as error:
        replies.fatal(error)
        os._exit(1)
    carry_into_threads()
    cases = Cases(function, replies)
    # `asyncio.run` would wait for tasks that do not let themselves be cancelled.
    asyncio.new_event_loop().run_until_complete(cases.serve())


class Cases:
    """All calls of one function."""

    def __init__(self, function: Any, replies: Replies) -> None:
        self.spans = CaseSpans()
        self._function = function
        self._name = getattr(function, "__name__", "function")
        self._replies = replies
        self._running: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        loop = asyncio.get_running_loop()
        closed = asyncio.Event()

        def read() -> None:
            with os.fdopen(_IN, "rb") as lines:
                for line in lines:
                    loop.call_soon_threadsafe(self._begin, json.loads(line))
            loop.call_soon_threadsafe(closed.set)

        threading.Thread(target=read, daemon=True).start()
        self._replies.ready()
        await closed.wait()

    def _begin(self, request: dict[str, Any]) -> None:
        task = asyncio.get_running_loop().create_task(self._run(request))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _run(self, request: dict[str, Any]) -> None:
        place = Place(request["traceId"], random_id(16))
        timeout = request["timeoutMs"] / 1000
        span = self.spans.start(self._name, request, place)
        started = steady_seconds()
        call = asyncio.ensure_future(self._call(request.get("input"), context_of(place)))
        await asyncio.wait({call}, timeout=timeout)
        duration = (steady_seconds() - started) * 1000
        identity = request["id"]
        if not call.done():
            call.cancel()
            message = f"It took longer than {timeout:g} s."
            self.spans.end(span, None, message)
            self._replies.error(identity, message, duration)
            return
        error = (
            asyncio.CancelledError("It was cancelled.") if call.cancelled() else call.exception()
        )
        output = None if error else call.result()
        self.spans.end(span, output, error)
        if error is None:
            self._replies.output(identity, output, duration)
        else:
            self._replies.error(identity, describe(error), duration)

    async def _call(self, value: Any, context: Context) -> Any:
        loop = asyncio.get_running_loop()
        if inspect.iscoroutinefunction(self._function):
            return await context.run(loop.create_task, self._function(value))
        result = await self._in_thread(value, context)
        if inspect.isawaitable(result):
            return await context.run(asyncio.ensure_future, _wait(result))
        return result

    async def _in_thread(self, value: Any, context: Context) -> Any:
        """A thread of its own, so that one that hangs holds up no other case."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Any] = loop.create_future()

        def settle(result: Any, error: BaseException | None) -> None:
            if done.done():
                return
            if error is None:
                done.set_result(result)
            else:
                done.set_exception(error)

        def work() -> None:
            # Libraries ask for the loop of the thread they are called from.
            asyncio.set_event_loop(asyncio.new_event_loop())
            try:
                result, error = context.run(self._function, value), None
            except StopIteration as stop:
                result, error = None, RuntimeError(f"StopIteration: {stop}")
            except BaseException as thrown:
                result, error = None, thrown
            loop.call_soon_threadsafe(settle, result, error)

        threading.Thread(target=work, daemon=True, name="glassbox-case").start()
        return await done


async def _wait(result: Any) -> Any:
    return await result
