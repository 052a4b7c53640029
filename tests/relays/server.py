"""A mail server on loopback that says what its script says."""

import socket
import threading
from contextlib import suppress

GREETED = {"connect": "220 mx.example ESMTP", "EHLO": "250-mx.example\r\n250-8BITMIME\r\n250 SIZE 100000"}
DROP = "drop"
SILENCE = "silence"


class ScriptedServer:
    """Each connection follows the next script, the last script serves all further ones.

    `now` is the script of the connection that is served.

    A script maps a verb, `connect` or `.` (the final dot) to a reply; the default is to take everything.
    """

    def __init__(self, *scripts):
        self.scripts = list(scripts) or [{}]
        self.connections = 0
        self.now = {}
        self.commands = []
        self.mails = []
        self._end = threading.Event()
        self._connection = socket.socket()
        self._connection.close()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._end.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._thread.join(20)

    def _accept(self):
        while not self._end.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._connection = connection
            script = self.scripts[min(self.connections, len(self.scripts) - 1)]
            self.connections += 1
            self.now = {**GREETED, **script}
            with connection, connection.makefile("rb") as lines:
                connection.settimeout(20)
                try:
                    self._serve(connection, lines, self.now)
                except OSError:
                    continue

    def _serve(self, connection, lines, script):
        if not self._say(connection, script["connect"]):
            return
        for line in lines:
            command = line.decode().rstrip("\r\n")
            verb = command.split()[0].upper()
            self.commands.append(command)
            default = {"DATA": "354 go on", "QUIT": "221 bye"}.get(verb, "250 done")
            reply = script.get(verb, default)
            if not self._say(connection, reply) or verb == "QUIT":
                return
            if reply.startswith("354") and not self._take(connection, lines, script):
                return

    def _take(self, connection, lines, script):
        body = b""
        for line in lines:
            if line == b".\r\n":
                break
            if script.get("half") and len(body) > script["half"]:
                return False
            body += line
        else:
            return False
        self.mails.append(body)
        return self._say(connection, script.get(".", "250 2.0.0 queued as 4711"))

    def _say(self, connection, reply):
        if reply == DROP:
            return False
        if reply == SILENCE:
            self._end.wait(20)
            return False
        connection.sendall(reply.encode() + b"\r\n")
        return not reply.startswith("421")
