#!/usr/bin/env python3
"""The CDNOW master data set as the two files that `crmctl import` takes.

    tools/cdnow.py SOURCE FOLDER    writes FOLDER/customers.csv and FOLDER/orders.csv

SOURCE is CDNOW_master.txt of the PyPI package lifetimes: a heading, then one order a line:
customer, day as YYYYMMDD, number of CDs, dollars with two decimals. 69,659 orders of 23,570
customers, from 1997-01-01 to 1998-06-30. It has no order ids and 255 rows that equal another: all
are real, so an order's external id is the file's name and its line number.
"""

import csv
import os
import re
import sys

SYSTEM = "cdnow"
CURRENCY = "USD"
PRODUCT = "CD"
CUSTOMER_COLUMNS = ("external_system", "external_id", "kind", "display_name", "currency_code")
ORDER_COLUMNS = ("external_system", "external_id", "customer_external_system",
                 "customer_external_id", "order_date", "currency_code", "revenue", "quantity",
                 "product")
_ROW = re.compile(r"\s*(\d+)\s+(\d{4})(\d{2})(\d{2})\s+(\d+)\s+(\d+\.\d{2})\s*$")


def orders(source):
    """(line number, customer, ISO day, quantity, dollars) of each order; text but for the first."""
    with open(source, encoding="ascii") as file:
        next(file)
        for number, line in enumerate(file, 2):
            match = _ROW.match(line)
            if match is None:
                raise ValueError(f"{source}:{number}: not an order: {line!r}")
            customer, year, month, day, quantity, dollars = match.groups()
            yield number, customer, f"{year}-{month}-{day}", quantity, dollars


def _write(path, columns, rows):
    part = path + ".part"  # So that a file that is there is whole.
    with open(part, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    os.replace(part, path)


def convert(source, folder):
    """Writes both files; customers in the order of their first order. Returns their paths."""
    os.makedirs(folder, exist_ok=True)
    name = os.path.basename(source)
    bought = list(orders(source))
    paths = os.path.join(folder, "customers.csv"), os.path.join(folder, "orders.csv")
    _write(paths[0], CUSTOMER_COLUMNS,
           ((SYSTEM, customer, "PERSON", f"CDNOW customer {customer}", CURRENCY)
            for customer in dict.fromkeys(order[1] for order in bought)))
    _write(paths[1], ORDER_COLUMNS,
           ((SYSTEM, f"{name}:{number}", SYSTEM, customer, day, CURRENCY, dollars, quantity,
             PRODUCT)
            for number, customer, day, quantity, dollars in bought))
    return paths


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(*convert(sys.argv[1], sys.argv[2]), sep="\n")
