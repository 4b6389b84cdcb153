#!/usr/bin/env python3
"""bench import: customers in three files of three encodings, one row in a hundred bad.

    import_files.py [--rows 100000] [--bin build/release/bin] [--no-kill]

Uploads, checks and runs them on the suite with the embedded log, and says rows in a second. Each
bad row must be reported by line, column and reason, and nothing else; each good one must be there.
Then the same in a new directory, where the suite is killed (-9) in the middle of each check and
each run: what is there in the end must be the same, byte for byte.
"""

import argparse
import base64
import csv
import hashlib
import io
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../tools"))
import dirty_customers  # noqa: E402  (found by the line before)

SECONDS_MAX = 60
ENCODINGS = ["utf-8", "utf-8-sig", "gb18030"]
POLL_SECONDS = 0.02
WAIT_SECONDS_MAX = 300
STAYED_OUT = 3  # crmctl: rows of an import were refused.


def fail(message):
    sys.exit(f"bench import: {message}")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Suite:
    """The suite as a process that can be killed and started again."""

    def __init__(self, binaries, folder):
        self.binaries, self.folder = binaries, folder
        self.address, self.admin = (f"127.0.0.1:{free_port()}" for _ in range(2))
        self.process = None

    def start(self):
        os.makedirs(self.folder, exist_ok=True)
        with open(f"{self.folder}/suite.log", "ab") as out:
            self.process = subprocess.Popen(
                [f"{self.binaries}/suite", "--data-dir", f"{self.folder}/data",
                 "--listen-address", self.address, "--admin-address", self.admin],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        wait("the suite is ready", self.ready)

    def ready(self):
        if self.process.poll() is not None:
            fail(f"the suite ended, see {self.folder}/suite.log")
        try:
            with urllib.request.urlopen(f"http://{self.admin}/readyz", timeout=2):
                return True
        except (urllib.error.HTTPError, OSError):
            return False

    def processor_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def crmctl(self, *arguments, codes=(0,)):
        done = subprocess.run([f"{self.binaries}/crmctl", "--server", self.address, *arguments],
                              capture_output=True, text=True, check=False)
        if done.returncode not in codes:
            fail(f"crmctl {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def ask(self, method, request):
        return json.loads(self.crmctl("call", method, json.dumps(request), "--json"))

    def get(self, name):
        return self.ask("GetImport", {"name": f"imports/{name}"})


def wait(what, done):
    begin = time.monotonic()
    while not done():
        if time.monotonic() - begin > WAIT_SECONDS_MAX:
            fail(f"{what}: not within {WAIT_SECONDS_MAX} s")
        time.sleep(POLL_SECONDS)


class File:
    def __init__(self, folder, encoding, first, rows, seed):
        self.name, self.rows, self.first, self.seed = f"book-{encoding}", rows, first, seed
        self.path = f"{folder}/{encoding}.csv"
        self.bad = dirty_customers.write(self.path, rows, encoding, seed, first)

    def expected_errors(self):
        with open(f"{self.path}.expected", encoding="utf-8") as lines:
            return lines.read().splitlines()

    def expected_names(self):
        """By number; as the generator's chance has it."""
        chance, names = random.Random(self.seed), {}
        for number in range(self.first, self.first + self.rows):
            if number % dirty_customers.BAD_EVERY == 50:
                continue
            row = next(csv.reader(io.StringIO(dirty_customers.good_row(number, chance))))
            names[number] = row[3]
        return names


def upload(suite, file, *more):
    suite.crmctl("import", "customers", file.path, "--upload", "--import", file.name, *more,
                 codes=(0, STAYED_OUT))


def errors_of(suite, file):
    found, token = [], ""
    while True:
        page = suite.ask("ListImportErrors", {
            "parent": f"imports/{file.name}", "page_size": 1000, "page_token": token,
            "filter": "fault.severity = IMPORT_SEVERITY_ERROR"})
        for error in page.get("import_errors", []):
            fault = error["fault"]
            found.append(f"{fault['line']} {fault.get('column') or '-'} {fault['reason']}")
        token = page.get("next_page_token", "")
        if not token:
            return found


def export_of(suite):
    """The contents, as customers are sorted: by name."""
    fields = ["display_name", "employees", "industry", "personal.phones", "personal.emails"]
    suite.ask("CreateExport", {"export_id": "all", "request_id": "all", "export": {
        "fields": fields, "reason": "to compare"}})
    state = {}

    def ended():
        state.update(suite.ask("GetExport", {"name": "exports/all"}))
        return state["state"] != "EXPORT_STATE_RUNNING"
    begin = time.monotonic()
    wait("the export", ended)
    if state["state"] != "EXPORT_STATE_DONE":
        fail(f"the export is {state}")
    seconds = time.monotonic() - begin
    content = b""
    for number in range(state["result"]["chunk_count"]):
        part = suite.ask("DownloadExport", {"name": "exports/all", "chunk_number": number})
        content += base64.b64decode(part["content"])
    return content, seconds


def expect_all_rows(files, content):
    names = {f"erp-{n}": name for file in files for n, name in file.expected_names().items()}
    rows = list(csv.reader(io.StringIO(content.decode(), newline="")))[1:]
    found = [row[0].removeprefix("'") if row[0][:2] in ("'=", "'+", "'-", "'@") else row[0]
             for row in rows]
    if found != [names[key] for key in sorted(names)]:
        fail(f"{len(found)} customers are there, {len(names)} were good, or they differ")


def run(suite, files):
    """Seconds of check (with upload) and run of all files."""
    check = taken = 0.0
    for file in files:
        begin = time.monotonic()
        upload(suite, file, "--validate-only")
        middle = time.monotonic()
        upload(suite, file)
        check += middle - begin
        taken += time.monotonic() - middle
        ran = suite.get(file.name)["ran"]
        if int(ran["rows"]) != file.rows - file.bad or int(ran.get("refused_rows", 0)):
            fail(f"{file.name}: {ran}")
        if (errors := errors_of(suite, file)) != file.expected_errors():
            fail(f"{file.name}: other errors than expected: {errors[:5]} ...")
    return check, taken


def run_with_kills(suite, files):
    for file in files:
        for begin, counts, more in [("checked", "rows", ["--validate-only"]), ("ran", "rows", [])]:
            client = subprocess.Popen(
                [f"{suite.binaries}/crmctl", "--server", suite.address, "import", "customers",
                 file.path, "--upload", "--import", file.name, *more],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

            def in_the_middle():
                asked = subprocess.run(
                    [f"{suite.binaries}/crmctl", "--server", suite.address, "call", "GetImport",
                     json.dumps({"name": f"imports/{file.name}"}), "--json"],
                    capture_output=True, text=True, check=False)
                now = json.loads(asked.stdout) if asked.returncode == 0 else {}
                return int(now.get(begin, {}).get(counts, 0)) > 0
            wait(f"{file.name} goes on", in_the_middle)
            suite.kill()
            suite.start()
            client.kill()
            client.wait()
            upload(suite, file, *more)
        if errors_of(suite, file) != file.expected_errors():
            fail(f"{file.name}: other errors than expected after kills")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--bin", default="build/release/bin")
    parser.add_argument("--no-kill", action="store_true")
    given = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="bench-import-")
    first, files = 0, []
    for i, encoding in enumerate(ENCODINGS):
        rows = given.rows * (i + 1) // 3 - given.rows * i // 3
        files.append(File(folder, encoding, first, rows, seed=i + 1))
        first += rows
    suites = []
    try:
        suites.append(Suite(given.bin, f"{folder}/one"))
        suites[0].start()
        check, taken = run(suites[0], files)
        used = suites[0].processor_seconds()
        content, seconds = export_of(suites[0])
        expect_all_rows(files, content)
        good = given.rows - sum(file.bad for file in files)
        print(f"check {given.rows / check:>9,.0f} rows/s  {check:5.1f} s, with the upload\n"
              f"run   {good / taken:>9,.0f} rows/s  {taken:5.1f} s\n"
              f"export{good / seconds:>9,.0f} rows/s  {seconds:5.1f} s, {len(content):,} bytes")
        held = "held" if check + taken <= SECONDS_MAX * given.rows / 100_000 else "MISSED"
        print(f"{given.rows:,} rows, {given.rows - good:,} of them bad, in {check + taken:.1f} s; "
              f"at most {SECONDS_MAX} s for 100,000: {held}\n"
              f"the suite used {used:.1f} s of processor time")
        suites[0].kill()
        if not given.no_kill:
            suites.append(Suite(given.bin, f"{folder}/two"))
            suites[1].start()
            run_with_kills(suites[1], files)
            again, _ = export_of(suites[1])
            hashes = [hashlib.sha256(one).hexdigest()[:16] for one in (content, again)]
            print(f"killed in the middle of each check and run: {hashes[1]}, undisturbed "
                  f"{hashes[0]}: {'held' if again == content else 'MISSED'}")
    finally:
        for suite in suites:
            if suite.process is not None and suite.process.poll() is None:
                suite.kill()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
