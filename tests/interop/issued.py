#!/usr/bin/env python3
"""What `merit issue` writes, judged by software that is not ours. Prints TAP.

    issued.py MERIT WORK

Every example in docs/examples is issued in both formats with a seal of the test authority. Then

  jades   every layer of each sealed file holds (verify_jades.py: python3-cryptography and openssl)
  shapes  each file conforms to the Commission's shapes, without and with the controlled vocabularies, in two SHACL engines that agree
  jose    each vc+jwt verifies with npm jose under the key in its header, and not when one character is changed

The judges live in the folders of MERIT_TOOLS and MERIT_ELM (otherwise beside the source tree); they are copied into WORK, where the
packages of tests/package.json are at hand. What is missing is skipped, aloud.
"""
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402
ELM = Path(os.environ.get("MERIT_ELM") or ROOT.parent / "shared/data/elm")
TOOLS = Path(os.environ.get("MERIT_TOOLS") or ROOT.parent / "shared/tools")
NODE = ROOT / "tests/node"
PER_EXAMPLE = 3  # files of each example that are judged; the rows differ in little


def run(*command, cwd=None):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, cwd=cwd)
    return done.returncode, done.stdout + done.stderr


def issue_examples(tap, merit, work):
    """Issue every example; the files by format."""
    data, files = work / "data", {".jsonld": [], ".jwt": []}
    status, text = run(merit, "init", "--data", data)
    tap.case("a data folder with a test seal is made", status == 0, text)
    examples = sorted(p for p in (ROOT / "docs/examples").glob("*.json") if p.with_suffix(".csv").exists())
    tap.case("there are examples", bool(examples), "docs/examples has no specification with results beside it")
    for example in examples:
        out = work / example.stem
        status, text = run(merit, "issue", example, example.with_suffix(".csv"), "--out", out, "--data", data, "--format", "elm,vc+jwt")
        tap.case(f"{example.name} is issued", status == 0, text)
        for ending, found in files.items():
            written = sorted(out.rglob(f"*{ending}"))
            tap.case(f"{example.name} gives {ending} files", bool(written), text)
            found += written[:PER_EXAMPLE]
    return files


def judge_seals(tap, work, files):
    judge = TOOLS / "oracles/verify_jades.py"
    system = Path("/usr/bin/python3")  # the one that Debian's python3-cryptography belongs to
    for file in files:
        name = f"every layer of {file.relative_to(work)} holds"
        if not judge.exists():
            tap.skip(name, "verify_jades.py is not here (MERIT_TOOLS)")
            continue
        status, text = run(system if system.exists() else sys.executable, judge, file)
        tap.case(name, status == 0 and "ok" in text and "FAIL" not in text, text)


def judge_shapes(tap, work, files):
    judge, sets = TOOLS / "oracles/elm_shacl.mjs", ("no-cv", "full")
    missing = ("elm_shacl.mjs is not here (MERIT_TOOLS)" if not judge.exists() else "the shapes are not here (MERIT_ELM)" if not ELM.exists()
               else "the npm packages are not installed: run ./dev test" if not (ROOT / "tests/node_modules").exists() else "")
    verdicts, text = {}, ""
    if not missing and files:
        shutil.copy(judge, work / "elm_shacl.mjs")  # a module finds its packages from its own folder
        if not (work / "node_modules").exists():
            (work / "node_modules").symlink_to(ROOT / "tests/node_modules")
        copies = []
        for file in files:  # the judge prints base names only
            copies.append(work / "__".join(file.relative_to(work).parts))
            shutil.copy(file, copies[-1])
        _, text = run(NODE, work / "elm_shacl.mjs", ELM, *copies, cwd=work)
        for line in text.splitlines():
            fields = line.split("\t")
            if len(fields) >= 6:
                verdicts[fields[0], fields[2]] = fields
    for file in files:
        for name in sets:
            label = f"{file.relative_to(work)} conforms to the shapes {name}, two engines agree"
            if missing:
                tap.skip(label, missing)
                continue
            # a note in brackets behind the file name would say that JSON-LD in safe mode refused the document
            fields = verdicts.get(("__".join(file.relative_to(work).parts), name))
            tap.case(label, bool(fields) and fields[3] == "true" and fields[5] == "engines agree", "\t".join(fields or []) or text)


def judge_tokens(tap, work, files):
    text = ""
    if files and (ROOT / "tests/node_modules").exists():
        _, text = run(NODE, ROOT / "tests/interop/verify_vc_jwt.mjs", *files)
    for file in files:
        name = f"{file.relative_to(work)} verifies with jose"
        if not (ROOT / "tests/node_modules").exists():
            tap.skip(name, "the npm packages are not installed: run ./dev test")
        else:
            tap.case(name, f"ok {file}" in text.splitlines(), "\n".join(t for t in text.splitlines() if str(file) in t) or text)


def main(merit, work):
    work = Path(work).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    tap = Tap()
    files = issue_examples(tap, merit, work)
    judge_seals(tap, work, files[".jsonld"])
    judge_shapes(tap, work, files[".jsonld"])
    judge_tokens(tap, work, files[".jwt"])
    print(f"1..{tap.number}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
