#!/usr/bin/env python3
"""Runs the built system on this machine: `tools/dev run`, `up` and `down` end here.

    local.py demo [--once] [--data-dir DIR] [--listen-address A] [--admin-address A]
        The suite on the embedded log in the foreground, with the CDNOW orders in it.
    local.py sample [--once] [--companies N] [--managers N] ...
        The same with the sample company of demo_company.py, and questions about it.
    local.py up     a broker and the four services as processes, in .run/
    local.py down   ends those processes, and only those
"""

import argparse
import contextlib
import datetime
import glob
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import cdnow
import demo as demo_load
import demo_company

BIN = "build/release/bin"
RUN = ".run"
SUITE_LOG = f"{RUN}/suite.log"
SOURCE = ".deps/venv/lib/python3*/site-packages/lifetimes/datasets/CDNOW_master.txt"
BROKER = "tools/kafka/broker"
# The day after the last order of the set: what windows and timers of the demo count from.
BUSINESS_DATE = "1998-07-01"
# What the sample company is asked as of.
SAMPLE_DATE = "2026-06-30"
# Each service's binary and proto package.
SERVICES = {"customer": "crm.customer.v1", "sales-pipeline": "crm.sales.v1",
            "marketing-campaign": "crm.marketing.v1", "service-desk": "crm.servicedesk.v1"}
FIRST_PORT = 50051
FIRST_ADMIN_PORT = 9051
POLL_SECONDS = 0.05
SAY_SECONDS = 5
STOP_SECONDS_MAX = 30
REACT_SECONDS_MAX = 300


def fail(message):
    sys.exit(f"tools/dev: {message}")


def log_tail(path, lines=5):
    with open(path, encoding="utf-8", errors="replace") as file:
        return "".join(file.readlines()[-lines:])


def readiness(admin):
    """None when the service at this admin address is ready, else why it is not."""
    try:
        with urllib.request.urlopen(f"http://{admin}/readyz", timeout=2):
            return None
    except urllib.error.HTTPError as error:
        return error.read().decode(errors="replace").strip()
    except OSError as error:
        return str(getattr(error, "reason", error))


def wait_until_ready(name, admin, alive, log):
    """Waits as long as the process lives: after an unclean stop it may have a log to replay."""
    said = time.monotonic()
    while (why := readiness(admin)) is not None:
        if not alive():
            fail(f"{name} ended before it was ready; {log} says:\n{log_tail(log)}")
        if time.monotonic() - said > SAY_SECONDS:
            said = time.monotonic()
            print(f"waiting for {name}: {why}", flush=True)
        time.sleep(POLL_SECONDS)


# The demo.

def crmctl(listen, *arguments):
    return [f"{BIN}/crmctl", "--server", listen, *arguments]


def imported(data):
    """The file that says that this data directory holds the whole set."""
    return data.rstrip("/") + ".imported"


def await_reactions(listen):
    """An order makes its customer ACTIVE a moment later; the pyramid's counts agree only then."""
    begin = time.monotonic()
    still = crmctl(listen, "customers", "list", "--filter", "status = CUSTOMER_STATUS_PROSPECT",
                   "--page-size", "1", "--columns", "name")
    while "customers/" in subprocess.run(still, check=True, capture_output=True, text=True).stdout:
        if time.monotonic() - begin > REACT_SECONDS_MAX:
            fail(f"the orders have not made every customer active within {REACT_SECONDS_MAX} s")
        time.sleep(POLL_SECONDS)


def import_orders(data, listen):
    """Imports the set once for each data directory; an import that was cut off is sent again."""
    if os.path.exists(imported(data)):
        return
    subprocess.run(crmctl(listen, "wait-ready"), check=True)
    customers, orders = cdnow.convert(glob.glob(SOURCE)[0], f"{RUN}/cdnow")
    subprocess.run(crmctl(listen, "import", "customers", customers), check=True)
    subprocess.run(crmctl(listen, "import", "orders", orders), check=True)
    subprocess.run(crmctl(listen, "wait-ready", "--caught-up"), check=True)
    await_reactions(listen)
    with open(imported(data), "w", encoding="utf-8"):
        pass


def report(listen, admin):
    subprocess.run(crmctl(listen, "pyramid", "--start", "1997-01-01", "--end", BUSINESS_DATE,
                          "--measure", "revenue"), check=True)
    print(f"""
All four services listen on {listen}; metrics and probes on http://{admin}.
Call them from another terminal:
  {BIN}/crmctl pyramid --start 1998-01-01 --end 1998-04-01
  {BIN}/crmctl customers list --page-size 5
  {BIN}/crmctl --help
  grpcurl -plaintext {listen} list""", flush=True)


