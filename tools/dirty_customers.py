"""Writes a CSV file of customers as a company's own lists are: one row in a hundred is bad.

    python3 tools/dirty_customers.py --rows 100000 --encoding gb18030 customers.csv

Beside it customers.csv.expected says which lines are to be reported, as `line column reason`.
"""

import argparse
import codecs
import random

HEADING = "external_system,external_id,kind,display_name,phone,email,employees,industry"
BAD_EVERY = 100


def bad_row(kind, number, twice):
    """The row as text, and what is to be said of it. '\\udcff' is a byte that is no letter."""
    good = f"erp,{number},company,名称{number}"
    return {
        "no-name": (f"erp,{number},company,,,,,", ("display_name", "ROW_VALUE_INVALID")),
        "kind": (f"erp,{number},firm,名称,,,,", ("kind", "ROW_VALUE_INVALID")),
        "number": (f"{good},,,many,", ("employees", "ROW_VALUE_INVALID")),
        "e-mail": (f"{good},,nobody,,", ("email", "ROW_VALUE_INVALID")),
        "twice": (f"erp,{twice},company,名称,,,,", ("", "ROW_DUPLICATE")),
        "fields": (f"{good},,,,,more", ("", "ROW_UNREADABLE")),
        "quote": (f'erp,{number},company,"open,,,,', ("", "ROW_UNREADABLE")),
        "letter": (f"{good}\udcff,,,,", ("", "ROW_UNREADABLE")),
        "long": (f"{good}{'x' * 70_000},,,,", ("", "ROW_UNREADABLE")),
    }[kind]


def good_row(number, chance):
    name = chance.choice([f"名称{number}有限公司", f"Company {number}", f'"Works, ""{number}"""',
                          f'"Two\nlines {number}"'])
    phone = chance.choice(["", f"139{number % 10**8:08}", f"+86139{number % 10**8:08}"])
    email = chance.choice(["", f"office{number}@example.org"])
    return f"erp,{number},company,{name},{phone},{email},{number % 500},trade"


def encoded(text, encoding):
    """As the encoding has it; the byte that is no letter stays one."""
    return b"\xff".join(part.encode(encoding) for part in text.split("\udcff"))


def write(path, rows, encoding, seed, first=0):
    chance = random.Random(seed)
    kinds = ["no-name", "kind", "number", "e-mail", "twice", "fields", "quote", "letter"] * 4
    kinds.append("long")
    line, bad = 2, 0
    bom = encoding == "utf-8-sig"
    encoding = "utf-8" if bom else encoding
    with open(path, "wb") as out, open(path + ".expected", "w", encoding="utf-8") as expected:
        if bom:
            out.write(codecs.BOM_UTF8)
        out.write((HEADING + "\r\n").encode(encoding))
        for number in range(first, first + rows):
            if number % BAD_EVERY == 50:
                text, (column, reason) = bad_row(kinds[bad % len(kinds)], number, number - 10)
                expected.write(f"{line} {column or '-'} {reason}\n")
                bad += 1
            else:
                text = good_row(number, chance)
            out.write(encoded(text + "\r\n", encoding))
            line += text.count("\n") + 1
    return bad


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("path")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first row")
    parser.add_argument("--encoding", default="utf-8", choices=["utf-8", "utf-8-sig", "gb18030"])
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    bad = write(given.path, given.rows, given.encoding, given.seed, given.first)
    print(f"{given.rows} rows, {bad} of them bad")


if __name__ == "__main__":
    main()
