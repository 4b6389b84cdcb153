"""Packages, users, ports and processes of this machine, each left as it was found."""

import argparse
import os
import pwd
import signal
import socket
import subprocess
import sys

INSTALL_SECONDS_MAX = 900
STOP_SECONDS_MAX = 30
# Debian starts these when they are installed.
SERVICES = {"postgresql-15": "postgresql", "tryton-server": "tryton-server"}


def fail(message):
    sys.exit(f"peers: {message}")


def say(message):
    print(f"peers: {message}", file=sys.stderr, flush=True)


def arguments(description):
    """Of every peer: `peer DIR [--seconds S] [--in-flight 1,64]`. DIR is made if need be."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("directory", help="for what it builds, downloads, stores and logs")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--in-flight", default="1,64,256,1024")
    given = parser.parse_args()
    given.directory = os.path.abspath(given.directory)
    os.makedirs(given.directory, exist_ok=True)
    given.levels = [int(level) for level in given.in_flight.split(",")]
    if not 0 < given.seconds <= 600 or not all(0 < level <= 4096 for level in given.levels):
        fail("--seconds up to 600, --in-flight from 1 to 4096")
    # So that a peer which is told to end tears down what it set up.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("peers: told to end"))
    return given


def settle_seconds(in_flight):
    """At N in flight before measuring: until connections are warm and callers had their turns."""
    return 2 + in_flight / 100


def _version(package):
    shown = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", package],
                           capture_output=True, text=True, check=False).stdout.split()
    return shown[1] if shown[:1] == ["installed"] else None


def install(packages, directory):
    """By apt, what is missing. A service that starts with its package is stopped again."""
    missing = [package for package in packages if not _version(package)]
    if missing:
        say("installing " + " ".join(missing))
        as_root = [] if os.getuid() == 0 else ["sudo"]
        with open(os.path.join(directory, "apt.log"), "w", encoding="utf-8") as log:
            for command in (["update", "-qq"],
                            ["install", "-y", "-qq", "--no-install-recommends", *missing]):
                done = subprocess.run(
                    [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *command],
                    stdout=log, stderr=log, timeout=INSTALL_SECONDS_MAX, check=False)
                if done.returncode:
                    fail(f"apt-get {command[0]} failed, see {log.name}")
        for service in (SERVICES[package] for package in missing if package in SERVICES):
            subprocess.run([*as_root, "service", service, "stop"], capture_output=True,
                           timeout=60, check=False)
    say("has " + ", ".join(f"{package} {_version(package)}" for package in packages))


def as_user(name):
    """The words before a command that make root run it as `name`; it stays the same process."""
    if os.getuid() != 0:
        return []
    return ["setpriv", f"--reuid={name}", f"--regid={name}", "--clear-groups"]


def give(path, name):
    """Makes `path` a folder of `name`, who must be able to reach it."""
    os.makedirs(path, mode=0o700, exist_ok=True)
    if os.getuid() == 0:
        user = pwd.getpwnam(name)
        os.chown(path, user.pw_uid, user.pw_gid)
    if subprocess.run([*as_user(name), "test", "-w", path], check=False).returncode:
        fail(f"user {name} cannot reach {path}: choose another folder by --dir")


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


class Server:
    """A process of ours, in a session of its own: a Ctrl-C at the terminal is not for it."""

    def __init__(self, command, log, **options):
        with open(log, "a", encoding="utf-8") as output:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output,
                                            stderr=output, start_new_session=True, **options)
        self.log = log

    def check(self):
        if self.process.poll() is not None:
            fail(f"{self.process.args[-1]} ended, see {self.log}")

    def stop(self, sign=signal.SIGTERM, at_last=signal.SIGKILL):
        if self.process.poll() is not None:
            return
        self.process.send_signal(sign)
        try:
            self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.process.send_signal(at_last)
            self.process.wait(STOP_SECONDS_MAX)
