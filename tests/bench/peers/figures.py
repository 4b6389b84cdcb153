"""What a peer measured: a line of JSON from the peer, a row of a Markdown table from `run`."""

import json
import statistics

FIELDS = ("peer", "work", "setting", "in_flight", "per_second", "p50_us", "p99_us", "durability",
          "seconds", "failures")
HEADER = ("| peer | work | setting | in flight | per second | p50 µs | p99 µs | durability |\n"
          "| --- | --- | --- | --- | --- | --- | --- | --- |")


def quantile(ordered, part):
    """The value at `part` (0 to 1) of values in order; 0 when there is none."""
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0


def summary(*values):
    """One line of JSON, of values in the order of FIELDS."""
    return json.dumps(dict(zip(FIELDS, values, strict=True)), ensure_ascii=False)


def line(peer, work, setting, in_flight, micros, durability, seconds, failures):
    """One line of JSON; `micros` are the latencies of the calls that ended within `seconds`."""
    ordered = sorted(micros)
    return summary(peer, work, setting, in_flight, round(len(ordered) / seconds, 1),
                   round(quantile(ordered, 0.5)), round(quantile(ordered, 0.99)), durability,
                   seconds, failures)


def row(figures):
    cells = [figures[field] for field in FIELDS[:FIELDS.index("seconds")]]
    cells[4] = f"{cells[4]:.0f}" if cells[4] >= 100 else f"{cells[4]:.1f}"
    if figures["failures"]:
        cells[1] = f"{cells[1]}, {figures['failures']} FAILED"
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def medians(lines):
    """Of the rounds of each measurement, as one line each; failures are added up."""
    rounds = {}
    for found in lines:
        key = tuple(found[field] for field in ("peer", "work", "setting", "in_flight"))
        rounds.setdefault(key, []).append(found)
    middle = []
    for several in rounds.values():
        one = dict(several[0], failures=sum(each["failures"] for each in several))
        for field in ("per_second", "p50_us", "p99_us"):
            one[field] = statistics.median(each[field] for each in several)
        middle.append(one)
    return middle


def _of(lines, peer, work, setting):
    return [found for found in lines if found["peer"] == peer and found["work"] == work
            and setting in ("", found["setting"])]


def _best(lines):
    """Calls per second at the best number in flight from 64 on; None when there is none."""
    return max((found["per_second"] for found in lines if found["in_flight"] >= 64), default=None)


def _lone(lines):
    """1 / p50 of one at a time, so that more is better; None when there is none."""
    times = [found["p50_us"] for found in lines if found["in_flight"] == 1 and found["p50_us"]]
    return 1 / min(times) if times else None


# How and what is compared: ours, the peer's, at least so many times as much.
STREAMS = ("kafka_streams", "update", "commit.interval.ms=10")
FRONT = ("kafka_streams", "update", "10 ms, behind gRPC")
TARGETS = (
    (_best, "updates a second", ("ours", "update", "Kafka"), STREAMS, 5),
    (_lone, "1 / p50 of a lone update", ("ours", "update", "Kafka"), STREAMS, 15),
    (_best, "updates a second by a call", ("ours", "update", "Kafka"), FRONT, 5),
    (_lone, "1 / p50 of a lone update by a call", ("ours", "update", "Kafka"), FRONT, 15),
    (_best, "updates a second", ("ours", "update", "embedded log"), ("postgres", "update", ""), 1),
    (_best, "updates a second", ("ours", "update", "Kafka"), ("postgres", "update", ""), 1),
    (_best, "creates a second", ("ours", "create", "Kafka"), ("tryton", "create", ""), 200),
    (_best, "reads a second", ("ours", "read", "Kafka"), ("tryton", "read", ""), 300),
)


def verdicts(lines):
    """For each target whose two sides were measured: held, or MISSED."""
    said = []
    for measure, what, ours, theirs, bound in TARGETS:
        us, them = measure(_of(lines, *ours)), measure(_of(lines, *theirs))
        if us is None or not them:
            continue
        failed = any(found["failures"] for found in _of(lines, *ours))
        said.append(f"{what}: ours ({ours[2]}) {us / them:.2f} x {theirs[0]}, at least {bound}: "
                    + ("held" if us >= bound * them and not failed else "MISSED"))
    return said
