#!/usr/bin/env python3
"""The compiler of context tables must refuse what is no table, and say the line. Prints TAP.

    test_compile_contexts.py COMPILE_CONTEXTS
"""
import subprocess
import sys
import tempfile
from pathlib import Path

HEAD = "context http://c/\nprefix p http://p/\n"

# What a table says, and what must be in the C text.
GOOD = [
    ("a p:x", r"{\"@context\":{\"a\":\"http://p/x\"}}"),
    ("a p:x @id", r"{\"@context\":{\"a\":{\"@id\":\"http://p/x\",\"@type\":\"@id\"}}}"),
    ("a p:x in @set @index", r"\"@container\":[\"@set\",\"@index\"]"),
    ("a p:x in @set", r"\"@container\":\"@set\""),
    ("a p:\n  @context null", r"{\"@id\":\"http://p/\",\"@context\":null}"),
    ("a p:x\n  b p:y", r"{\"@id\":\"http://p/x\",\"@context\":{\"b\":\"http://p/y\"}}"),
    ("@version 1.1\n@context p:o\nb p:y", r"[{\"@version\":1.1},\"http://p/o\",{\"b\":\"http://p/y\"}]"),
    ("@vocab p:\n@base null\n@language da\n@direction null", r"{\"@vocab\":\"http://p/\",\"@base\":null,\"@language\":\"da\",\"@direction\":null}"),
    ("@propagate false\na null\nb p:", r"{\"@propagate\":false,\"a\":null,"),
    ("# why\n\na p:\nb <p:x>", r"\"b\":\"p:x\""),
]

# What a table says, the line that is wrong, and why.
BAD = [
    ("a", 3, "a term without IRI"),
    ("a q:x", 3, "neither <...> nor a known prefix"),
    ("a x", 3, "neither <...> nor a known prefix"),
    ("a p:x\na p:y", 4, "is there twice"),
    ("a p:x @id @set", 3, '"in" is missing'),
    ("a p:x in", 3, "no container"),
    ("a p:x in @sets", 3, "no such container"),
    ("a p:x\n   b p:y", 4, "two blanks a level"),
    ("a p:x\n    b p:y\n  c p:z", 5, "is indented in another way"),
    ("a p:x\n@vocabulary p:", 4, "no such line"),
    ("a p:x\n@protected true", 4, "no such line"),
    ("a p:x\n@version 1.0", 4, "no such line"),
    ("a p:x\n@protected\n  b p:x", 4, "has no lines of its own"),
    ("+ g", 3, "no such group"),
    ("group g\n  + g\n+ g", 4, "no such group"),
    ("group g\n  a p:x\n+ g\na p:y", 6, "is there twice"),
    ("group g\n+ g", 4, "nothing in it"),
    ("a p:\u00e9", 3, "only printable ASCII"),
    ('a p:"', 3, "only printable ASCII"),
    ("prefix p http://q/\na p:x", 3, "is there twice"),
    ("prefix q http://q/\na p:x", 0, "a prefix that is not used: q"),
    ("group g\n  a p:x\nb p:x", 0, "a group that is not used: g"),
    ("", 2, "no terms"),
    ("\n".join("  " * i + "a p:x" for i in range(12)), 11, "too deep"),
]


def compile_table(tool, folder, text):
    table, out = Path(folder) / "t.context", Path(folder) / "out.c"
    table.write_text(text)
    out.unlink(missing_ok=True)
    done = subprocess.run([tool, out, "x", folder, table], capture_output=True, text=True)
    c = out.read_text().replace('"\n    "', "") if out.exists() else ""
    return done.returncode, done.stderr, c


def main():
    tool, number, failed = sys.argv[1], 0, 0
    print(f"1..{len(GOOD) + len(BAD) + 1}")
    with tempfile.TemporaryDirectory() as folder:
        verdicts = []
        for text, wanted in GOOD:
            status, said, c = compile_table(tool, folder, HEAD + text + "\n")
            verdicts.append((f"writes {text!r}", status == 0 and wanted in c, said + c))
        for text, line, wanted in BAD:
            status, said, c = compile_table(tool, folder, HEAD + text + "\n")
            verdicts.append((f"refuses {text!r}", status == 1 and f"t.context:{line}: " in said and wanted in said and not c, said))
        status, said, c = compile_table(tool, folder, "a <x:y>\n")
        verdicts.append(("refuses a table of nothing", status == 1 and 'no line "context <IRI>"' in said, said))
    for name, good, said in verdicts:
        number += 1
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} - {name}")
        if not good:
            print("# " + said.replace("\n", "\n# "))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
