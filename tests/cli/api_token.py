#!/usr/bin/env python3
"""merit token, beside a data folder: made, listed, refused, revoked. Prints TAP.

    api_token.py MERIT WORK
"""
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402

ONE = "Aarhus School of Nursing (invented)"


def main():
    merit, work = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    data = work / "data"
    t = Tap()

    def run(*words):
        done = subprocess.run([merit, "token", *words, "--data", data], capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout, done.stderr

    code, out, err = run("list")
    t.case("without a data folder the way to one is told", code == 2 and "merit init" in err, err)
    subprocess.run([merit, "init", "--data", data], check=True, capture_output=True, timeout=60)
    code, out, err = run("add", "First")
    t.case("without an organisation no token is made", code == 2 and not out and "organisation" in err, err)
    # Organisations come with what is published; a server that loads demo data and is stopped leaves three.
    server = subprocess.Popen([merit, "serve", "--demo", "--data", data, "--port", "0", "--public-url", "http://localhost"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    for line in server.stdout:
        if "/operator/" in line:
            break
    server.terminate()
    server.wait(timeout=60)
    code, out, err = run("list")
    t.case("an empty list says how one is made", code == 0 and not out and "merit token add" in err, err)
    code, out, err = run("add", "First")
    t.case("among several organisations one must be named, and they are", code == 2 and not out and ONE in err, err)
    for words, why in [(("add", "A", "--org", "nobody"), "nobody"), (("add", "A", "--org", ONE, "--scope", "everything"), "describe"),
                       (("add", "A", "--org", ONE, "--days", "731"), "730"), (("add", "A", "--org", ONE, "--days", "0"), "730"),
                       (("add", "", "--org", ONE), ""), (("add",), "merit token"), (("give", "A"), "merit token"), (("revoke", "x"), "x")]:
        code, out, err = run(*words)
        t.case(f"refused: merit token {' '.join(words)}", code == 2 and not out and why in err, f"{code} {out} {err}")
    code, token, err = run("add", "Studiesystem", "--org", ONE, "--scope", "award,describe", "--days", "30")
    t.case("a token is printed alone, how to revoke it beside it",
           code == 0 and re.fullmatch(r"merit_[A-Za-z0-9_-]{43}\n", token) and "merit token revoke" in err, token + err)
    code, out, err = run("list")
    t.case("the list names it and does not show it", code == 0 and "Studiesystem" in out and ONE in out and token.strip() not in out
           and "read,describe,award" in out and "in use" in out and "never used" in out, out)
    kept = b"".join(path.read_bytes() for path in data.glob("merit.db*"))
    t.case("nothing in the database is the token", token.strip().encode() not in kept and token.strip()[6:].encode() not in kept)
    number = out.split()[0]
    code, again, err = run("revoke", number)
    t.case("it is revoked", code == 0 and "revoked" in run("list")[1], err)
    t.case("and again, which changes nothing", run("revoke", number)[0] == 0)
    print(f"1..{t.number}")
    return t.failed > 0


if __name__ == "__main__":
    sys.exit(main())
