#!/usr/bin/env python3
"""Writes data/*.txt: how characters are folded and pronounced (README.md says from what).

Needs icu-devtools, opencc and unicode-data of Debian, and pypinyin of PyPI. Run by hand, when the
data are to change; what it wrote is kept, so that no machine's libraries decide about search terms.
"""

import bz2
import collections
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

from pypinyin.phrases_dict import phrases_dict

DATA = Path(__file__).parent / "data"
UNIHAN = "/usr/share/unicode/Unihan_Readings.txt.bz2"

HAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x3134F))
# Letters, signs that stand for letters or digits, forms of another width.
LETTERS = ((0x80, 0x52F), (0x1C80, 0x1C8F), (0x1D00, 0x1FFF), (0x2070, 0x209F), (0x2100, 0x218F),
           (0x2460, 0x24FF), (0x2C60, 0x2C7F), (0x2DE0, 0x2DFF), (0x3200, 0x33FF),
           (0xA640, 0xA69F), (0xA720, 0xA7FF), (0xAB30, 0xAB6F), (0xF900, 0xFAFF),
           (0xFB00, 0xFB06), (0xFF00, 0xFFEF), (0x2F800, 0x2FA1F))
MARKS_OFF = ":: NFKC; :: [[:Latin:][:Greek:][:Cyrillic:]] NFD; :: [\\u0300-\\u036F] Remove;" \
            " :: Latin-ASCII; :: NFC; :: Lower;"

# A further reading counts with this share of the phrases, or of the occurrences in Unihan.
PHRASE_SHARE, TEXT_SHARE = 0.10, 0.05
# Of places and trades, too rare in either.
PLACES = {"会": "kuai", "番": "pan", "车": "ju", "六": "lu", "涡": "guo", "铅": "yan", "浚": "xun",
          "枞": "zong", "筠": "jun", "乘": "sheng", "单": "shan", "解": "xie", "干": "qian"}
# Surnames that CLDR does not list so.
SURNAMES = ("缪 miao", "覃 qin", "黑 he", "祭 zhai", "乜 nie", "洗 xian", "句 gou", "谌 chen", "宓 fu",
            "单于 chan yu", "澹台 tan tai", "逄 pang", "隽 juan", "仉 zhang")
COMPOUNDS = ("万俟 尉迟 单于 长孙 令狐 澹台 公冶 宗政 濮阳 淳于 太叔 申屠 钟离 宇文 鲜于 闾丘 司徒 亓官 "
             "呼延 上官 欧阳 夏侯 诸葛 闻人 东方 赫连 皇甫 公羊 轩辕 慕容 司马 司空 百里 南宫 独孤 拓跋 "
             "谷梁 宰父 夹谷 段干 漆雕 乐正 壤驷 公良 子车 颛孙 端木 巫马 第五 微生 哥舒 即墨 纳兰").split()


def chars(ranges):
    return [chr(c) for first, last in ranges for c in range(first, last + 1)
            if unicodedata.category(chr(c)) not in ("Cn", "Cs", "Co")]


def through(lines, *command):
    """Each line as the command answers it."""
    done = subprocess.run(command, input="\n".join(lines) + "\n", text=True, check=True,
                          capture_output=True)
    out = done.stdout.split("\n")[:-1]
    assert len(out) == len(lines), command
    return out


def plain(syllable):
    """Without tone; ü as v, as people type it."""
    for vowel in "üǖǘǚǜ":
        syllable = syllable.replace(vowel, "v")
    return "".join(c for c in unicodedata.normalize("NFD", syllable)
                   if not unicodedata.combining(c))


def folds():
    """Character -> what it is compared as."""
    letters = chars(LETTERS)
    table = dict(zip(letters, through(letters, "uconv", "-x", MARKS_OFF)))
    han = chars(HAN)
    table.update(zip(han, through(han, "opencc", "-c", "t2s.json")))
    # A compatibility form's character may be a traditional one, and what lost its marks a capital.
    for _ in range(3):
        table = {c: "".join(table.get(f, f) for f in folded).lower()
                 for c, folded in table.items()}
    # fold.cc leaves marks out by their ranges: they cannot be read in a file.
    return {c: folded for c, folded in table.items() if folded not in (c, "")}


