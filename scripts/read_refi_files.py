"""What arrives of REFI-QDA projects: counts, what was found out, and what is lost.

    python scripts/read_refi_files.py FILE.qdpx [FILE.qdpx …] [--counting utf16-crlf]

Prints nothing of the texts themselves but what losses give as examples.
"""

from __future__ import annotations

import argparse
import sys
import time

from fourp_nlp.errors import FourpError
from fourp_nlp.exchange import read_qdc, read_qdpx

TABLES = ("sources", "nodes", "users", "marks", "notes", "values", "members", "read")


def main(files: list[str], counting: str) -> int:
    """Read each file and print what arrives; return 1 if one cannot be read."""
    refused = 0
    for file in files:
        start = time.perf_counter()
        print(file)
        try:
            codebook = file.lower().endswith(".qdc")
            came = read_qdc(file) if codebook else read_qdpx(file, counting=counting)
        except FourpError as error:
            print(f"  cannot be read: {error}")
            refused = 1
            continue
        print(f"  {came.name!r} of {came.origin!r}, read in {time.perf_counter() - start:.1f} s")
        counts = ", ".join(f"{name} {len(getattr(came, name))}" for name in TABLES)
        print(f"  {counts}")
        texts = came.sources["text"].str.len()
        print(f"  texts {int(came.sources['has_text'].sum())}, characters {int(texts.sum()):,}")
        for remark in came.remarks:
            print(f"  found: {remark}")
        for lost in came.losses.itertuples(index=False):
            print(f"  lost: {lost.count} {lost.item}. {lost.why} ({lost.examples})")
    return refused


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("files", nargs="+", metavar="FILE")
    options.add_argument("--counting", default="", metavar="NAME")
    given = options.parse_args()
    sys.exit(main(given.files, given.counting))
