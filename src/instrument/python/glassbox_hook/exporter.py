"""Brings encoded spans to Glassbox without ever holding the program.

Whoever ends a span hands it to the kernel at once; a daemon thread reads the answers, sends on
what did not fit and asks again where the receiver was busy or away. At exit what is unanswered is
waited for within bounds. Delivery is at least once, which is once, because spans have ids.
"""

from __future__ import annotations

import _thread
import atexit
import os
import sys
from collections import deque
from collections.abc import Callable
from typing import Any

from .clock import steady_seconds
from .notes import note
from .pipe import Pipe

TRACES = "/v1/traces"
LOGS = "/v1/logs"

_QUEUE_BYTES = 96 * 1024 * 1024
_POST_BYTES = 8 * 1024 * 1024
_PIPELINED = 32
_ATTEMPTS = 8
_FIRST_RETRY = 0.05
_LAST_RETRY = 2.0
_EXIT_SECONDS = 0.5
_EXIT_RETRY = 0.04
_STOP_SECONDS = 0.1
_PAUSE = 0.01

# Kept from before anything could replace them by green threads.
_start_thread = _thread.start_new_thread
_new_lock = _thread.allocate_lock


class Item:
    """One encoded request; `spans` counts what is lost with it, 0 for reports of a start."""

    __slots__ = ("path", "body", "spans", "attempts")

    def __init__(self, path: str, body: bytes, spans: int) -> None:
        self.path = path
        self.body = body
        self.spans = spans
        self.attempts = 0


