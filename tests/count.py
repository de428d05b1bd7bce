#!/usr/bin/env python3
"""Count single cases in the log of a test run and say so in one line.

    count.py [--failed REASON] [--want-some] [--suites] TESTLOG

TESTLOG is Meson's testlog.json: one JSON object a line, with the output of each test program. A program that speaks TAP counts
with every line "ok" or "not ok"; one that does not is one case. What a program owes and does not deliver (it crashed, ran out of
time, planned more cases than it ran, or ended badly after good cases) is one failure. Failures and skips are listed with their reason; the
very last line is "N passed, N failed, N skipped". The status is 1 when a case failed, and with --want-some also when none passed.
--suites puts the table of the official suites (tests/suites.py) before the last line; a case that failed in it counts here, too.
"""
import json
import re
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import suites  # noqa: E402

POINT = re.compile(r"^(not )?ok\b\s*(\d+)?\s*(?:-\s*)?(.*)$")
PLAN = re.compile(r"^1\.\.(\d+)\s*(?:#\s*skip\w*\s*(.*))?$", re.I)
SKIP = re.compile(r"#\s*skip\w*\s*(.*)$", re.I)
SHOWN = 12  # lines of what a failed case says
TODO = re.compile(r"#\s*todo\b", re.I)


class Count:
    def __init__(self):
        self.passed = 0
        self.failed = []  # (test, case, lines that say why)
        self.skipped = []

    def tap(self, test, lines, ended_well, how):
        """Count the cases of one program that speaks TAP."""
        seen, failures_before, plans, said = 0, len(self.failed), [], []
        failing = None  # the list that takes what a failed case says after its line
        for line in lines:
            line = line.rstrip()
            plan, point = PLAN.match(line), POINT.match(line)
            if plan:
                plans.append(int(plan[1]))
                if int(plan[1]) == 0:
                    self.skipped.append((test, "", plan[2] or " ".join(said) or "no reason given"))
            elif point:
                seen += 1
                failing = self.point(test, point, said)
                said = []
            elif line.startswith("#"):
                (said if failing is None else failing).append(line.lstrip("# "))
            elif line.startswith("Bail out!"):
                self.failed.append((test, "", [line]))
        if sum(plans) != seen:
            self.failed.append((test, "", [f"planned {sum(plans)} cases and ran {seen}"] + ([] if ended_well else how)))
        elif not ended_well and len(self.failed) == failures_before:
            self.failed.append((test, "", how))

    def point(self, test, point, said):
        name = point[3]
        skip = SKIP.search(name)
        if skip:  # cmocka 1.1 writes "not ok 3 # SKIP name": a skip all the same
            name = name[: skip.start()].strip(" -")
            reason = skip[1].strip()
            if not name:
                name, reason = reason, ""
            self.skipped.append((test, name, reason or " ".join(said[-1:]) or "no reason given"))
        elif point[1] and not TODO.search(name):
            self.failed.append((test, name, []))
            return self.failed[-1][2]
        else:
            self.passed += 1
        return None

    def program(self, entry):
        """Count one test program."""
        test, result = entry["name"].split(" / ")[-1], entry["result"]
        lines = (entry.get("stdout") or "").splitlines()
        how = [f"ended with {result.lower()}, status {entry.get('returncode')}"] + (entry.get("stderr") or "").splitlines()[-SHOWN:]
        ended_well = result in ("OK", "SKIP", "EXPECTEDFAIL")
        if any(PLAN.match(line.rstrip()) for line in lines):
            # Meson takes cmocka's "not ok 3 # SKIP name" for a failure; what the program itself says counts
            self.tap(test, lines, (ended_well or result == "FAIL") and entry.get("returncode") == 0, how)
        elif result == "SKIP":
            self.skipped.append((test, "", (lines or ["no reason given"])[-1]))
        elif ended_well:
            self.passed += 1
        else:
            self.failed.append((test, "", how + lines[-SHOWN:]))


def label(test, case):
    return f"{test}: {case}" if case else test


def main(arguments):
    count, want_some, want_suites = Count(), False, False
    while arguments and arguments[0].startswith("--"):
        option = arguments.pop(0)
        if option == "--failed":
            count.failed.append(("preparation", "", [arguments.pop(0)]))
        elif option == "--want-some":
            want_some = True
        elif option == "--suites":
            want_suites = True
    try:
        with open(arguments[0], encoding="utf-8") as log:
            for line in log:
                count.program(json.loads(line))
    except (OSError, ValueError) as fault:
        count.failed.append(("test run", "", [f"left no readable log: {fault}"]))
        want_suites = False
    if want_suites and not count.failed:  # a test that tells of failed cases must fail itself
        for row in suites.rows(arguments[0]):
            if row.failed or row.is_missed:
                count.failed.append((row.name, "", [row.remark() if row.is_missed else f"{row.failed} cases failed, and its test passed"]))

    if count.skipped:
        print("\nSkipped, and why:")
        for (test, reason), cases in Counter((t, r) for t, _, r in count.skipped).items():
            names = [c for t, c, r in count.skipped if (t, r) == (test, reason) and c]
            shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
            print(f"  {label(test, shown)}: {reason}" + (f" ({cases} cases)" if cases > 1 else ""))
    if want_some and count.passed == 0 and not count.failed:
        print("\nNothing ran: the official data were not found (see ./dev help).")
    if count.failed:
        print("\nFailed:")
        for test, case, told in count.failed:
            print(f"  {label(test, case)}")
            for line in told[:SHOWN]:
                print(f"      {line}")
            if len(told) > SHOWN:
                print(f"      and {len(told) - SHOWN} lines more")
    if want_suites:
        print(f"\n{suites.table(arguments[0])}")
    print(f"\n{count.passed} passed, {len(count.failed)} failed, {len(count.skipped)} skipped")
    return 1 if count.failed or (want_some and count.passed == 0) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
