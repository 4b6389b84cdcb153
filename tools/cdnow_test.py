"""The converted data set against the figures it is known by."""

import csv
import glob
import os
import tempfile
import unittest
from decimal import Decimal

import cdnow

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
SOURCE = os.path.join(ROOT, ".deps/venv/lib/python3*/site-packages/lifetimes/datasets",
                      "CDNOW_master.txt")


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Convert(unittest.TestCase):
    def test_the_whole_set(self):
        with tempfile.TemporaryDirectory() as folder:
            customers, orders = map(rows_of, cdnow.convert(glob.glob(SOURCE)[0], folder))
        self.assertEqual(tuple(customers[0]), cdnow.CUSTOMER_COLUMNS)
        self.assertEqual(tuple(orders[0]), cdnow.ORDER_COLUMNS)
        self.assertEqual(len({row["external_id"] for row in customers}), 23570)
        self.assertEqual(len(customers), 23570)
        self.assertEqual(len({row["external_id"] for row in orders}), 69659)
        self.assertEqual(len(orders), 69659)
        self.assertEqual(sum(Decimal(row["revenue"]) for row in orders), Decimal("2500315.63"))
        self.assertEqual({row["customer_external_id"] for row in orders},
                         {row["external_id"] for row in customers})
        self.assertEqual(min(row["order_date"] for row in orders), "1997-01-01")
        self.assertEqual(max(row["order_date"] for row in orders), "1998-06-30")
        self.assertEqual(sum(Decimal(row["revenue"]) == 0 for row in orders), 80)
        self.assertEqual(orders[0], {
            "external_system": "cdnow", "external_id": "CDNOW_master.txt:2",
            "customer_external_system": "cdnow", "customer_external_id": "00001",
            "order_date": "1997-01-01", "currency_code": "USD", "revenue": "11.77",
            "quantity": "1", "product": "CD"})

    def test_a_line_that_is_no_order_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            source = os.path.join(folder, "a.txt")
            with open(source, "w", encoding="ascii") as file:
                file.write("heading\n 00001 19970101  1   11.77\n 00002 19970101  x   11.77\n")
            with self.assertRaisesRegex(ValueError, "a.txt:3: not an order"):
                cdnow.convert(source, folder)
            self.assertEqual(os.listdir(folder), ["a.txt"])


if __name__ == "__main__":
    unittest.main()
