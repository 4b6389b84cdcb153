#!/usr/bin/env python3
"""Loads the sample company of demo_company.py through the public APIs, and asks about it.

    demo.py load --crmctl BIN --servers 127.0.0.1:50051 --folder DIR [--companies N] [--managers N]
        [--business-date DAY] STEP...
    demo.py ask  the same, without steps

Steps, in this order: people, book, first-year, programme, interviews, second-year, stories. Each
can be done again: nothing changes. The book and the stories need the people; the programme needs
the first year, and a business date before it (`demo.py dates` says which). Servers: one for all, or
"crm.customer.v1=ADDRESS,crm.sales.v1=ADDRESS,crm.servicedesk.v1=ADDRESS".
"""

import argparse
import datetime
import json
import subprocess
import sys
import time
import unicodedata

import demo_company
from demo_company import PROGRAMME, Company, in_folder

CUSTOMER, SALES, DESK = "crm.customer.v1", "crm.sales.v1", "crm.servicedesk.v1"
STEPS = ["people", "book", "first-year", "programme", "interviews", "second-year", "stories"]
POLL_SECONDS = 0.1
WAIT_SECONDS_MAX = 120
PAGE = 1_000
QUESTIONS = [("orders-fallen", "Whose orders fell most?"),
             ("repeat-complainers", "Which gold customers complained more than once?"),
             ("few-product-buyers", "Who buys one or two products, and could buy more?"),
             ("wanted", "Whom do we want this year?"),
             ("gold-customers", "Who are the gold customers?")]


