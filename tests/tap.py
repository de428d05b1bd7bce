"""What the tests written in Python print: TAP, a line a case, the reason of a failure behind it."""


class Tap:
    def __init__(self):
        self.number = self.failed = 0

    def case(self, name, good, why=""):
        self.number += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.number} - {name}", flush=True)
        if not good:
            print("\n".join(f"# {line}" for line in str(why).splitlines()[-30:]), flush=True)

    def skip(self, name, why):
        self.number += 1
        print(f"ok {self.number} - {name} # SKIP {why}", flush=True)
