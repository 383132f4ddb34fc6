#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes texts with the ids and byte spans that BertTokenizerFast gives them, one JSON per line.

    env/bin/pip install transformers==4.44.2 tokenizers==0.19.1
    env/bin/python scripts/make-tokenizer-cases.py tests/data/tokenizer/vocab.txt 300 1 \\
        > tests/data/tokenizer/cases.jsonl

The texts are random over all scripts, with a liking for what is easily got wrong: marks that are
sorted, syllables that decompose, words of about 100 characters, special tokens inside the text.
Arguments: vocabulary, number of texts, seed.
"""

import json
import os
import random
import sys
import unicodedata

os.environ.setdefault("USE_TORCH", "0")
from transformers import BertTokenizerFast  # noqa: E402

SCALARS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
MARKS = [c for c in SCALARS if unicodedata.category(chr(c)) in ("Mn", "Mc", "Me")]
CLASSED = [c for c in SCALARS if unicodedata.combining(chr(c))]
CARRIERS = [0x302E, 0x302F, 0x1D165, 0x1D166, 0x1D16D, 0x1D16E, 0x1D172, 0x1B44, 0x1BAA, 0x1BF2,
            0xA953, 0xA9C0, 0x111C0, 0x11235, 0x1134D, 0x116B6, 0x8D4, 0x1DFB, 0x11442, 0x11446,
            0x1E000, 0x1E94A, 0x16FF0, 0x10EAB]
UPPER = [c for c in SCALARS if chr(c).lower() != chr(c)]
DECOMPOSED = [c for c in SCALARS if unicodedata.normalize("NFD", chr(c)) != chr(c)
              and not 0xAC00 <= c <= 0xD7A3]
FORMATS = [c for c in SCALARS if unicodedata.category(chr(c)) in ("Cc", "Cf", "Zs", "Zl", "Zp")]
PUNCTUATION = [c for c in SCALARS if unicodedata.category(chr(c))[0] in "PS"]
SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[mask]", "[Mask]", "[MASK", "MASK]",
            "[[MASK]]", "[unused1]", "##", "##s", "[ MASK ]", "[MA\u0301SK]", "[\u200bMASK]"]
ODD = ["\u0130", "\u03a3", "\u03c2", "\u1e9b\u0323", "\ufb01", "\u0344", "\u0f73", "\u0f76",
       "\u0cc0", "\U0001d15e", "\U0001d160", "\ufffd", "\0", "\ufeff", "\u2028",
       "\x85", "\xa0", "\u3000", "\U00031350", "\U0002ceb0", "\U0002b81f", "\U0002b820",
       "\U0002b920", "\u9fff", "\ua000", "\uf900", "\ufa0e", "\U0002f800", "\U0002fa1e", "\uac01",
       "\u1100\u1161\u11a8", "\u200d", "\ufe0f", "\U0001f468\u200d\U0001f469\u200d\U0001f467",
       "\U0001f1e8\U0001f1f3", "\ue000", "\U000f0000", "\U0010ffff", "\ufdd0", "\u037e", "\u1fef",
       "\u212b", "\u2126", "\u1e9e", "\xdf", "\u0149", "\u01c5", "\u0587", "\xad", "\u034f"]
BLOCKS = [(0x20, 0x7E), (0xA0, 0xFF), (0x100, 0x24F), (0x300, 0x36F), (0x370, 0x3FF),
          (0x400, 0x4FF), (0x590, 0x5FF), (0x600, 0x6FF), (0x900, 0x97F), (0xC80, 0xDFF),
          (0xE00, 0xE7F), (0xF00, 0xFFF), (0x1000, 0x109F), (0x1100, 0x11FF), (0x1B00, 0x1BFF),
          (0x1E00, 0x1EFF), (0x1F00, 0x1FFF), (0x2000, 0x206F), (0x2E80, 0x2FDF),
          (0x3000, 0x30FF), (0x3400, 0x3410), (0x4E00, 0x9FFF), (0xA960, 0xA97F),
          (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFB00, 0xFDFF), (0xFE00, 0xFFFF),
          (0x11100, 0x1115F), (0x1D100, 0x1D1FF), (0x1D400, 0x1D7FF), (0x1E900, 0x1E95F),
          (0x1F300, 0x1F6FF), (0x20000, 0x20020), (0x2A6D0, 0x2A710), (0x2B730, 0x2B830),
          (0x2CEA0, 0x2CEC0), (0x2F800, 0x2FA1F), (0x30000, 0x31360), (0xE0000, 0xE01EF)]


def piece(rng, entries):
    """A few characters of one kind."""
    kind = rng.randrange(14)
    some = rng.choice([1, 1, 2, 3, 5])
    pick = lambda pool: "".join(chr(rng.choice(pool)) for _ in range(some))
    if kind == 0:
        return rng.choice(SPECIALS)
    if kind == 1:
        return "".join(rng.choice(ODD) for _ in range(some))
    if kind == 2:
        low, high = rng.choice(BLOCKS)
        return "".join(chr(rng.randint(low, high)) for _ in range(some))
    if kind == 3:
        return pick(MARKS)
    if kind == 4:
        return "".join(chr(rng.choice(rng.choice([CLASSED, CARRIERS]))) for _ in range(2 * some))
    if kind == 5:
        return pick(rng.choice([UPPER, DECOMPOSED]))
    if kind == 6:
        return pick(FORMATS)
    if kind == 7:
        return pick(PUNCTUATION)
    if kind == 8:
        return pick(SCALARS)
    if kind == 9:
        return rng.choice(["a", "\xe9", "e\u0301", "\uac00", "\uac01", "\u1e9b", "1\u200b",
                           "\u09cb"]) * rng.choice([33, 34, 49, 50, 51, 98, 99, 100, 101])
    if kind == 10:
        return rng.choice([" ", "\n", "\t", "\r\n", "  "])
    word = rng.choice(entries).removeprefix("##")
    return word.upper() if rng.random() < 0.2 else word


def text(rng, entries):
    return "".join(piece(rng, entries) for _ in range(rng.choice([1, 2, 3, 5, 8, 13])))


def every_scalar():
    """Each code point once, between letters and behind a mark that stays."""
    for begin in range(0, len(SCALARS), 64):
        yield " ".join("a" + chr(c) + "b\u302f" + chr(c) for c in SCALARS[begin:begin + 64])


def encode(tokenizer, content):
    found = tokenizer(content, return_offsets_mapping=True, add_special_tokens=False)
    at = [0]
    for char in content:
        at.append(at[-1] + len(char.encode()))
    return {"text": content, "ids": found.input_ids,
            "bytes": [[at[begin], at[end]] for begin, end in found.offset_mapping]}


def main():
    vocabulary, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    tokenizer = BertTokenizerFast(vocab_file=vocabulary, do_lower_case=True)
    entries = [line.rstrip("\n") for line in open(vocabulary, encoding="utf-8", newline="\n")]
    rng = random.Random(seed)
    for _ in range(count):
        print(json.dumps(encode(tokenizer, text(rng, entries)), separators=(",", ":")))
    if count == 0:
        for content in every_scalar():
            print(json.dumps(encode(tokenizer, content), separators=(",", ":")))


if __name__ == "__main__":
    main()
