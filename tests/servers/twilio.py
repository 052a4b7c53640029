"""A stand-in for Twilio's Messages API on loopback that answers what its script says and remembers every message it made."""

import base64
import json
import re
import socket
import struct
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from urllib.parse import parse_qs, urlsplit

ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "token-of-the-tests"
MOST_HANGING_SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """How one request is answered. `made` says whether the message is made before that; `way` how the answer goes astray."""

    status: int = 201
    code: int = 0
    message: str = ""
    body: str | None = None
    headers: dict = field(default_factory=dict)
    made: bool = False
    way: str = "answer"


def error(status, code, message="refused", **headers):
    """An error as Twilio words it; nothing is made."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status=status, code=code, message=message, headers=names)


CREATED = Answer(made=True)
HTML_500 = Answer(status=500, body="<html><h1>Internal Server Error</h1></html>")
RESET_BEFORE = Answer(way="reset")
RESET_AFTER = Answer(way="reset", made=True)
HANG = Answer(way="hang", made=True)
HANG_IDLE = Answer(way="hang")


@dataclass
class Made:
    """A message that was made: what a phone would get."""

    sid: str
    to: str
    body: str
    sender: str
    parameters: dict
    at: datetime
    statuses: deque
    lists_before_shown: int


class ScriptedTwilio:
    """Scripts are used up in order; without one a request is answered as Twilio does.

    `made` lists every message ever made. `statuses` is what a message says of itself, one word a look-up, the last one for
    good. `lists_before_shown` hides a new message from that many look-ups of the list.
    """

    def __init__(self):
        self.creates, self.lists, self.fetches = deque(), deque(), deque()
        self.statuses = ["queued", "sent", "delivered"]
        self.lists_before_shown = 0
        self.made = []
        self.requests = []
        self.page_size = 50
        self._numbers = count(1)
        self._lock = threading.Lock()
        self.end = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.twilio = self
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @property
    def settings(self):
        """What `[sms]` of a hub says to send through this server."""
        return {
            "gateway": '"twilio"',
            "twilio_base_url": f'"{self.url}"',
            "twilio_account": f'"{ACCOUNT}"',
            "twilio_token": f'"{TOKEN}"',
            "sender": '"VPUB"',
        }

    def bodies(self, to):
        """What this number got, in order."""
        return [message.body for message in self.made if message.to == to]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(20)

    def answer(self, method, path, query, form):
        """The answer to one request, and what became of it."""
        with self._lock:
            self.requests.append((method, path, query, form))
            if method == "POST":
                return self._create(form)
            if sid := re.search(r"/Messages/(\w+)\.json$", path):
                return self._fetch(sid[1])
            return self._list(path, query)

    def _create(self, form):
        scripted = self.creates.popleft() if self.creates else CREATED
        if scripted.made:
            sid = f"SM{next(self._numbers):032x}"
            made = Made(
                sid=sid,
                to=form["To"],
                body=form["Body"],
                sender=form.get("MessagingServiceSid") or form.get("From", ""),
                parameters=form,
                at=datetime.fromtimestamp(time.time(), UTC),
                statuses=deque(self.statuses),
                lists_before_shown=self.lists_before_shown,
            )
            self.made.append(made)
            if scripted.status == 201 and scripted.body is None:
                return scripted, self._shown(made)
        return scripted, None

    def _fetch(self, sid):
        if self.fetches:
            return self.fetches.popleft(), None
        for made in self.made:
            if made.sid == sid:
                shown = self._shown(made)
                if len(made.statuses) > 1:
                    made.statuses.popleft()
                return Answer(status=200), shown
        return error(404, 20404, "not found"), None

    def _list(self, path, query):
        if self.lists:
            return self.lists.popleft(), None
        shown = []
        for made in reversed(self.made):
            if made.to != query.get("To"):
                continue
            if made.lists_before_shown > 0:
                made.lists_before_shown -= 1
                continue
            shown.append(self._shown(made))
        first = int(query.get("Page", 0)) * self.page_size
        page = {"messages": shown[first : first + self.page_size], "page_size": self.page_size, "next_page_uri": None}
        if len(shown) > first + self.page_size:
            page["next_page_uri"] = f"{path}?To={query['To'].replace('+', '%2B')}&Page={int(query.get('Page', 0)) + 1}"
        return Answer(status=200), page

    def _shown(self, made):
        status, _, code = made.statuses[0].partition(" ")
        return {
            "sid": made.sid,
            "account_sid": ACCOUNT,
            "to": made.to,
            "from": made.sender,
            "body": made.body,
            "status": status,
            "error_code": int(code) if code else None,
            "error_message": None,
            "direction": "outbound-api",
            "date_created": format_datetime(made.at),
            "date_updated": format_datetime(made.at),
            "date_sent": None if status == "queued" else format_datetime(made.at),
            "num_segments": "1",
        }


class Handler(BaseHTTPRequestHandler):
    """One connection to the stand-in that its server carries."""

    def do_POST(self):
        octets = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._serve({name: values[0] for name, values in parse_qs(octets.decode()).items()})

    def do_GET(self):
        self._serve({})

    def log_message(self, *_):
        pass

    def _serve(self, form):
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        known = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if self.headers.get("Authorization") == f"Basic {known}":
            self._send(*self.server.twilio.answer(self.command, url.path, query, form))
        else:
            self._send(error(401, 20003, "Authenticate"), None)

    def _send(self, answer, record):
        self.close_connection = True
        if answer.way == "reset":
            # Lingering for no time turns the close into a reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        if answer.way == "hang":
            self.server.twilio.end.wait(MOST_HANGING_SECONDS)
            return
        problem = {"code": answer.code, "message": answer.message, "status": answer.status}
        body = json.dumps(problem if record is None else record) if answer.body is None else answer.body
        self.send_response(answer.status)
        for name, value in (answer.headers | {"Content-Length": str(len(body.encode())), "Connection": "close"}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())