class Loader:
    def __init__(self, company, crmctl, servers, folder):
        self.company, self.crmctl, self.folder = company, crmctl, folder
        pairs = dict(server.split("=") for server in servers.split(",") if "=" in server)
        self.server = pairs.get if pairs else lambda _: servers

    def run(self, package, *arguments):
        return subprocess.run([self.crmctl, "--server", self.server(package), *arguments],
                              check=True, capture_output=True, text=True).stdout

    def ask(self, method, request, package=CUSTOMER):
        return json.loads(self.run(package, "call", method, json.dumps(request), "--json"))

    def try_ask(self, method, request):
        try:
            return self.ask(method, request)
        except subprocess.CalledProcessError:
            return None

    def wait(self, what, done):
        begin = time.monotonic()
        while not done():
            if time.monotonic() - begin > WAIT_SECONDS_MAX:
                sys.exit(f"demo.py: {what}: not within {WAIT_SECONDS_MAX} s")
            time.sleep(POLL_SECONDS)

    def say(self, name, calls, package=CUSTOMER):
        path = self.company.write_calls(in_folder(self.folder, f"{name}.calls"), calls)
        self.run(package, "calls", path)

    def bring(self, kind, name, rows):
        path = self.company.write_rows(in_folder(self.folder, f"{name}.csv"), rows)
        if kind == "orders":
            self.run(SALES, "import", kind, path)
        else:
            self.run(CUSTOMER, "import", kind, path, "--upload")

    def numbers(self):
        return range(self.company.companies)

    def people(self):
        self.say("people", self.company.people())

    def book(self):
        self.bring("customers", "customers", map(self.company.customer_row, self.numbers()))
        self.bring("contacts", "contacts", map(self.company.contact_row, self.numbers()))

    def first_year(self):
        day = self.company.day(-272)
        self.bring("orders", "first-year", (
            self.company.order_row(i, "y1", day, self.company.units_before(i))
            for i in self.numbers()))

    def programme(self):
        self.say("programme", self.company.programme())
        plan = self.company.plan()

        # Owners are given by reactions, so that books fill up a moment after an import.
        def whole():
            seen = self.try_ask("PlanInterviews", {**plan, "validate_only": True})
            return seen is not None and (seen.get("treated_count", 0) + seen.get(
                "control_count", 0) == self.company.companies)
        self.wait("the whole plan can be seen", whole)
        self.ask("PlanInterviews", plan)
        self.wait("all books are drawn", lambda: self.ask(
            "GetInterviewProgramme", {"name": PROGRAMME}).get("status") ==
            "PROGRAMME_STATUS_PLANNED" and len(self.members()) == self.company.companies)

    def members(self):
        members, token = [], ""
        while True:
            page = self.ask("ListProgrammeMembers", {
                "parent": PROGRAMME, "page_size": PAGE, "page_token": token})
            members += page.get("programme_members", [])
            token = page.get("next_page_token", "")
            if not token:
                return members

    def interviews(self):
        members = self.members()
        planned = sum(1 for member in members if member.get("interview"))

        def there():
            count, token = 0, ""
            while True:
                page = self.ask("ListInterviews", {
                    "parent": "customers/-", "page_size": PAGE, "page_token": token,
                    "filter": f'programme = "{PROGRAMME}"'})
                count += len(page.get("interviews", []))
                token = page.get("next_page_token", "")
                if not token:
                    return count == planned
        self.wait("all interviews are planned", there)
        self.say("interviews", self.company.interviews(members))

    def second_year(self):
        members = (self.try_ask("ListProgrammeMembers", {"parent": PROGRAMME, "page_size": 1}) or
                   {}).get("programme_members")
        treated = {member["customer"] for member in self.members() if member.get("interview")
                   } if members else set()
        day = self.company.day(215)
        self.bring("orders", "second-year", (
            self.company.order_row(i, "y2", day, self.company.units_after(
                i, demo_company.customer(self.company.book_id(i)) in treated))
            for i in self.numbers()))

    def stories(self):
        stories = demo_company.STORIES
        self.bring("customers", "story-customers",
                   (self.company.story_row(i, story) for i, story in enumerate(stories)))
        self.bring("contacts", "story-contacts", self.company.story_contacts())
        self.say("stories", self.company.story_calls())
        self.say("story-sales", self.company.story_sales(), SALES)
        self.say("story-tickets", self.company.story_tickets(), DESK)

    def load(self, steps):
        for step in STEPS:
            if step not in steps:
                continue
            begin = time.monotonic()
            getattr(self, step.replace("-", "_"))()
            print(f"{step}: {time.monotonic() - begin:.1f} s", flush=True)

    # Questions and their answers.

    def answer(self, row):
        name = row["display_name"]
        wide = sum(unicodedata.east_asian_width(letter) == "W" for letter in name)
        words = [name.ljust(26 - wide)]
        for field, what in [("previous_revenue", "before"), ("revenue", "now")]:
            if field in row:
                words.append(f"{what} {int(row[field].get('units', 0)):>9,} USD")
        if row.get("count"):
            words.append(f"({row['count']})")
        return "  ".join(words)

    def questions(self):
        self.ask("ComputeTierPlan", {"name": "tierPlans/standard",
                                     "request_id": f"demo-tiers-{time.time_ns()}"})
        self.wait("tiers", lambda: self.ask(
            "RunReport", {"name": "savedReports/gold-customers"}).get("rows"))
        for report, question in QUESTIONS:
            rows = self.ask("RunReport", {"name": f"savedReports/{report}"}).get("rows", [])
            print(f"\n{question} ({len(rows)})")
            for row in rows[:5]:
                print("   " + self.answer(row))
        print(f"\nWho calls from {demo_company.CALLER}?")
        for caller in self.ask("LookupCaller", {"number": demo_company.CALLER}).get("callers", []):
            name = caller.get("contact", {}).get("personal", {})
            print(f"   {name.get('family_name', '')} {name.get('given_name', '')}, "
                  f"{caller.get('position', {}).get('title', '')} at "
                  f"{caller['customer']['display_name']}; "
                  f"{caller.get('open_opportunity_count', 0)} open opportunities")
        effect = self.try_ask("GetInterviewEffect", {"name": PROGRAMME})
        if effect is not None:
            print("\nWhat came of a year of listening?")
            for group in ("treated", "control"):
                print(f"   {group:8}{effect[group]['size']:>5} companies"
                      f"{effect[group]['mean_change']:>+8.1%}")
            print(f"   difference {effect['difference']:+.1%}, with 95 % between "
                  f"{effect['interval_low']:+.1%} and {effect['interval_high']:+.1%}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("command", choices=["load", "ask", "dates"])
    parser.add_argument("steps", nargs="*", metavar="STEP", help=", ".join(STEPS))
    parser.add_argument("--crmctl", default="build/release/bin/crmctl")
    parser.add_argument("--servers", default="127.0.0.1:50051")
    parser.add_argument("--folder", default=".run/demo-files")
    parser.add_argument("--companies", type=int, default=1_000)
    parser.add_argument("--managers", type=int, default=20)
    parser.add_argument("--business-date", default="2026-06-30",
                        type=datetime.date.fromisoformat)
    return parser.parse_intermixed_args()


def main():
    given = arguments()
    company = Company(given.business_date, given.companies, given.managers)
    if given.command == "dates":
        print(f"plan on {company.plan_date}; programme {company.programme_start} to "
              f"{company.programme_end}; questions on {company.today}")
        return
    loader = Loader(company, given.crmctl, given.servers, given.folder)
    try:
        if given.command == "load":
            loader.load(given.steps or STEPS)
        else:
            loader.questions()
    except subprocess.CalledProcessError as error:
        sys.exit(f"demo.py: {' '.join(error.cmd)}:\n{error.stdout}{error.stderr}")


if __name__ == "__main__":
    main()
