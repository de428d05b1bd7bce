#!/usr/bin/env python3
"""The checks of the house must be able to fail: tools/check_layers, tools/check_docs, tools/check_messages, tests/count.py and the embed tool on small trees
made for the purpose. Prints TAP.

    test_house.py EMBED
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CASES = []


def case(function):
    CASES.append(function)
    return function


def run(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def tree(folder, tool, files):
    """A small repository with one of our tools in it."""
    for name, text in {"src/LAYERS": "base:\njson: base\n", **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "tools").mkdir(exist_ok=True)
    (folder / "include").mkdir(exist_ok=True)
    return shutil.copy(ROOT / "tools" / tool, folder / "tools" / tool)


def header(name, text=""):
    return f"/* What it is for. */\n#ifndef {name}\n#define {name}\n{text}\n#endif\n"


@case
def test_layers__accepts_a_downward_include(folder):
    tool = tree(folder, "check_layers", {"src/json/a.c": '#include "base/b.h"\n', "src/base/b.h": header("MR_B_H")})
    status, text = run(tool)
    return status == 0 and "not ok" not in text, text


@case
def test_layers__refuses_an_upward_include(folder):
    tool = tree(folder, "check_layers", {"src/base/a.c": '#include "json/b.h"\n', "src/json/b.h": header("MR_B_H")})
    status, text = run(tool)
    return status == 1 and "src/base/a.c:1: base may not include json/b.h" in text, text


@case
def test_layers__refuses_an_unknown_folder(folder):
    tool = tree(folder, "check_layers", {"src/common/a.c": ""})
    status, text = run(tool)
    return status == 1 and "src/common is a folder" in text, text


@case
def test_layers__refuses_a_foreign_library_outside_its_home(folder):
    tool = tree(folder, "check_layers", {"src/json/a.c": "#include <openssl/evp.h>\n"})
    status, text = run(tool)
    return status == 1 and "openssl/evp.h belongs behind crypto" in text, text


@case
def test_layers__refuses_a_header_without_guard(folder):
    tool = tree(folder, "check_layers", {"src/base/a.h": "/* What it is for. */\nint x(void);\n"})
    status, text = run(tool)
    return status == 1 and "src/base/a.h: has no include guard" in text, text


@case
def test_layers__refuses_a_buffer_that_is_left_before_it_is_made(folder):
    text = "int f(int n)\n{\n    MR_CLEANUP(mr_buf_done) mr_buf b;\n    if (n) return 1;\n    mr_buf_init(&b, 9);\n    return 0;\n}\n"
    tool = tree(folder, "check_layers", {"src/base/a.c": text})
    status, said = run(tool)
    return status == 1 and "src/base/a.c:3: the function may end before b is made" in said, said


@case
def test_docs__refuses_a_path_that_is_not_there(folder):
    tool = tree(folder, "check_docs", {"README.md": "See `src/base/gone.c` and `src/LAYERS`.\n"})
    status, text = run(tool)
    return status == 1 and "README.md:1: there is no src/base/gone.c" in text and "LAYERS" not in text, text


@case
def test_docs__refuses_a_link_that_leads_nowhere(folder):
    tool = tree(folder, "check_docs", {"docs/a.md": "[here](b.md) [there](../src/LAYERS) [out](https://example.eu/x)\n"})
    status, text = run(tool)
    return status == 1 and "docs/a.md:1: the link leads to b.md" in text and text.count("the link leads") == 1, text


@case
def test_docs__refuses_a_declaration_without_comment(folder):
    told = header("MR_A_H", "\n/* Adds. */\nint add(int a, int b);\n\nint subtract(int a, int b);\n")
    tool = tree(folder, "check_docs", {"src/base/a.h": told})
    status, text = run(tool)
    return status == 1 and "int subtract" in text and "int add" not in text, text


PO = 'msgid ""\nmsgstr ""\n"Language: {tag}\\n"\n"Plural-Forms: nplurals=2; plural={rule};\\n"\n'
ENGLISH = """
msgid "front.lead"
msgstr "Everything about {what} stands here for you."

msgid "front.all"
msgid_plural "front.all"
msgstr[0] "One thing"
msgstr[1] "{count} things"
"""
DANISH = """
msgid "front.lead"
msgstr "Alt om {what} står her til dig."

