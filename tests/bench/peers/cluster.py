"""A PostgreSQL cluster of our own: loopback, a free port, data in a folder that goes with it."""

import os
import secrets
import shutil
import signal
import subprocess
import time

import machine

PACKAGES = ("postgresql-15",)
BINARIES = "/usr/lib/postgresql/15/bin/"
OWNER = "postgres"  # The server refuses to run as root.
START_SECONDS_MAX = 120
QUERY_SECONDS_MAX = 120

SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = {connections}
shared_buffers = 512MB
max_wal_size = 4GB
fsync = on
synchronous_commit = on
"""


class Cluster:
    """Use it as a context: up inside, gone with its data afterwards."""

    def __init__(self, folder, connections):
        self.folder = folder
        self.port = machine.free_port()
        self.password = secrets.token_hex(16)
        self.connections = connections
        self.server = None

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        machine.give(self.folder, OWNER)
        data = os.path.join(self.folder, "data")
        log = os.path.join(os.path.dirname(self.folder), "postgres.log")
        with open(log, "w", encoding="utf-8") as output:
            done = subprocess.run(
                [*machine.as_user(OWNER), BINARIES + "initdb", "--username=bench", "--auth=md5",
                 "--pwfile=" + self._password_file(), "--encoding=UTF8", "--locale=C.UTF-8",
                 "-D", data],
                cwd=self.folder, stdout=output, stderr=output, timeout=START_SECONDS_MAX,
                check=False)
        if done.returncode:
            machine.fail(f"initdb failed, see {log}")
        with open(os.path.join(data, "postgresql.conf"), "a", encoding="utf-8") as settings:
            settings.write(SETTINGS.format(port=self.port, connections=self.connections))
        self.server = machine.Server([*machine.as_user(OWNER), BINARIES + "postgres", "-D", data],
                                     log, cwd=self.folder)
        ready = [BINARIES + "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        end = time.monotonic() + START_SECONDS_MAX
        while subprocess.run(ready, check=False).returncode:
            self.server.check()
            if time.monotonic() > end:
                machine.fail(f"PostgreSQL is not up after {START_SECONDS_MAX} s, see {log}")
            time.sleep(0.1)

    def _password_file(self):
        path = os.path.join(self.folder, "password")
        with open(path, "w", encoding="utf-8", opener=lambda *a: os.open(*a, 0o600)) as file:
            file.write(self.password)
        shutil.chown(path, *([OWNER] if os.getuid() == 0 else [os.getuid()]))
        return path

    def __exit__(self, *_):
        if self.server:
            self.server.stop(signal.SIGINT, signal.SIGQUIT)  # Fast, else at once.
        shutil.rmtree(self.folder, ignore_errors=True)

    def environment(self):
        """In which libpq's programs find it."""
        return {**os.environ, "PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": "bench",
                "PGPASSWORD": self.password, "PGDATABASE": "postgres"}

    def query(self, *words, text=None):
        """psql with these words, or with `text` as its input; what it prints, unaligned."""
        done = subprocess.run([BINARIES + "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", *words],
                              input=text, env=self.environment(), capture_output=True, text=True,
                              timeout=QUERY_SECONDS_MAX, check=False)
        if done.returncode:
            machine.fail(f"psql: {done.stderr.strip()}")
        return done.stdout.strip()

    def durability(self):
        names = ("fsync", "synchronous_commit", "wal_sync_method", "full_page_writes")
        return ", ".join(f"{name}={self.query('-c', 'SHOW ' + name)}" for name in names)