class Exporter:
    """All of a process that goes to Glassbox goes through one of these."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.before_exit: list[Callable[[], None]] = []
        self._reset()
        self._forked = False
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(
                before=self._stop_thread,
                after_in_parent=self._in_parent,
                after_in_child=self._in_child,
            )
        atexit.register(self.finish)
        self._pump()

    def _reset(self) -> None:
        self._pipe = Pipe(self.endpoint)
        self._arriving: deque[Item] = deque()
        self._queue: deque[Item] = deque()
        self._queue_bytes = 0
        self._posts: deque[list[Item]] = deque()
        self._lock = _new_lock()
        self._wake = _held_lock()
        self._nap = _held_lock()
        self._has_thread = False
        self._stopping = False
        self._finished = False
        self._retry_at = 0.0
        self._retry = _FIRST_RETRY
        self._gone = False
        self._exported = 0
        self._lost = 0
        self._lost_because = ""

    def send(self, path: str, body: bytes, spans: int) -> None:
        """Takes one encoded request; never raises, never waits, may be called from anywhere."""
        self._arriving.append(Item(path, body, spans))
        if self._forked:
            self._settle_in_child()
        self._pump()
        if self._finished:
            self._pipe.let_go()
        self._begin_thread()

    def finish(self) -> None:
        """Waits, within bounds, until all is answered, and writes down what became of it."""
        for step in self.before_exit:
            _guarded(step)
        self._stop_thread()
        end = steady_seconds() + _EXIT_SECONDS
        self._retry_at = 0.0
        while self._outstanding() and steady_seconds() < end:
            self._retry_at = min(self._retry_at, steady_seconds() + _EXIT_RETRY)
            self._pump()
            if self._pipe.socket is None and self._gone:
                break
            if self._outstanding():
                self._pipe.wait(0.01)
        self._give_up()
        if self._exported:
            note("exported", spans=self._exported)
        if self._lost:
            note("lost", spans=self._lost, reason=self._lost_because)
        self._exported = self._lost = 0
        self._finished = True
        self._pipe.let_go()

    def _give_up(self) -> None:
        rest = [item for post in self._posts for item in post] + list(self._queue)
        reason = "receiver is gone" if self._gone else "receiver did not answer in 500 ms"
        self._lose(rest + list(self._arriving), reason)
        # What the kernel has may still arrive; counting it twice is all that must not happen.
        self._posts.clear()
        self._queue.clear()
        self._arriving.clear()

    def _outstanding(self) -> bool:
        return bool(self._arriving or self._queue or self._posts or self._pipe.writing)

    def _pump(self) -> None:
        # Never waits for the lock: whoever holds it, maybe this very thread some frames up, in
        # which the garbage collector or a signal has called us, looks again before it goes.
        while self._lock.acquire(False):
            try:
                self._step()
            except Exception:
                self._pipe.close()
            finally:
                self._lock.release()
            if not self._arriving:
                return

    def _step(self) -> None:
        while self._arriving:
            item = self._arriving.popleft()
            self._queue.append(item)
            self._queue_bytes += len(item.body)
        self._shed()
        self._read()
        if not self._pipe.open and not self._connect():
            return
        self._pipe.flush()
        while self._queue and len(self._posts) < _PIPELINED and steady_seconds() >= self._retry_at:
            if self._pipe.writing:
                return
            items = self._take()
            self._posts.append(items)
            self._pipe.post(items[0].path, b"".join([item.body for item in items]))

    def _connect(self) -> bool:
        if steady_seconds() < self._retry_at:
            return False
        self._put_back_all()
        if not self._pipe.connect():
            self._gone = True
            self._retry_later(None)
        if self._pipe.open:
            self._gone = False
        return self._pipe.open

    def _read(self) -> None:
        for answer in self._pipe.answers():
            items = self._posts.popleft() if self._posts else []
            if 200 <= answer.status < 300:
                self._exported += sum(item.spans for item in items)
                self._retry = _FIRST_RETRY
            elif answer.status == 429 or answer.status >= 502:
                self._put_back(items)
                self._retry_later(answer.retry_after_seconds)
            else:
                self._lose(items, f"receiver answered {answer.status}")

    def _take(self) -> list[Item]:
        """As many items for one address as fit into one post, at least one."""
        items = [self._queue.popleft()]
        size = len(items[0].body)
        while self._queue and self._queue[0].path == items[0].path:
            size += len(self._queue[0].body)
            if size > _POST_BYTES:
                break
            items.append(self._queue.popleft())
        self._queue_bytes -= sum(len(item.body) for item in items)
        return items

    def _put_back_all(self) -> None:
        """What was under way when the connection broke has to go again."""
        while self._posts:
            self._put_back(self._posts.pop())

    def _put_back(self, items: list[Item]) -> None:
        for item in reversed(items):
            item.attempts += 1
            if item.attempts >= _ATTEMPTS:
                self._lose([item], "receiver did not take them")
            else:
                self._queue.appendleft(item)
                self._queue_bytes += len(item.body)

    def _retry_later(self, seconds: float | None) -> None:
        self._retry_at = steady_seconds() + min(
            self._retry if seconds is None else seconds, _LAST_RETRY
        )
        self._retry = min(self._retry * 2, _LAST_RETRY)

    def _shed(self) -> None:
        """The oldest go first where the receiver stays away for too long."""
        while self._queue_bytes > _QUEUE_BYTES and len(self._queue) > 1:
            oldest = self._queue.popleft()
            self._queue_bytes -= len(oldest.body)
            self._lose([oldest], "receiver was away for too long")

    def _lose(self, items: list[Item], reason: str) -> None:
        spans = sum(item.spans for item in items)
        if spans:
            self._lost += spans
            self._lost_because = reason

    def _begin_thread(self) -> None:
        """The thread lives only while something is outstanding, because Python warns of forks
        in programs with threads."""
        if self._has_thread or self._stopping or not self._outstanding():
            return
        self._has_thread = True
        try:
            _start_thread(self._work, ())
        except RuntimeError:
            # Too late in the life of the interpreter, or too many threads: who sends, reads.
            self._has_thread = False

    def _work(self) -> None:
        while self._outstanding() and not self._stopping and not sys.is_finalizing():
            if self._pipe.writing and steady_seconds() >= self._retry_at:
                self._pipe.wait(_PAUSE)
            # Whoever sends reads the answers before; only what is left at the end is read here,
            # so looking now and then is enough and leaves the program its turns.
            self._wake.acquire(True, _PAUSE)
            self._pump()
        self._has_thread = False
        self._begin_thread()

    def _stop_thread(self) -> None:
        """Sees our thread off: neither a fork nor the end of the interpreter may meet it."""
        self._stopping = True
        if not self._has_thread:
            return
        try:
            self._wake.release()
        except RuntimeError:
            pass
        end = steady_seconds() + _STOP_SECONDS
        while self._has_thread and steady_seconds() < end:
            self._nap.acquire(True, 0.001)
        # The system needs a moment more than Python to see it gone.
        self._nap.acquire(True, 0.002)

    def _in_parent(self) -> None:
        self._stopping = False
        self._begin_thread()

    def _in_child(self) -> None:
        """What the parent had under way is the parent's; its socket is only closed here."""
        pipe = self._pipe
        self._reset()
        pipe.close()
        self._forked = True

    def _settle_in_child(self) -> None:
        """Children of `multiprocessing` forget what was registered for the exit."""
        self._forked = False
        atexit.register(self.finish)


def _held_lock() -> Any:
    """A lock nobody can get, to wait at."""
    lock = _new_lock()
    lock.acquire()
    return lock


def _guarded(step: Callable[[], None]) -> None:
    try:
        step()
    except Exception:
        pass
