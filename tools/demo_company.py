"""A made-up company of the STANDARD business model, described once, as files for crmctl.

Everything is counted from one business date and a number, so that the same arguments give the same
bytes. A book of companies, each account manager with an equal part of it, orders of two years and
an interview programme between them; beside it a handful of customers, each with a story of its own
(STORIES), for whom the saved reports and the caller's number have answers.
"""

import csv
import dataclasses
import datetime
import json
import os

SYSTEM = "erp"
PROGRAMME = "interviewProgrammes/listening"
SEED = "5eed5eed5eed5eed5eed5eed5eed5eed"
CALLER = "+49301234567"
TREATED, CONTROL = 0.06, -0.08

BRANDS = "华信达盛恒泰鑫源宏远博瑞嘉禾天成金鼎新东方海中联合创伟立德康美佳乐安顺通利"
TRADES = [("科技", "software"), ("贸易", "trade"), ("机械", "machinery"), ("食品", "food"),
          ("物流", "logistics"), ("电子", "electronics"), ("建材", "construction")]
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = ["伟", "芳", "娜", "秀英", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟",
         "志明", "文华"]
LATIN = ["Nord", "Süd", "Rhein", "Main", "Elbe", "Weser", "Alpen", "Hansa", "Donau", "Spree",
         "Harz", "Isar", "Saar"]
LATIN_TRADES = [("Technik", "machinery"), ("Logistik", "logistics"), ("Handel", "trade"),
                ("Systeme", "software"), ("Werke", "electronics"), ("Bau", "construction"),
                ("Kost", "food")]
LATIN_FIRST = ["Anna", "Peter", "Maria", "Jonas", "Laura", "Thomas", "Sabine", "Frank", "Lena"]
LATIN_LAST = ["Müller", "Weber", "Becker", "Hoffmann", "Koch", "Wagner", "Schulz", "Braun"]
BANDS = ["1_to_10", "11_to_50", "51_to_200", "201_to_500", "501_to_1000", "over_1000"]
ROLES = ["decider", "buyer", "influencer", "user"]
TITLES = {"decider": "Managing director", "buyer": "Head of purchasing",
          "influencer": "Head of engineering", "user": "Shift leader"}


@dataclasses.dataclass(frozen=True)
class Branch:
    """One of ours, and where its customers are."""
    id: str
    name: str
    region: str
    locality: str
    area: str  # Of telephone numbers.
    postal: str


BRANCHES = [Branch("bj", "北京", "北京市", "北京", "10", "100020"),
            Branch("sh", "上海", "上海市", "上海", "21", "200040"),
            Branch("gz", "广州", "广东省", "广州", "20", "510620"),
            Branch("cd", "成都", "四川省", "成都", "28", "610041"),
            Branch("fra", "Frankfurt", "Hessen", "Frankfurt am Main", "69", "60311")]


@dataclasses.dataclass(frozen=True)
class Story:
    """A customer that some question is about. Orders are (units, products), before and now."""
    id: str
    name: str
    kind: str
    about: str
    owner: str
    before: tuple
    now: tuple
    complaints: int = 0


STORIES = [
    Story("k01", "华北钢铁有限公司", "company", "its orders fell most", "lead-bj", (90_000, "abc"),
          (12_000, "abc")),
    Story("k02", "东海造船集团有限公司", "company", "the best of all, and complains again", "lead-sh",
          (400_000, "abcd"), (500_000, "abcd"), complaints=2),
    Story("k03", "南方纸业有限公司", "company", "buys one product", "lead-gz", (60_000, "a"),
          (64_000, "a")),
    Story("k04", "西部航空有限公司", "company", "never ordered; whom we want", "lead-cd", (), ()),
    Story("k05", "Alpha Holding AG", "company", "the parent of Alpha Works", "lead-fra", (), ()),
    Story("k06", "Alpha Works GmbH", "company", "calls us", "lead-fra", (20_000, "abc"),
          (23_000, "abc")),
    Story("k07", "海淀区教育局", "government", "an authority", "lead-bj", (15_000, "abc"),
          (15_500, "abc")),
    Story("k08", "王氏之家", "household", "a household", "lead-sh", (900, "abc"), (950, "abc")),
    Story("k09", "赵敏", "person", "a person, in the pool", "", (), ()),
    Story("k10", "天山乳业有限公司", "company", "nobody's: in the pool", "", (), ()),
    Story("k11", "Beta Maschinen GmbH", "company", "fell, but by less than half", "lead-fra",
          (50_000, "abc"), (30_000, "abc")),
    Story("k12", "Gamma Druck GmbH", "company", "has not ordered for a year", "lead-fra",
          (8_000, "abcd"), (), complaints=1),
]


