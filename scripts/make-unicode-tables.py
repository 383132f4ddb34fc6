#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes core/text/unicode_tables.cpp: what BertTokenizerFast does to every code point.

The facts are not taken from a Unicode database but asked of the `tokenizers` package itself, one
code point at a time, so that its tables (which mix several Unicode versions) are met exactly:

    python3 -m venv env && env/bin/pip install tokenizers==0.19.1
    env/bin/python scripts/make-unicode-tables.py > core/text/unicode_tables.cpp

Canonical combining classes come from Python's unicodedata, for those code points only that
`tokenizers` is seen to reorder; Unicode promises that a class never changes.
"""

import sys
import unicodedata

import tokenizers
from tokenizers import normalizers, pre_tokenizers

HANGUL = range(0xAC00, 0xD7A4)
CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]


def bert(**on):
    steps = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**{**steps, **on}).normalize_str


CLEAN = bert(clean_text=True)
SPACED = bert(handle_chinese_chars=True)
STRIP = bert(strip_accents=True)
LOWER = bert(lowercase=True)
NFD = normalizers.NFD().normalize_str
CUT = pre_tokenizers.BertPreTokenizer().pre_tokenize_str


def is_punctuation(char):
    return len(CUT("a" + char + "a")) == 3


def is_reordered(char):
    """A mark with a combining class: it moves behind class 1, or before class 240."""
    return NFD(char + "\u0334") != char + "\u0334" or NFD("\u0345" + char) != "\u0345" + char


def is_stripped(char):
    return STRIP(char) == ""


def folded(char):
    """What is left of a starter after decomposition, dropping of accents and lower-casing.

    Accents that a decomposition adds are dropped here: they take part in no span.
    """
    return "".join(LOWER(part) for part in NFD(char) if not is_stripped(part))


def classify(code):
    char = chr(code)
    cleaned = CLEAN(char)
    if cleaned == "":
        return "Removed"
    if cleaned == " ":
        return "Space"
    if SPACED(char) != char:
        return "Ideograph" if NFD(char) == char else "CompatIdeograph"
    if code in HANGUL:
        return "Hangul"
    first = NFD(char)[0]
    if is_reordered(first):
        return "Mark" if is_stripped(first) else "Carrier"
    if folded(char) == "":
        return "Dropped"
    if folded(char) != char:
        return "Folded"
    return "Punctuation" if is_punctuation(char) else "Word"


def check(code, kind):
    """The assumptions that the C++ side makes about the outputs."""
    char = chr(code)
    if kind in ("Carrier", "Mark"):
        rest = NFD(char)[1:]
        assert all(is_stripped(part) for part in rest) and LOWER(char) == char, hex(code)
    if kind == "Carrier":
        assert NFD(char) == char and not is_punctuation(char), hex(code)
    if kind in ("Folded", "CompatIdeograph"):
        out = folded(char)
        assert out and CUT("a" + out + "a") and not any(part.isspace() for part in out), hex(code)


def ranges(values):
    """Consecutive code points with one value -> [first, last, value]."""
    found = []
    for code in sorted(values):
        if found and found[-1][1] == code - 1 and found[-1][2] == values[code]:
            found[-1][1] = code
        else:
            found.append([code, code, values[code]])
    return found


def steps(mapping):
    """Code points at even steps with one difference -> [first, last, step, difference]."""
    found = []
    for code in sorted(mapping):
        delta = mapping[code] - code
        last = found[-1] if found else None
        if last and last[3] == delta and (last[2] == 0 or code - last[1] == last[2]):
            if code - last[1] <= 2:
                last[2] = code - last[1]
                last[1] = code
                continue
        found.append([code, code, 0, delta])
    return [[first, last, step or 1, delta] for first, last, step, delta in found]


def array(kind, name, rows):
    lines, line = [], "   "
    for row in rows:
        cell = " {" + ",".join(row) + "},"
        if len(line) + len(cell) > 99:
            lines.append(line)
            line = "   "
        line += cell
    lines.append(line)
    print(f"constexpr {kind} {name}[] = {{\n" + "\n".join(lines) + "\n};\n")


def main():
    kinds, single, several, combining = {}, {}, {}, {}
    for code in CODE_POINTS:
        kind = classify(code)
        if kind == "Word":
            continue
        kinds[code] = kind
        check(code, kind)
        if kind in ("Folded", "CompatIdeograph"):
            out = folded(chr(code))
            if len(out) == 1:
                single[code] = ord(out)
            else:
                several[code] = [ord(part) for part in out]
        if kind in ("Mark", "Carrier"):
            combining[code] = unicodedata.combining(NFD(chr(code))[0])
            assert combining[code] > 0, hex(code)
    write(kinds, single, several, combining)


def write(kinds, single, several, combining):
    print("// SPDX-License-Identifier: GPL-3.0-or-later")
    print("// Generated by scripts/make-unicode-tables.py from what the Python package tokenizers")
    print(f"// {tokenizers.__version__} does to every code point; combining classes from Unicode "
          f"{unicodedata.unidata_version}. Do not edit.")
    print('#include "core/text/unicode_tables.h"\n')
    print("// clang-format off")
    print("namespace isentrope::unicode {\nnamespace {\n")
    print("using enum CharClass;\n")
    array("ClassRange", "classRows",
          [[f"{a:#x}", f"{b:#x}", kind] for a, b, kind in ranges(kinds)])
    array("FoldSteps", "foldRows",
          [[f"{a:#x}", f"{b:#x}", str(step), str(delta)] for a, b, step, delta in steps(single)])
    array("FoldSeveral", "severalRows",
          [[f"{code:#x}", "{" + ",".join(f"{part:#x}" for part in parts) + "}", str(len(parts))]
           for code, parts in sorted(several.items())])
    array("CombiningRange", "combiningRows",
          [[f"{a:#x}", f"{b:#x}", str(value)] for a, b, value in ranges(combining)])
    print("} // namespace\n")
    for kind, name in (("ClassRange", "class"), ("FoldSteps", "fold"),
                       ("FoldSeveral", "several"), ("CombiningRange", "combining")):
        plural = {"class": "classRanges", "fold": "foldSteps", "several": "foldSeveral",
                  "combining": "combiningRanges"}[name]
        print(f"std::span<const {kind}> {plural}() {{ return {name}Rows; }}")
    print("\n} // namespace isentrope::unicode")
    assert max(len(parts) for parts in several.values()) <= 4
    print({kind: sum(1 for k in kinds.values() if k == kind) for kind in set(kinds.values())},
          file=sys.stderr)


if __name__ == "__main__":
    main()
