"""Watches an HTTP answer being read without standing between it and its reader.

Bytes of httpx's responses pass through a content decoder, and a response tells when it is closed;
both are covered on this one response.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any


class _Decoder:
    """What the response would have used, overheard."""

    def __init__(self, inner: Any, chunk: Callable[[bytes], None], done: Callable[..., None]):
        self._inner = inner
        self._chunk = chunk
        self._done = done

    def decode(self, data: bytes) -> Any:
        return self._passed_on(self._inner.decode(data), False)

    def flush(self) -> Any:
        return self._passed_on(self._inner.flush(), True)

    def _passed_on(self, decoded: Any, last: bool) -> Any:
        """httpx gives bytes, httpx2 yields them."""
        if not isinstance(decoded, bytes):
            return self._yielded(decoded, last)
        self._overhear(decoded)
        if last:
            self._done(None)
        return decoded

    def _yielded(self, pieces: Iterable[bytes], last: bool) -> Iterator[bytes]:
        for piece in pieces:
            self._overhear(piece)
            yield piece
        if last:
            self._done(None)

    def _overhear(self, decoded: bytes) -> None:
        try:
            if decoded:
                self._chunk(decoded)
        except Exception:
            pass

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def tap_response(
    response: Any,
    chunk: Callable[[bytes], None],
    done: Callable[[BaseException | None], None],
) -> None:
    """Calls `chunk` with what is read and `done` at the end, maybe more than once.

    `done` is given the error that closed the response, where one did.
    """
    if hasattr(response, "_content"):
        chunk(response._content)
        done(None)
        return
    before = sys.exc_info()[1]
    covered = []

    def end(error: BaseException | None) -> None:
        while covered:
            response.__dict__.pop(covered.pop(), None)
        done(error)

    def in_flight() -> BaseException | None:
        error = sys.exc_info()[1]
        ordinary = (GeneratorExit, StopIteration, StopAsyncIteration)
        return None if error is before or isinstance(error, ordinary) else error

    response._decoder = _Decoder(response._get_content_decoder(), chunk, end)
    original_close, original_aclose = response.close, response.aclose

    def close() -> None:
        end(in_flight())
        original_close()

    async def aclose() -> None:
        end(in_flight())
        await original_aclose()

    response.close, response.aclose = close, aclose
    covered += ["close", "aclose"]
