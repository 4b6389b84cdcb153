"""Tryton's JSON-RPC over connections that stay open; N threads that each keep a call in flight."""

import base64
import http.client
import json
import threading
import time

CALL_SECONDS_MAX = 120
STACK_BYTES = 256 * 1024  # A thread of 1,024 needs no more.


class Connection:
    def __init__(self, port, database, session=None):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=CALL_SECONDS_MAX)
        self.path = f"/{database}/"
        self.headers = {"Content-Type": "application/json"}
        if session:
            word = base64.b64encode(session.encode()).decode()
            self.headers["Authorization"] = f"Session {word}"

    def call(self, method, *params):
        """The result; RuntimeError when the server says no, OSError or HTTPException else."""
        body = json.dumps({"id": 1, "method": method, "params": params})
        try:
            self.http.request("POST", self.path, body, self.headers)
            response = self.http.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException):
            self.http.close()  # The next call opens it again.
            raise
        if response.status != 200:
            raise RuntimeError(f"{response.status}: {answer[:200]!r}")
        decoded = json.loads(answer)
        if "error" in decoded:
            raise RuntimeError(str(decoded["error"])[:200])
        return decoded["result"]

    def close(self):
        self.http.close()


def login(port, database, user, password):
    """What proves a session: user:id:key."""
    connection = Connection(port, database)
    identity, key = connection.call("common.db.login", user, {"password": password}, "en")
    connection.close()
    return f"{user}:{identity}:{key}"


class Load:
    """N calls in flight for `settle` and then `seconds`."""

    def __init__(self, connect, work, in_flight, settle, seconds):
        self.connect, self.work, self.in_flight = connect, work, in_flight
        self.begin = time.monotonic() + settle
        self.end = self.begin + seconds
        self.micros = []  # Of the calls that ended between begin and end.
        self.failures = []
        self.lock = threading.Lock()

    def run(self):
        threading.stack_size(STACK_BYTES)
        threads = [threading.Thread(target=self._caller, args=(number,), daemon=True)
                   for number in range(self.in_flight)]
        for thread in threads:
            thread.start()
        last = self.end + CALL_SECONDS_MAX
        for thread in threads:
            thread.join(max(0, last - time.monotonic()))
        self.failures += ["no answer"] * sum(thread.is_alive() for thread in threads)
        return self

    def _caller(self, number):
        connection = self.connect()
        micros, failures = [], []
        while time.monotonic() < self.end:
            start = time.monotonic()
            try:
                self.work(connection, number)
            except (RuntimeError, OSError, http.client.HTTPException) as error:
                failures.append(f"{type(error).__name__}: {error}")
                continue
            now = time.monotonic()
            if self.begin <= now < self.end:
                micros.append((now - start) * 1e6)
        connection.close()
        with self.lock:
            self.micros += micros
            self.failures += failures
