"""What a peer measured: a line of JSON from the peer, a row of a Markdown table from `run`."""

import json

FIELDS = ("peer", "work", "setting", "in_flight", "per_second", "p50_us", "p99_us", "durability",
          "seconds", "failures")
HEADER = ("| peer | work | setting | in flight | per second | p50 µs | p99 µs | durability |\n"
          "| --- | --- | --- | --- | --- | --- | --- | --- |")


def quantile(ordered, part):
    """The value at `part` (0 to 1) of values in order; 0 when there is none."""
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0


def line(peer, work, setting, in_flight, micros, durability, seconds, failures):
    """One line of JSON; `micros` are the latencies of the calls that ended within `seconds`."""
    ordered = sorted(micros)
    values = (peer, work, setting, in_flight, round(len(ordered) / seconds, 1),
              round(quantile(ordered, 0.5)), round(quantile(ordered, 0.99)), durability, seconds,
              failures)
    return json.dumps(dict(zip(FIELDS, values)), ensure_ascii=False)


def row(figures):
    cells = [figures[field] for field in FIELDS[:FIELDS.index("seconds")]]
    cells[4] = f"{cells[4]:.0f}" if cells[4] >= 100 else f"{cells[4]:.1f}"
    if figures["failures"]:
        cells[1] = f"{cells[1]}, {figures['failures']} FAILED"
    return "| " + " | ".join(str(cell) for cell in cells) + " |"
