#!/usr/bin/env python3
"""The value pyramid of the CDNOW file, computed apart from our code.

Another language, another way, exact fractions.

Usage: pyramid_oracle.py FILE [--changed] START:END ...

Prints one line for each period (days as YYYY-MM-DD, the end excluded): words "key=value", money
in cents, fractions with 12 digits. --changed applies to every order what the test applies by
events: each 89th is amended (one dollar more, 40 days later), each 83rd half returned, each 97th
cancelled, by line number.
"""
import datetime
import sys
from fractions import Fraction


def read_orders(path, changed):
    orders = []
    with open(path, encoding="ascii") as lines:
        next(lines)
        for number, line in enumerate(lines, start=1):
            customer, day, _, dollars = line.split()
            whole, cents = dollars.split(".")
            value = int(whole) * 100 + int(cents)
            date = datetime.datetime.strptime(day, "%Y%m%d").date()
            if changed:
                if number % 89 == 0:
                    value += 100
                    date += datetime.timedelta(days=40)
                if number % 83 == 0:
                    value -= value // 2
                if number % 97 == 0:
                    continue
            orders.append((customer, date, value))
    return orders


def tier_sizes(n):
    """Largest remainder of n x {1, 4, 15, 80} %, in exact fractions."""
    quotas = [Fraction(n * share, 100) for share in (1, 4, 15, 80)]
    sizes = [int(quota) for quota in quotas]
    by_remainder = sorted(range(4), key=lambda i: (sizes[i] - quotas[i], i))
    for i in by_remainder[: n - sum(sizes)]:
        sizes[i] += 1
    return sizes


def gini(values):
    """Twice the area between the diagonal and the Lorenz curve, by trapezoids."""
    total, n = sum(values), len(values)
    area, below = Fraction(0), 0
    for value in sorted(values):
        area += Fraction(2 * below + value, 2 * n)
        below += value
    return 1 - 2 * area / total


def pyramid(orders, start, end):
    values, counts, before = {}, {}, set()
    for customer, date, value in orders:
        if start <= date < end:
            values[customer] = values.get(customer, 0) + value
            counts[customer] = counts.get(customer, 0) + 1
        elif date < start:
            before.add(customer)
    ranking = sorted(values, key=lambda customer: (-values[customer], customer))
    total = sum(values.values())
    words = [
        ("customers", len(ranking)),
        ("orders", sum(counts.values())),
        ("revenue", total),
        ("inactive", len(before - set(ranking))),
    ]
    begin = 0
    for tier, size in enumerate(tier_sizes(len(ranking))):
        part = ranking[begin : begin + size]
        begin += size
        words.append((f"count{tier}", size))
        words.append((f"bound{tier}", values[part[-1]] if part else 0))
        words.append((f"revenue{tier}", sum(values[customer] for customer in part)))
        words.append((f"orders{tier}", sum(counts[customer] for customer in part)))
    fifth = int(Fraction(len(ranking), 5) + Fraction(1, 2))
    words.append(("gini", f"{float(gini(list(values.values()))):.12f}" if total else 0))
    top = sum(values[customer] for customer in ranking[:fifth])
    words.append(("top_fifth", f"{float(Fraction(top, total)):.12f}" if total else 0))
    half = sorted(values.values())[: len(ranking) * 50 // 100]
    words.append(("lorenz50", f"{float(Fraction(sum(half), total)):.12f}" if total else 0))
    return " ".join(f"{key}={value}" for key, value in words)


def main(arguments):
    changed = "--changed" in arguments
    path, *periods = [argument for argument in arguments if not argument.startswith("--")]
    orders = read_orders(path, changed)
    for period in periods:
        start, end = (datetime.date.fromisoformat(day) for day in period.split(":"))
        print(pyramid(orders, start, end))


if __name__ == "__main__":
    main(sys.argv[1:])
