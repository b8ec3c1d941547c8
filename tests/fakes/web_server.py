"""A vendor's web API on the loopback device: real sockets, faults on demand. A vendor's part says what it answers."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Call:
    """A request as a vendor sees it."""

    method: str
    path: str
    params: dict[str, str]
    body: bytes
    token: str | None

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answer:
    """A response; `raw` instead of JSON."""

    status: int = 200
    content: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None


@dataclass
class Fault:
    """What comes instead of an answer, so many times, for addresses with this part."""

    answer: Answer
    path: str = ""
    times: int = 1_000_000
    after: int = 0


class WebServer:
    """Serves `reply` until it is closed; keeps the calls and when they came."""

    def __init__(self, reply: Callable[[Call], Answer], delay: float = 0) -> None:
        self.reply, self.delay = reply, delay
        self.calls: list[tuple[float, Call]] = []
        self.faults: list[Fault] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def __enter__(self) -> "WebServer":
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def fail(self, status: int, path: str = "", **fault: Any) -> None:
        """Answer with a status instead. `headers` and `content` may be given, `times`, and `after` how many calls."""
        answer = Answer(status, fault.pop("content", {"message": "out of order"}), fault.pop("headers", {}))
        answer.raw = fault.pop("raw", None)
        self.faults.append(Fault(answer, path, **fault))

    def count(self, path: str = "") -> int:
        return sum(path in call.path for _, call in list(self.calls))

    def _answer(self, call: Call) -> Answer:
        time.sleep(self.delay)
        with self._lock:
            self.calls.append((time.monotonic(), call))
            for fault in self.faults:
                if fault.path in call.path:
                    fault.after -= 1
                    if fault.after < 0 and fault.times > 0:
                        fault.times -= 1
                        return fault.answer
            return self.reply(call)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def answer(self) -> None:
                address = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                bearer = self.headers.get("Authorization", "")
                token = bearer.removeprefix("Bearer ") if bearer.startswith("Bearer ") else None
                call = Call(self.command, address.path, dict(parse_qsl(address.query)), body, token)
                answer = server._answer(call)
                content = answer.raw if answer.raw is not None else json.dumps(answer.content).encode()
                self.send_response(answer.status)
                for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = answer

            def log_message(self, *_: object) -> None:
                """Nothing: a test's output is for what failed."""

        return Handler
