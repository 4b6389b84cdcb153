#!/usr/bin/env python3
"""Similarities of texts as jellyfish gives them.

Usage: similarity_oracle.py < PAIRS

PAIRS has a line "first TAB second" in UTF-8 for each pair. Prints a line for each: Jaro-Winkler
similarity with 12 digits, Damerau-Levenshtein distance.
"""
import io
import sys

import jellyfish


def main():
    for line in io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", newline="\n"):
        first, second = line.rstrip("\n").split("\t")
        print(f"{jellyfish.jaro_winkler_similarity(first, second):.12f}",
              jellyfish.damerau_levenshtein_distance(first, second))


if __name__ == "__main__":
    main()