def unihan(folded):
    """The common reading of each character that is compared as itself, and how often which is."""
    common, counts, standard = {}, {}, set()
    for line in bz2.open(UNIHAN, "rt", encoding="utf-8"):
        if not line.startswith("U+"):
            continue
        code, kind, value = line.rstrip("\n").split("\t")
        if kind == "kMandarin":
            common[chr(int(code[2:], 16))] = plain(value.split()[0])
        elif kind == "kTGH":
            standard.add(chr(int(code[2:], 16)))
        elif kind == "kHanyuPinlu":
            found = collections.Counter()
            for syllable, number in re.findall(r"(\S+?)\((\d+)\)", value):
                found[plain(syllable)] += int(number)
            counts[chr(int(code[2:], 16))] = found
    merged = {c: (folded[c], reading) for c, reading in common.items()
              if c in folded and len(folded[c]) == 1}
    kept = {c: r for c, r in common.items()
            if c not in folded and ("\u4e00" <= c <= "\u9fff" or c in standard)}
    return kept, counts, merged


def further(common, counts, merged):
    """Readings that a character also has, often enough in words of up to three characters."""
    phrases = collections.defaultdict(collections.Counter)
    for phrase, readings in phrases_dict.items():
        if len(phrase) == len(readings) <= 3:
            for c, reading in zip(phrase, readings):
                phrases[c][plain(reading[0])] += 1
    also = collections.defaultdict(list)

    def add(c, reading):
        if reading and reading != common[c] and reading not in also[c]:
            also[c].append(reading)

    for c in common:
        in_phrases, in_texts = phrases[c], counts.get(c, {})
        share = PHRASE_SHARE * sum(in_phrases.values())
        text_share = TEXT_SHARE * sum(in_texts.values())
        for reading, number in in_phrases.items():
            if number >= max(2, share) or in_texts.get(reading, 0) >= max(1, text_share):
                add(c, reading)
        add(c, PLACES.get(c))
    # One simple character for several traditional ones: 乾 is read qian, 干 gan.
    for c, (simple, reading) in merged.items():
        if simple in common and c in phrases:
            add(simple, reading)
    for c in common:
        for reading in [common[c], *also[c]]:
            if "v" in reading:
                add(c, reading.replace("v", "u"))
    return also


def surnames(common, also):
    found = []
    for name in sorted(c for c in common if c <= "\u9fff") + COMPOUNDS:
        found.append(name)
    as_read = {entry.split()[0]: entry.split()[1:] for entry in SURNAMES}
    found += [name for name in as_read if name not in found]
    usual = through(found, "uconv", "-x", "Han-Latin")
    as_name = through(found, "uconv", "-x", "Han-Latin/Names")
    for name, one, other in zip(found, usual, as_name):
        readings = as_read.get(name) or [plain(r) for r in other.split()]
        if (one == other and name not in as_read) or len(readings) != len(name):
            continue
        if any(r != common.get(c) and r not in also.get(c, ()) for c, r in zip(name, readings)):
            yield name + " " + " ".join(readings)


def by_value(table):
    """Lines "value characters", in order."""
    lines = collections.defaultdict(list)
    for c, value in table:
        lines[value].append(c)
    return [f"{value} {''.join(sorted(cs))}" for value, cs in sorted(lines.items())]


def write(name, lines):
    (DATA / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{name}: {len(lines)} lines", file=sys.stderr)


def main():
    folded = folds()
    common, counts, merged = unihan(folded)
    also = further(common, counts, merged)
    write("folds.txt", by_value((c, f.replace(" ", "_")) for c, f in folded.items()))
    write("readings.txt", by_value(common.items()))
    write("further_readings.txt", by_value((c, r) for c, rs in also.items() for r in rs))
    write("surnames.txt", list(surnames(common, also)))


if __name__ == "__main__":
    main()
