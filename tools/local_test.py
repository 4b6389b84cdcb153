"""local.py with stand-ins for the binaries: what it starts, waits for, calls and ends."""

import glob
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

TOOLS = os.path.dirname(os.path.abspath(__file__))
LOCAL = os.path.join(TOOLS, "local.py")
SOURCE = "lib/python3.11/site-packages/lifetimes/datasets"

# Serves /readyz on the address after --admin-address until it is ended; notes its arguments and
# its end.
SERVER = f"""#!{sys.executable}
import http.server, signal, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_):
        pass
def end(*_):
    print("ended", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
host, port = sys.argv[sys.argv.index("--admin-address") + 1].split(":")
print(sys.argv[1:], flush=True)
http.server.HTTPServer((host, int(port)), Handler).serve_forever()
"""
CALLER = """#!/bin/sh
echo "$*" >>calls
[ "$3 $4" != "$FAIL_AT" ]
"""
BROKER = """#!/bin/sh
echo "$1" >>broker-calls
mkdir -p "$2" && echo 127.0.0.1:9 >"$2/bootstrap"
"""


def free_address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


class Local(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = folder.name
        self.admin = free_address()
        for name in ("suite", "customer", "sales-pipeline", "marketing-campaign", "service-desk"):
            self.write(f"build/release/bin/{name}", SERVER)
        self.write("build/release/bin/crmctl", CALLER)
        self.write("tools/kafka/broker", BROKER)
        self.write(f".deps/venv/{SOURCE}/CDNOW_master.txt", "id\n 00001 19970101  1   11.77\n")

    def write(self, path, text):
        path = os.path.join(self.home, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o755)

    def read(self, path):
        with open(os.path.join(self.home, path), encoding="utf-8") as file:
            return file.read()

    def local(self, *arguments, **environment):
        return subprocess.run([sys.executable, LOCAL, *arguments], cwd=self.home, timeout=60,
                              env={**os.environ, **environment}, capture_output=True, text=True,
                              check=False)

    def demo(self, **environment):
        return self.local("demo", "--once", "--admin-address", self.admin, "--data-dir", "d",
                          **environment)

    def verbs(self):
        return [" ".join(line.split()[2:4]) for line in self.read("calls").splitlines()]

    def test_the_demo_imports_once_reports_and_ends_the_suite(self):
        first = self.demo()
        self.assertEqual(first.returncode, 0, first.stderr)
        self.assertIn("grpcurl -plaintext 127.0.0.1:50051 list", first.stdout)
        self.assertEqual(self.verbs(), ["wait-ready", "import customers", "import orders",
                                        "wait-ready --caught-up", "customers list",
                                        "pyramid --start"])
        self.assertIn("cdnow,CDNOW_master.txt:2,cdnow,00001,1997-01-01,USD,11.77,1,CD\n",
                      self.read(".run/cdnow/orders.csv"))
        self.assertTrue(self.read(".run/suite.log").endswith("ended\n"))
        os.mkdir(os.path.join(self.home, "d"))  # As the suite would have.
        self.assertEqual(self.demo().returncode, 0)
        self.assertEqual(self.verbs()[6:], ["pyramid --start"])
        os.rmdir(os.path.join(self.home, "d"))
        self.assertEqual(self.demo().returncode, 0)
        self.assertEqual(self.verbs()[7:], self.verbs()[:6])

    def test_an_import_that_was_cut_off_is_sent_again(self):
        self.assertIn("import orders .run/cdnow/orders.csv failed",
                      self.demo(FAIL_AT="import orders").stderr)
        self.assertTrue(self.read(".run/suite.log").endswith("ended\n"))
        self.assertEqual(self.demo().returncode, 0)
        self.assertEqual(self.verbs(), ["wait-ready", "import customers", "import orders"] * 2
                         + ["wait-ready --caught-up", "customers list", "pyramid --start"])

    def test_a_suite_that_does_not_start_is_quoted(self):
        self.write("build/release/bin/suite", "#!/bin/sh\necho the directory is in use\nexit 1\n")
        done = self.demo()
        self.assertEqual(done.returncode, 1)
        self.assertIn("the directory is in use", done.stderr)

    def test_down_ends_what_up_began_and_nothing_else(self):
        done = self.local("up")
        self.addCleanup(self.local, "down")
        self.assertEqual(done.returncode, 0, done.stderr)
        pids = [int(self.read(path).split()[0])
                for path in glob.glob(f"{self.home}/.run/*.pid")]
        self.assertEqual(len(pids), 4)
        self.assertIn("'--kafka-brokers', '127.0.0.1:9'", self.read(".run/service-desk.log"))
        # A pid file whose process is another one now: the pid fits, the time of birth does not.
        stranger = subprocess.Popen(["sleep", "60"])
        self.addCleanup(stranger.kill)
        desk = int(self.read(".run/service-desk.pid").split()[0])
        self.write(".run/service-desk.pid", f"{stranger.pid} 1\n")
        self.assertEqual(self.local("down").returncode, 0)
        self.assertIsNone(stranger.poll())
        os.kill(desk, signal.SIGTERM)
        stranger.kill()
        stranger.wait()
        deadline = time.monotonic() + 10
        while any(os.path.exists(f"/proc/{pid}") and not zombie(pid) for pid in pids):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        self.assertEqual(self.read("broker-calls"), "start\nstop\n")
        self.assertEqual(glob.glob(f"{self.home}/.run/*.pid"), [])


def zombie(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


if __name__ == "__main__":
    unittest.main()
