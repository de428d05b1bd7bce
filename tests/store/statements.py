#!/usr/bin/env python3
"""Every SQL text of the program, understood by PostgreSQL: the texts are taken out of the preprocessed C files of src/store, src/service and src/web, and prepared on a private server whose
schema the migrations have made. One case a file; what a test run happens not to call is looked at all the same. Prints TAP.

    statements.py [ROOT [CC]]
"""
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(HERE / "tests"))
from postgresql import Cluster  # noqa: E402
from tap import Tap  # noqa: E402

LITERALS = re.compile(r'"(?:[^"\\\n]|\\.)*"(?:\s*"(?:[^"\\\n]|\\.)*")*')
ONE = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
STATEMENT = re.compile(r"^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\s")
DERIVED = re.compile(r"^\s*CREATE (TABLE|INDEX) IF NOT EXISTS\s")  # what the store makes beside the migrations
# Only for SQLite, or pieces of texts that are put together at run time.
ELSEWHERE = re.compile(r"pragma_|sqlite_schema|\bMATCH\b|%s|\bfts|bm25\(|%\.\*s|\browid\b")


def texts(root, cc, path, kind=STATEMENT):
    done = subprocess.run([cc, "-E", "-P", "-D_GNU_SOURCE", f"-I{root}/src", "-I/usr/include/postgresql", path], capture_output=True, text=True, check=False)
    found = []
    for literals in LITERALS.findall(done.stdout):
        text = "".join(ONE.findall(literals)).encode().decode("unicode_escape")
        if kind.match(text) and not ELSEWHERE.search(text) and text not in found:
            found.append(text)
    return found


def numbered(text):
    """With numbers for names, and how many."""
    names = []

    def number(match):
        if match[1] is None:
            return match[0]
        if match[1] not in names:
            names.append(match[1])
        return f"${names.index(match[1]) + 1}"

    return re.sub(r"'[^']*'|\"[^\"]*\"|\$(\w+)", number, text), len(names)


def prepare(cluster, database, text):
    """As src/db/postgresql.c does: a value that the server cannot make out the type of is a text. None, or what the server says."""
    sql, count = numbered(text)
    types = ["unknown"] * count
    while True:
        try:
            cluster.sql(database, f"PREPARE p {'(' + ', '.join(types) + ')' if types else ''} AS {sql}")
            return None
        except RuntimeError as fault:
            which = re.search(r"(?:inconsistent types deduced for|could not determine data type of) parameter \$(\d+)", str(fault))
            if not which or types[int(which[1]) - 1] == "text":
                return fault
            types[int(which[1]) - 1] = "text"


def main(root=HERE, cc="cc"):
    root, tap = Path(root), Tap()
    with Cluster() as cluster:
        if not cluster.installed:
            tap.skip("every statement", "PostgreSQL is not installed (postgresql-15)")
            print("1..1")
            return 0
        name, _ = cluster.database()
        cluster.sql(name, "CREATE TABLE schema_version (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL)")
        for script in sorted((root / "sql/migrations").glob("*.sql")):
            try:
                cluster.sql(name, script.read_text())
                tap.case(f"migration {script.name}", True)
            except RuntimeError as fault:
                tap.case(f"migration {script.name}", False, fault)
        for path in sorted((root / "src/store").glob("*.c")):
            for text in texts(root, cc, path, DERIVED):
                cluster.sql(name, text)
        total = 0
        for path in sorted(p for layer in ("store", "service", "web") for p in (root / "src" / layer).glob("*.c")):
            faults = []
            for text in texts(root, cc, path):
                total += 1
                fault = prepare(cluster, name, text)
                if fault:
                    faults.append(f"{text}\n  {fault}")
            if faults or path.parent.name == "store":
                tap.case(f"{path.relative_to(root)} speaks to PostgreSQL", not faults, "\n".join(faults))
        tap.case("statements were found", total > 50, total)
    print(f"1..{tap.number}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