@contextlib.contextmanager
def running_suite(options, business_date):
    """The suite in a process of its own, which ends with the block."""
    os.makedirs(RUN, exist_ok=True)
    with open(SUITE_LOG, "a", encoding="utf-8") as out:
        suite = subprocess.Popen(
            [f"{BIN}/suite", "--data-dir", options.data_dir, "--business-date", business_date,
             "--listen-address", options.listen_address, "--admin-address", options.admin_address],
            stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        wait_until_ready("the suite", options.admin_address, lambda: suite.poll() is None,
                         SUITE_LOG)
        yield suite
    except subprocess.CalledProcessError as error:
        said = f":\n{error.stdout}{error.stderr}" if error.stderr else ""
        fail(f"{' '.join(error.cmd)} failed with {error.returncode}{said}")
    except KeyboardInterrupt:
        print("\nending", flush=True)
    finally:
        if suite.poll() is None:
            suite.terminate()
            suite.wait()


def serve(suite, options):
    if options.once:
        return
    print(f"\nCtrl-C ends it; its data stays in {options.data_dir}, it logs to {SUITE_LOG}.",
          flush=True)
    if suite.wait() != 0:
        fail(f"the suite ended; {SUITE_LOG} says:\n{log_tail(SUITE_LOG)}")


def forget_import(data):
    if not os.path.isdir(data) and os.path.exists(imported(data)):
        os.remove(imported(data))


def demo(options):
    forget_import(options.data_dir)
    with running_suite(options, BUSINESS_DATE) as suite:
        import_orders(options.data_dir, options.listen_address)
        report(options.listen_address, options.admin_address)
        serve(suite, options)


# The sample company: two business dates, as its interviews were planned a year before.

def sample_loader(options):
    company = demo_company.Company(datetime.date.fromisoformat(SAMPLE_DATE), options.companies,
                                   options.managers)
    return company, demo_load.Loader(company, f"{BIN}/crmctl", options.listen_address,
                                     f"{RUN}/sample")


def sample(options):
    forget_import(options.data_dir)
    company, loader = sample_loader(options)
    if not os.path.exists(imported(options.data_dir)):
        with running_suite(options, company.plan_date.isoformat()):
            loader.load(["people", "book", "first-year", "programme", "interviews"])
    with running_suite(options, SAMPLE_DATE) as suite:
        if not os.path.exists(imported(options.data_dir)):
            loader.load(["second-year", "stories"])
            subprocess.run(crmctl(options.listen_address, "wait-ready", "--caught-up"), check=True)
            with open(imported(options.data_dir), "w", encoding="utf-8"):
                pass
        loader.questions()
        print(f"\nAll four services listen on {options.listen_address}.", flush=True)
        serve(suite, options)


# The services as processes.

def birth(pid):
    """When a process began, in ticks since boot: tells it from a later one of the same pid."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


def running(name):
    """The pid of a process that `start` began, while it lives."""
    try:
        with open(f"{RUN}/{name}.pid", encoding="ascii") as file:
            pid, born = file.read().split()
    except OSError:
        return None
    return int(pid) if birth(pid) == born else None


def start(name, command):
    log = f"{RUN}/{name}.log"
    with open(log, "a", encoding="utf-8") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                   start_new_session=True)
    with open(f"{RUN}/{name}.pid", "w", encoding="ascii") as file:
        file.write(f"{process.pid} {birth(process.pid) or 0}\n")
    return lambda: process.poll() is None


def stop(name):
    pid = running(name)
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS_MAX
        while running(name) == pid:
            if time.monotonic() > deadline:
                print(f"{name} did not end in {STOP_SECONDS_MAX} s: killed", flush=True)
                os.kill(pid, signal.SIGKILL)
                deadline = float("inf")
            time.sleep(POLL_SECONDS)
        print(f"{name} ended", flush=True)
    if os.path.exists(f"{RUN}/{name}.pid"):
        os.remove(f"{RUN}/{name}.pid")


def addresses(first_port):
    return {name: f"127.0.0.1:{first_port + i}" for i, name in enumerate(SERVICES)}


def up():
    os.makedirs(RUN, exist_ok=True)
    subprocess.run([BROKER, "start", f"{RUN}/kafka"], check=True)
    with open(f"{RUN}/kafka/bootstrap", encoding="ascii") as file:
        bootstrap = file.read().strip()
    listens, admins = addresses(FIRST_PORT), addresses(FIRST_ADMIN_PORT)
    alive = {}
    for name in SERVICES:
        if running(name) is None:
            alive[name] = start(name, [
                f"{BIN}/{name}", "--data-dir", f"{RUN}/{name}", "--log", "kafka",
                "--kafka-brokers", bootstrap, "--kafka-replication-factor", "1",
                "--kafka-min-insync-replicas", "1", "--listen-address", listens[name],
                "--admin-address", admins[name], "--service-addresses",
                ",".join(f"{SERVICES[other]}={listens[other]}" for other in SERVICES)])
    for name, still in alive.items():
        wait_until_ready(name, admins[name], still, f"{RUN}/{name}.log")
    for name in SERVICES:
        print(f"{name:20} {listens[name]}   http://{admins[name]}/metrics")
    print(f"{'broker':20} {bootstrap}\n`tools/dev down` ends them; logs and data stay in {RUN}/.")


def down():
    for name in SERVICES:
        stop(name)
    if os.path.isdir(f"{RUN}/kafka"):
        subprocess.run([BROKER, "stop", f"{RUN}/kafka"], check=True)


def main():
    parser = argparse.ArgumentParser(prog="tools/dev")
    commands = parser.add_subparsers(dest="command", required=True)
    for command, verb, data in [("demo", "run", "suite"), ("sample", "demo", "sample-suite")]:
        run = commands.add_parser(command, prog=f"tools/dev {verb}")
        run.add_argument("--once", action="store_true", help="end after the report")
        run.add_argument("--data-dir", default=f"{RUN}/{data}")
        run.add_argument("--listen-address", default=f"127.0.0.1:{FIRST_PORT}")
        run.add_argument("--admin-address", default=f"127.0.0.1:{FIRST_ADMIN_PORT}")
    run.add_argument("--companies", type=int, default=1_000)
    run.add_argument("--managers", type=int, default=20)
    commands.add_parser("up")
    commands.add_parser("down")
    options = parser.parse_args()
    if options.command == "demo":
        demo(options)
    elif options.command == "sample":
        sample(options)
    elif options.command == "up":
        up()
    else:
        down()


if __name__ == "__main__":
    main()