msgid "front.all"
msgid_plural "front.all"
msgstr[0] "Én ting"
msgstr[1] "{count} ting"
"""


def messages(folder, danish, *, state="complete", rule="(n != 1)", states=None):
    """What the check says of a small catalogue in English and Danish."""
    files = {"web/i18n/en.po": PO.format(tag="en", rule="(n != 1)") + ENGLISH,
             "web/i18n/da.po": PO.format(tag="da", rule=rule) + danish,
             "web/i18n/languages.txt": states or f"# a remark\nen complete\nda {state}\n"}
    return run(tree(folder, "check_messages", files))


@case
def test_messages__accepts_two_whole_languages(folder):
    status, text = messages(folder, DANISH)
    return status == 0 and "not ok" not in text and "ok 13" in text, text


@case
def test_messages__refuses_what_is_broken(folder):
    lead, all_things = DANISH.strip().split("\n\n")
    broken = {
        "front.lead is missing": all_things,
        "front.more is not in en.po": DANISH + '\nmsgid "front.more"\nmsgstr "Mere"\n',
        "front.lead is there twice": DANISH + lead + "\n",
        "front.lead is fuzzy": DANISH.replace('msgid "front.lead"', '#, fuzzy\nmsgid "front.lead"'),
        "front.lead is empty": DANISH.replace("Alt om {what} står her til dig.", ""),
        "front.all: there are 1 forms": DANISH.replace('msgstr[1] "{count} ting"\n', ""),
        "front.all: it counts in English": DANISH.replace('msgid_plural "front.all"\n', "").replace("msgstr[0]", "msgstr").replace('msgstr[1] "{count} ting"\n', ""),
        "msgstr[1] is for": DANISH.replace("{count} ting", "mange ting"),
        "is not in both": DANISH.replace("{what}", "{hvad}"),
        "doubled blanks": DANISH.replace("står her", "står  her"),
        "markup stands in it": DANISH.replace("her", "<b>her</b>"),
        "ends with 'g'": DANISH.replace("dig.", "dig"),
        "the same as in English": DANISH.replace("Alt om {what} står her til dig.", "Everything about {what} stands here for you."),
        "line": DANISH + "hello\n",
    }
    for said, danish in broken.items():
        status, text = messages(folder, danish)
        if status != 1 or said not in text:
            return False, f"{said}: {text}"
    return True, ""


@case
def test_messages__refuses_a_rule_that_does_not_give_its_forms(folder):
    status, text = messages(folder, DANISH, rule="0")
    return status == 1 and "gives the forms [0], and nplurals=2" in text, text


@case
def test_messages__holds_each_language_to_its_state(folder):
    half = DANISH[: DANISH.index('msgid "front.all"')]
    begun, _ = messages(folder, half, state="begun")
    offered, text = messages(folder, half, state="offered")
    unnamed, more = messages(folder, half, states="en complete\n")
    return (begun, offered, unnamed) == (0, 1, 1) and "front.all is missing" in text and "da is named in only one" in more, text + more


def count(folder, entries, *options):
    log = folder / "log.json"
    log.write_text("".join(json.dumps({"name": "t", "returncode": 0, "result": "OK", **e}) + "\n" for e in entries))
    status, text = run(sys.executable, ROOT / "tests/count.py", *options, log)
    return status, text.splitlines()[-1], text


@case
def test_count__counts_single_cases(folder):
    status, last, text = count(folder, [{"stdout": "1..3\nok 1 - a\nok 2 - b # SKIP no data\nok 3\n"}, {"stdout": "no TAP"}])
    return status == 0 and last == "3 passed, 0 failed, 1 skipped" and "no data" in text, text


@case
def test_count__reads_the_skips_of_cmocka(folder):
    skipped = {"stdout": "1..1\n# skipped: the suites are not here\nnot ok 1 # SKIP test_a\n", "result": "FAIL"}
    status, last, text = count(folder, [skipped])
    return status == 0 and last == "0 passed, 0 failed, 1 skipped" and "test_a: skipped: the suites" in text, text


@case
def test_count__shows_what_a_failed_case_says(folder):
    failed = {"stdout": "1..2\nok 1 - a\nnot ok 2 - b\n# 0x1 != 0x2\n", "result": "FAIL", "returncode": 1}
    status, last, text = count(folder, [failed])
    return status == 1 and last == "1 passed, 1 failed, 0 skipped" and "t: b\n      0x1 != 0x2" in text, text


@case
def test_count__takes_a_crash_for_one_failure(folder):
    crash = {"stdout": "1..3\nok 1 - a\n", "returncode": -11, "result": "ERROR"}
    status, last, text = count(folder, [crash])
    return status == 1 and last == "1 passed, 1 failed, 0 skipped", text


@case
def test_count__sees_a_bad_end_after_good_cases(folder):
    status, last, text = count(folder, [{"stdout": "1..1\nok 1 - a\n", "returncode": 23, "result": "ERROR"}])
    return status == 1 and last == "1 passed, 1 failed, 0 skipped", text


@case
def test_count__fails_without_a_log(folder):
    status, text = run(sys.executable, ROOT / "tests/count.py", folder / "none.json")
    return status == 1 and text.splitlines()[-1] == "0 passed, 1 failed, 0 skipped", text


@case
def test_count__wants_some_when_asked(folder):
    skipped = [{"stdout": "1..0 # SKIP no data\n", "result": "SKIP"}]
    return count(folder, skipped)[0] == 0 and count(folder, skipped, "--want-some")[0] == 1, ""


@case
def test_count__adds_the_suites(folder):
    """Only the suite of the log: what else there is on this machine does not matter."""
    entries = [{"stdout": "1..1\n# acme: 3 passed of 4 (2 skipped)\n# acme: 5 passed of 5\nok 1 - a\n"}]
    status, last, text = count(folder, entries, "--suites")
    row = next((line.split() for line in text.splitlines() if line.startswith("acme ")), [])
    return status == 1 and row == ["acme", "11", "8", "1", "2"] and "1 cases failed, and its test passed" in text, text


def embed(folder, files):
    """What a program sees of embedded files: name, size and bytes, in table order."""
    inputs = []
    for name, data in files.items():
        path = folder / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        inputs.append(path)
    (folder / "in").mkdir(exist_ok=True)
    status, text = run(EMBED, folder / "out.c", "t", folder / "in", *inputs)
    if status:
        return status, text
    (folder / "main.c").write_text("""#include "base/embedded.h"
