"""POSTs over one kept-alive connection, pipelined, without ever waiting.

A body is in the kernel's hands when `post` returns, so that not even a kill can take it back; with
`http.client` it would wait for an answer or for another thread's turn. The plain `_socket` also
stays out of what programs and their tests patch: instrumentation, recorded or forbidden sockets.
Not safe for use by two threads at once.
"""

from __future__ import annotations

import _socket
import re
import select
from typing import NamedTuple
from urllib.parse import urlsplit

_STATUS = re.compile(rb"HTTP/1\.\d (\d{3})")
_LENGTH = re.compile(rb"(?im)^content-length: *(\d+)")
_CHUNKED = re.compile(rb"(?im)^transfer-encoding: *chunked")
_RETRY_AFTER = re.compile(rb"(?im)^retry-after: *(\d+)")
_LAST_CHUNK = re.compile(rb"(?:^|\r\n)0\r\n\r\n")


class Answer(NamedTuple):
    """What the receiver said to the oldest unanswered post."""

    status: int
    retry_after_seconds: int | None


class Pipe:
    """One connection at a time to one receiver."""

    def __init__(self, endpoint: str) -> None:
        parts = urlsplit(endpoint)
        self.host = parts.hostname or "127.0.0.1"
        self.port = parts.port or 80
        self.path = parts.path.rstrip("/")
        self.head_host = parts.netloc
        self.socket: _socket.socket | None = None
        self.open = False
        self._unsent: list[memoryview] = []
        self._received = b""

    @property
    def writing(self) -> bool:
        """True while a part of a post is still in our hands."""
        return bool(self._unsent)

    def connect(self) -> bool:
        """Begins to connect, or looks whether it has; False where nobody listens."""
        try:
            if self.socket is None:
                self._begin()
            if not self.open and self.socket is not None:
                self._check()
        except OSError:
            self.close()
        return self.socket is not None

    def post(self, path: str, body: bytes) -> None:
        """Hands one request over as far as the kernel takes it; only while open."""
        head = (
            f"POST {self.path}{path} HTTP/1.1\r\nHost: {self.head_host}\r\n"
            "Content-Type: application/x-protobuf\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode("latin-1")
        # One piece where that costs little: one segment, one wake-up of the receiver.
        pieces = [head + body] if len(body) < 65_536 else [head, body]
        self._unsent += [memoryview(piece) for piece in pieces]
        self.flush()

    def flush(self) -> None:
        """Sends on what is left of posts."""
        try:
            while self._unsent and self.socket is not None:
                sent = self.socket.send(self._unsent[0])
                rest = self._unsent[0][sent:]
                self._unsent[:1] = [rest] if len(rest) > 0 else []
        except BlockingIOError:
            pass
        except OSError:
            self.close()

    def answers(self) -> list[Answer]:
        """The answers that have come; the connection closes here when it is at its end."""
        if self.socket is None or not self.open:
            return []
        try:
            while True:
                received = self.socket.recv(65_536)
                if not received:
                    self.close()
                    break
                self._received += received
        except BlockingIOError:
            pass
        except OSError:
            self.close()
        return self._take_answers()

    def wait(self, seconds: float) -> None:
        """Waits until there is something to read, or to write where that is wanted."""
        if self.socket is None:
            return
        try:
            _wait_for(self.socket, bool(self._unsent) or not self.open, seconds)
        except (OSError, ValueError):
            self.close()

    def close(self) -> None:
        """Forgets the connection and what was half sent."""
        sock, self.socket = self.socket, None
        self.open = False
        self._unsent = []
        if sock is not None:
            try:
                sock.close()
            except OSError:
                pass

    def let_go(self) -> None:
        """Leaves the connection to the kernel, which sends what it has and closes it in the end.

        A socket still open when the interpreter ends would be warned of, and crashes Python 3.9.
        """
        if self.socket is not None:
            self.socket.detach()
            self.socket = None
        self.open = False

    def _begin(self) -> None:
        family = _socket.AF_INET6 if ":" in self.host else _socket.AF_INET
        self._received = b""
        self.socket = _socket.socket(family, _socket.SOCK_STREAM, 0)
        self.socket.setblocking(False)
        self.socket.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
        host = "127.0.0.1" if self.host == "localhost" else self.host
        try:
            self.socket.connect((host, self.port))
        except (BlockingIOError, InterruptedError):
            pass

    def _check(self) -> None:
        assert self.socket is not None
        # Loopback answers at once, so a moment's patience saves the way round over the thread.
        if not _wait_for(self.socket, True, 0.002):
            return
        error = self.socket.getsockopt(_socket.SOL_SOCKET, _socket.SO_ERROR)
        if error:
            raise OSError(error, "not connected")
        self.open = True

    def _take_answers(self) -> list[Answer]:
        answers: list[Answer] = []
        while True:
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                return answers
            head = self._received[:end]
            length = _body_end(self._received, end + 4, head)
            if length is None:
                return answers
            self._received = self._received[length:]
            status = _STATUS.match(head)
            retry = _RETRY_AFTER.search(head)
            answers.append(
                Answer(
                    int(status.group(1)) if status else 0, int(retry.group(1)) if retry else None
                )
            )


def _wait_for(sock: _socket.socket, writing: bool, seconds: float) -> bool:
    """Whether the socket can be written, or read, within this time."""
    if hasattr(select, "poll"):
        # Unlike `select` it knows descriptors beyond 1024.
        poll = select.poll()
        poll.register(sock.fileno(), select.POLLOUT if writing else select.POLLIN)
        return bool(poll.poll(seconds * 1000))
    readers, writers = ([], [sock]) if writing else ([sock], [])
    return any(select.select(readers, writers, writers, seconds))


def _body_end(received: bytes, start: int, head: bytes) -> int | None:
    if _CHUNKED.search(head):
        last = _LAST_CHUNK.search(received[start:])
        return start + last.end() if last else None
    length = _LENGTH.search(head)
    end = start + (int(length.group(1)) if length else 0)
    return end if end <= len(received) else None
