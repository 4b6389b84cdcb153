"""Tests of demo_company.py, run with: python3 -m unittest discover --start-directory tools"""

import csv
import datetime
import os
import tempfile
import unittest

import demo_company
from demo_company import Company

TODAY = datetime.date(2027, 4, 5)


def calls_of(company):
    members = [{"customer": f"customers/c{i}", "interview": f"customers/c{i}/interviews/p"}
               for i in range(20)]
    return [*company.people(), *company.programme(), *company.interviews(members),
            *company.story_calls(), *company.story_sales(), *company.story_tickets()]


class CompanyTest(unittest.TestCase):
    def test_the_same_arguments_give_the_same_bytes(self):
        with tempfile.TemporaryDirectory() as folder:
            texts = []
            for name in ("one", "two"):
                company = Company(TODAY, 40, 4)
                rows = company.write_rows(os.path.join(folder, name),
                                          map(company.customer_row, range(40)))
                calls = company.write_calls(os.path.join(folder, name + ".calls"),
                                            calls_of(company))
                with open(rows, "rb") as first, open(calls, "rb") as second:
                    texts.append(first.read() + second.read())
            self.assertEqual(texts[0], texts[1])
            with open(os.path.join(folder, "one"), encoding="utf-8", newline="") as file:
                self.assertEqual(len(list(csv.DictReader(file))), 40)

    def test_each_call_has_a_request_id_of_its_own(self):
        ids = [request["request_id"] for _, request in calls_of(Company(TODAY, 40, 4))]
        self.assertEqual(len(ids), len(set(ids)))
        for one in ids:
            self.assertRegex(one, r"^[!-~]{1,100}$")

    def test_names_ids_and_books(self):
        company = Company(TODAY)
        rows = [company.customer_row(i) for i in range(1_000)]
        for field in ("display_name", "external_id", "email", "phone", "tax_id"):
            self.assertEqual(len({row[field] for row in rows}), 1_000, field)
        books = {}
        for row in rows:
            books[row["owner"]] = books.get(row["owner"], 0) + 1
        self.assertEqual(set(books.values()), {50})
        self.assertEqual(len(books), 20)
        with self.assertRaises(ValueError):
            Company(TODAY, 7, 2)

    def test_tax_ids_have_right_check_signs(self):
        # From the standard's own example, and a number that is in the law's.
        self.assertEqual(demo_company.vat_id(136_695_976 // 10 - 10_000_000), "DE136695976")
        signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
        for number in (0, 1, 99, 12_345):
            code = demo_company.social_credit_code(number)
            total = sum(signs.index(sign) * pow(3, i, 31) for i, sign in enumerate(code))
            self.assertEqual((total - signs.index(code[17]) * pow(3, 17, 31)
                              + signs.index(code[17])) % 31, 0)

    def test_the_programme_is_a_year_old(self):
        for day in range(14):
            today = TODAY + datetime.timedelta(days=day)
            company = Company(today)
            self.assertEqual(company.programme_start.weekday(), 0)
            self.assertLess(company.plan_date, company.programme_start)
            end = company.programme_end
            self.assertLessEqual(end.replace(year=end.year + 1), today)
            self.assertLess(company.day(-272), company.programme_start)
            self.assertGreater(company.day(215), end)
            self.assertLess(company.day(250), today)

    def test_the_treated_gain_and_the_others_lose(self):
        company = Company(TODAY)
        for treated, change in ((True, 0.06), (False, -0.08)):
            changes = [company.units_after(i, treated) / company.units_before(i) - 1
                       for i in range(1_000)]
            self.assertAlmostEqual(sum(changes) / 1_000, change, delta=0.002)

    def test_stories_name_staff_and_products(self):
        staff = {request["staff_id"] for method, request in Company(TODAY).people()
                 if method.endswith("CreateStaff")}
        for story in demo_company.STORIES:
            self.assertIn(story.owner, staff | {""})
            for units, products in filter(None, (story.before, story.now)):
                self.assertLessEqual(len(products), units)


if __name__ == "__main__":
    unittest.main()