#include <stdio.h>
MR_EMBEDDED_DECLARE(t);
int main(void)
{
    for (size_t i = 0; i < t_count; i++) {
        printf("%s %zu ", t[i].name, t[i].size);
        for (size_t k = 0; k <= t[i].size; k++) printf("%02x", t[i].data[k]);
        putchar('\\n');
    }
    return mr_embedded_find(t, t_count, "none") != NULL;
}
""")
    compiler = os.environ.get("CC", "cc").split()
    status, text = run(*compiler, "-std=gnu17", "-Wall", "-Wextra", "-Werror", "-I", ROOT / "src", "-o", folder / "main",
                       folder / "main.c", folder / "out.c")
    return run(folder / "main") if status == 0 else (status, text)


@case
def test_embed__keeps_every_byte_and_sorts(folder):
    every = bytes(range(256)) + b'??="1\\n\x007'
    status, text = embed(folder, {"b.txt": every, "a/empty": b"", "a.txt": b"x\n"})
    wanted = f"a.txt 2 780a00\na/empty 0 00\nb.txt {len(every)} {every.hex()}00\n"
    return status == 0 and text == wanted, text


@case
def test_embed__makes_a_table_of_nothing(folder):
    status, text = embed(folder, {})
    return status == 0 and text == "", text


@case
def test_embed__refuses_a_file_outside_the_folder(folder):
    (folder / "in").mkdir()
    (folder / "outside").write_text("x")
    status, text = run(EMBED, folder / "out.c", "t", folder / "in", folder / "outside")
    return status == 1 and not (folder / "out.c").exists(), text


def main():
    failed = 0
    print(f"1..{len(CASES)}")
    for number, function in enumerate(CASES, 1):
        with tempfile.TemporaryDirectory() as folder:
            good, seen = function(Path(folder))
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} - {function.__name__}", flush=True)
        if not good:
            print("\n".join(f"# {line}" for line in str(seen).splitlines()))
    return 1 if failed else 0


if __name__ == "__main__":
    EMBED = sys.argv[1]
    sys.exit(main())