def social_credit_code(number):
    """A Chinese tax id (GB 32100): 17 signs and a check sign."""
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = f"91110105MA{number:07d}"
    total = sum(signs.index(sign) * pow(3, i, 31) for i, sign in enumerate(body))
    return body + signs[-total % 31]


def vat_id(number):
    """A German one: 8 digits and a check digit (ISO 7064, MOD 11,10)."""
    body, product = f"{10_000_000 + number:08d}", 10
    for digit in body:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return f"DE{body}{(11 - product) % 10}"


def customer(external_id):
    return f"customers/{SYSTEM}-{external_id}"


def contact(external_id):
    return f"contacts/{SYSTEM}-{external_id}"


def date_of(day):
    return {"year": day.year, "month": day.month, "day": day.day}


def time_of(day, hour=9):
    return f"{day.isoformat()}T{hour:02d}:00:00Z"


def usd(units):
    return {"currency_code": "USD", "units": str(units)}


class Company:
    def __init__(self, business_date, companies=1_000, managers=20):
        if managers < 1 or companies % managers:
            raise ValueError("each manager has an equal part of the companies")
        if companies > len(BRANDS) ** 2:
            raise ValueError("there are not so many names")
        self.companies, self.managers = companies, managers
        self.today = business_date
        # A Monday more than a year ago: its year after has passed.
        day = business_date - datetime.timedelta(days=392)
        self.programme_start = day - datetime.timedelta(days=day.weekday())
        self.programme_end = self.programme_start + datetime.timedelta(days=26)
        self.plan_date = self.programme_start - datetime.timedelta(days=7)

    def day(self, days):
        """Counted from when the programme begins."""
        return self.programme_start + datetime.timedelta(days=days)

    # The book.

    def manager(self, number):
        return f"m{number + 1:02d}"

    def manager_of(self, number):
        return self.manager(number * self.managers // self.companies)

    @staticmethod
    def book_id(number):
        return f"b{number:05d}"

    @staticmethod
    def branch_of(number):
        return BRANCHES[number % len(BRANCHES)]

    def company_name(self, number):
        branch = self.branch_of(number)
        size = len(BRANDS)
        if branch.id == "fra":
            turn = number // len(BRANCHES)
            word = LATIN[turn % len(LATIN)]
            trade = LATIN_TRADES[turn // len(LATIN) % len(LATIN_TRADES)][0]
            place = turn // (len(LATIN) * len(LATIN_TRADES))
            return f"{word}{trade.lower()} {place + 1} GmbH"
        first, second = number % size, (number // size + number * 7) % size
        return f"{branch.name}{BRANDS[first]}{BRANDS[second]}{TRADES[number % 7][0]}有限公司"

    def industry(self, number):
        if self.branch_of(number).id == "fra":
            return LATIN_TRADES[number // len(BRANCHES) // len(LATIN) % len(LATIN_TRADES)][1]
        return TRADES[number % 7][1]

    def phone(self, number):
        branch = self.branch_of(number)
        if branch.id == "fra":
            return f"+49 69 {3_000_000 + number}"
        return f"0{branch.area}-{65_000_000 + number}"

    def customer_row(self, number):
        branch = self.branch_of(number)
        latin = branch.id == "fra"
        return {"external_system": SYSTEM, "external_id": self.book_id(number), "kind": "company",
                "display_name": self.company_name(number), "owner": self.manager_of(number),
                "branch": branch.id, "region": branch.region, "industry": self.industry(number),
                "phone": self.phone(number), "email": f"office@{self.book_id(number)}.example",
                "tax_id": vat_id(number) if latin else social_credit_code(number),
                "size_band": BANDS[number % 6], "employees": 5 + number * 7 % 1_500,
                "language_code": "de" if latin else "zh-CN",
                "addresses[0].country_code": "DE" if latin else "CN",
                "addresses[0].administrative_area": branch.region,
                "addresses[0].locality": branch.locality,
                "addresses[0].postal_code": branch.postal,
                "tags": f"demo;{self.industry(number)}"}

    def contact_row(self, number):
        latin = self.branch_of(number).id == "fra"
        role = ROLES[number % len(ROLES)]
        family = LATIN_LAST[number % 8] if latin else SURNAMES[number % 20]
        given = LATIN_FIRST[number % 9] if latin else GIVEN[number % 17]
        mobile = f"+49 151 2{3_400_000 + number}" if latin else f"139{10_000_000 + number}"
        return {"external_system": SYSTEM, "external_id": "p" + self.book_id(number)[1:],
                "family_name": family, "given_name": given, "phone": mobile,
                "email": f"p{number}@{self.book_id(number)}.example",
                "birthday": f"{1960 + number % 40}-{1 + number % 12:02d}-{1 + number % 28:02d}",
                "position.customer_external_id": self.book_id(number),
                "position.title": TITLES[role], "position.role": role,
                "position.primary": "true"}

    # What a company ordered in the year before, in units: from 1,000 on.
    @staticmethod
    def units_before(number):
        return 1_000 + number

    def units_after(self, number, treated):
        # How far a company is from the mean of its group: -10 % to +10 %, almost nothing in sum.
        noise = (number * 37 % 101 - 50) / 500
        change = (TREATED if treated else CONTROL) + noise
        return round(self.units_before(number) * (1 + change))

    def order_row(self, number, year, day, units):
        return {"external_system": SYSTEM, "external_id": f"{year}-{number:05d}",
                "customer_external_system": SYSTEM, "customer_external_id": self.book_id(number),
                "order_date": day.isoformat(), "currency_code": "USD", "revenue": units}

    # Calls.

    @staticmethod
    def call(method, request):
        return method, request

    def staff(self, member, name, role, scope, branch, team="", manager=""):
        person = {"personal": {"display_name": name, "email": f"{member}@crm.example"},
                  "roles": ["STAFF_ROLE_" + role], "scope": "STAFF_SCOPE_" + scope,
                  "branch": f"branches/{branch.id}", "department": f"departments/sales-{branch.id}",
                  "hire_date": date_of(datetime.date(2022, 1, 10))}
        if team:
            person["team"] = f"teams/{team}"
        if manager:
            person["manager"] = f"staff/{manager}"
        return self.call("StaffService/CreateStaff", {
            "staff_id": member, "staff": person, "request_id": f"demo-staff-{member}"})

    def people(self):
        """Branches, departments, teams, and who works there."""
        since = date_of(datetime.date(2022, 1, 3))
        for branch in BRANCHES:
            yield self.call("BranchService/CreateBranch", {
                "branch_id": branch.id, "request_id": f"demo-branch-{branch.id}",
                "branch": {"display_name": branch.name, "start_date": since}})
            yield self.call("DepartmentService/CreateDepartment", {
                "department_id": f"sales-{branch.id}", "request_id": f"demo-dep-{branch.id}",
                "department": {"display_name": f"{branch.name} sales",
                               "branch": f"branches/{branch.id}", "start_date": since}})
            yield self.call("TeamService/CreateTeam", {
                "team_id": f"team-{branch.id}", "request_id": f"demo-team-{branch.id}",
                "team": {"display_name": f"{branch.name} team", "branch": f"branches/{branch.id}",
                         "department": f"departments/sales-{branch.id}", "start_date": since}})
        yield self.staff("head", "周建国", "ADMIN", "ALL", BRANCHES[0])
        yield self.staff("analyst", "林雪", "ANALYST", "ALL", BRANCHES[1], manager="head")
        yield self.staff("marketer", "马丽", "MARKETER", "ALL", BRANCHES[1], manager="head")
        for i, branch in enumerate(BRANCHES):
            team = f"team-{branch.id}"
            name = "Petra Vogel" if branch.id == "fra" else SURNAMES[i] + GIVEN[-1]
            yield self.staff(f"lead-{branch.id}", name, "TEAM_LEAD", "TEAM", branch, team, "head")
            name = "Uwe Lang" if branch.id == "fra" else SURNAMES[i + 5] + GIVEN[0]
            yield self.staff(f"agent-{branch.id}", name, "AGENT", "BRANCH", branch, team,
                             f"lead-{branch.id}")
        for i in range(self.managers):
            branch = self.branch_of(i)
            latin = f"{LATIN_FIRST[i % 9]} {LATIN_LAST[i % 8]}"
            name = latin if branch.id == "fra" else SURNAMES[i % 20] + GIVEN[i % 17]
            yield self.staff(self.manager(i), name, "REP", "OWN", branch, f"team-{branch.id}",
                             f"lead-{branch.id}")

    def programme(self):
        managers = [{"staff": self.manager(i), "quota": self.companies // self.managers}
                    for i in range(self.managers)]
        yield self.call("InterviewProgrammeService/CreateInterviewProgramme", {
            "interview_programme_id": PROGRAMME.split("/")[1], "request_id": "demo-programme",
            "interview_programme": {
                "title": "Listening", "managers": managers, "control_share_bps": 5_000,
                "period": {"start": date_of(self.programme_start),
                           "end": date_of(self.programme_end)}}})

    def plan(self):
        return {"name": PROGRAMME, "seed": SEED, "request_id": "demo-plan"}

    def interviews(self, members):
        """Every fifth declines; of the others every tenth has something that cannot wait, and is
        followed up, but for the first one."""
        named = sorted((m for m in members if m.get("interview")), key=lambda m: m["customer"])
        for number, member in enumerate(named, start=1):
            name, tail = member["interview"], member["customer"].split("/")[1]
            if number % 5 == 0:
                yield self.call("InterviewService/DeclineInterview", {
                    "name": name, "request_id": f"demo-decline-{tail}"})
                continue
            hold = {"name": name, "request_id": f"demo-hold-{tail}", "answers": [
                {"question": "interviewQuestions/needs", "text": "More of the same"}]}
            heard = number % 10 == 1
            if heard:
                hold["signals"] = [{"kind": "SIGNAL_KIND_OPPORTUNITY",
                                    "severity": "SIGNAL_SEVERITY_CRITICAL",
                                    "note": "A second site"}]
            if number == 1:
                hold["held_time"] = time_of(self.programme_start, 10)
            yield self.call("InterviewService/HoldInterview", hold)
            if heard and number > 1:
                yield self.call("InterviewService/FollowUpSignal", {
                    "name": name, "signal": "1", "channel": "CHANNEL_EMAIL", "outcome": "Offered",
                    "request_id": f"demo-follow-up-{tail}"})

    # The stories.

    def story_row(self, number, story):
        latin = story.name.isascii()
        person = story.kind in ("person", "household")
        return {"external_system": SYSTEM, "external_id": story.id, "kind": story.kind,
                "display_name": story.name, "owner": story.owner,
                "branch": story.owner.replace("lead-", ""), "industry": "" if person else "trade",
                "phone": f"+49 69 4{100_000 + number}" if latin else f"010-{66_000_000 + number}",
                "email": f"office@{story.id}.example",
                "tax_id": "" if person else
                          vat_id(9_000 + number) if latin else social_credit_code(9_000 + number),
                "tags": "demo"}

    def story_contacts(self):
        """Who works at Alpha Works, under whom."""
        for external_id, family, given, phone in [("li", "Li", "Wei", CALLER),
                                                  ("kern", "Kern", "Paula", "+49301234500"),
                                                  ("ott", "Ott", "Jens", "+49301234501")]:
            yield {"external_system": SYSTEM, "external_id": external_id, "family_name": family,
                   "given_name": given, "phone": phone, "email": f"{external_id}@k06.example",
                   "birthday": f"1980-{self.today.month:02d}-15"}

    def story_order(self, story, which, day):
        units, products = getattr(story, which)
        each = units // len(products)
        lines = [{"product": product, "quantity_milli": "1000", "net": usd(each)}
                 for product in products]
        lines[0]["net"] = usd(units - each * (len(products) - 1))
        return self.call("OrderService/RecordOrder", {
            "parent": customer(story.id), "order_id": which,
            "request_id": f"demo-order-{story.id}-{which}",
            "order": {"order_date": date_of(day), "revenue": usd(units), "lines": lines}})

    def story_sales(self):
        for story in STORIES:
            if story.before:
                yield self.story_order(story, "before", self.day(-200))
            if story.now:
                yield self.story_order(story, "now", self.day(250))
        for story, units, name in [("k06", 5_000, "Ten more machines"),
                                   ("k04", 120_000, "The first fleet"),
                                   ("k01", 30_000, "Win them back")]:
            yield self.call("OpportunityService/OpenOpportunity", {
                "parent": customer(story), "opportunity_id": "next",
                "request_id": f"demo-opportunity-{story}",
                "opportunity": {"display_name": name, "amount": usd(units)}})

    def story_tickets(self):
        for story in STORIES:
            for i in range(story.complaints):
                yield self.call("TicketService/OpenTicket", {
                    "parent": customer(story.id), "ticket_id": f"late-{i}",
                    "request_id": f"demo-ticket-{story.id}-{i}",
                    "ticket": {"type": "TICKET_TYPE_COMPLAINT", "channel": "CHANNEL_PHONE",
                               "impact": 2, "urgency": 2,
                               "personal": {"subject": "Late", "description": "Late again"}}})

    def position(self, external_id, title, role, reports_to="", primary=False):
        position = {"contact": contact(external_id), "title": title, "primary": primary,
                    "role": f"POSITION_ROLE_{role}", "department": "Purchasing"}
        if reports_to:
            position["reports_to"] = f"{customer('k06')}/positions/{reports_to}"
        return self.call("PositionService/CreatePosition", {
            "parent": customer("k06"), "position_id": external_id, "position": position,
            "request_id": f"demo-position-{external_id}"})

    def story_calls(self):
        """What the customer service is told of them."""
        yield self.call("CustomerService/UpdateCustomer", {
            "customer": {"name": customer("k06"), "parent": customer("k05")},
            "update_mask": "parent", "request_id": "demo-parent"})
        yield self.position("kern", "Managing director", "DECIDER")
        yield self.position("li", "Head of purchasing", "BUYER", reports_to="kern", primary=True)
        yield self.position("ott", "Buyer", "USER", reports_to="li")
        for i, (story, channel, subject) in enumerate([
                ("k01", "VISIT", "Why less?"), ("k02", "PHONE", "The late delivery"),
                ("k03", "EMAIL", "Our catalogue"), ("k06", "VISIT", "Around the works"),
                ("k11", "WECHAT", "The new offer")]):
            yield self.call("TouchpointService/RecordTouchpoint", {
                "parent": customer(story), "touchpoint_id": f"demo-{i}",
                "request_id": f"demo-touchpoint-{story}",
                "touchpoint": {"channel": f"CHANNEL_{channel}", "direction": "DIRECTION_OUT",
                               "occur_time": time_of(self.day(300 + i)),
                               "personal": {"subject": subject, "outcome": "Goes on"}}})
        for i, story in enumerate(["k01", "k04", "k06"]):
            yield self.call("ActivityService/PlanActivity", {
                "activity_id": f"demo-{story}", "request_id": f"demo-activity-{story}",
                "activity": {"kind": "ACTIVITY_KIND_VISIT", "customer": customer(story),
                             "owner": next(s.owner for s in STORIES if s.id == story),
                             "due_date": date_of(self.today + datetime.timedelta(days=i + 1)),
                             "personal": {"subject": "Visit"}}})
        yield self.call("TargetListService/CreateTargetList", {
            "target_list_id": "this-year", "request_id": "demo-target-list",
            "target_list": {"display_name": "This year", "year": self.today.year,
                            "customers": [customer("k02"), customer("k04")]}})
        yield self.call("SavedReportService/CreateSavedReport", {
            "saved_report_id": "wanted", "request_id": "demo-wanted",
            "saved_report": {"display_name": "Whom do we want this year?",
                             "kind": "REPORT_KIND_WANTED", "target_list": "targetLists/this-year"}})

    # Files.

    @staticmethod
    def write_rows(path, rows):
        rows = list(rows)
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return path

    @staticmethod
    def write_calls(path, calls):
        with open(path, "w", encoding="utf-8") as file:
            for method, request in calls:
                file.write(f"{method} {json.dumps(request, ensure_ascii=False)}\n")
        return path


def in_folder(folder, name):
    os.makedirs(folder, exist_ok=True)
    return os.path.join(folder, name)
