"""A workbook of 600 results, 37 of them with planted faults, written by openpyxl from the fixed list below; and the list of what each fault must come back as.

    faulty_workbook.py OUT.xlsx EXPECTED.tsv     EXPECTED: "row<TAB>fate<TAB>message id" a line, several ids with blanks between them
"""
import datetime
import sys

import openpyxl
from openpyxl.utils import escape

ROWS = 600
HEADER = ["given name", "family name", "birth date", "e-mail", "student number", "grade", "date", "place", "ects"]
GIVEN = ["Søren", "Åse", "Łucja", "Ελένη", "Олена", "Þóra", "Ana", "Jürgen", "Inès", "Noor"]
FAMILY = ["Kjær", "Österberg", "Wójcik", "Παπαδοπούλου", "Шевченко", "Jónsdóttir", "García", "Groß", "Lefèvre", "van den Berg"]


def person(i):
    """Row i (2 is the first): an invented learner, each of her own."""
    return [f"{GIVEN[i % 10]} {chr(65 + i // 10 % 26)}", f"{FAMILY[i // 7 % 10]}-Test", datetime.date(1970 + i % 30, 1 + i % 12, 1 + i % 28),
            f"learner{i}@example.org", f"s{i:05d}", ["G", "VG"][i % 2], datetime.date(2026, 6, 1 + i % 28), "Aarhus", 2.5]


# row: (what is planted: {column: value}, fate, message ids). Columns from 0.
FAULTS = {
    10: ({2: "31.02.1990"}, "refused", "result.date"),                       # no such day
    21: ({2: "10/14/1991"}, "refused", "result.date"),                       # month first
    32: ({2: "soon"}, "refused", "result.date"),
    43: ({2: 33000}, "refused", "result.date"),                              # a number that no format makes a date
    54: ({2: datetime.date(2031, 1, 1)}, "refused", "result.date.future"),
    65: ({2: "1890-01-01"}, "refused", "result.birth.early"),
    76: ({6: datetime.date(2035, 6, 1)}, "refused", "result.date.future"),
    87: ({6: datetime.date(1960, 6, 1)}, "refused", "result.date.early"),    # before the birth
    98: ({6: "2026-13-01"}, "refused", "result.date"),
    109: ({0: None, 1: None}, "refused", "result.name.missing"),
    120: ({0: "   ", 1: "  "}, "refused", "result.name.missing"),
    131: ({0: "learner131@example.org"}, "refused", "result.name.email"),
    142: ({0: 12345, 1: None}, "refused", "result.name.letters"),            # a number where a text is wanted
    153: ({0: "A" * 201}, "refused", "result.long"),
    164: ({0: escape.escape("Bell\x07")}, "refused", "result.control"),
    175: ({1: "\u202egnp.Test"}, "refused", "result.control"),               # turns the direction of writing
    186: ({3: "nobody"}, "refused", "result.email"),
    197: ({3: "a@b@example.org"}, "refused", "result.email"),
    208: ({3: "two words@example.org"}, "refused", "result.email"),
    219: ({3: True}, "refused", "result.email"),
    230: ({5: "A+"}, "refused", "result.grade.unknown"),
    241: ({5: 7}, "refused", "result.grade.unknown"),
    252: ({5: None}, "refused", "result.grade.missing"),
    263: ({5: "g" * 250}, "refused", "result.long"),
    274: ({5: "U"}, "not_passed", ""),
    285: ({8: 0}, "refused", "result.ects"),
    296: ({8: "2.555"}, "refused", "result.ects"),
    307: ({8: -1}, "refused", "result.ects"),
    318: ({8: "many"}, "refused", "result.ects"),
    329: ({5: "=VLOOKUP(1,Z1:Z2,1)"}, "refused", "result.row.no_value result.grade.missing"),  # a formula without a saved value
    340: ({7: "merge"}, "refused", "result.row.merged"),
    351: ({10: "surplus"}, "refused", "result.row.surplus_cell"),
    362: ({2: "#N/A"}, "refused", "result.row.error_value result.date"),
    373: ("copy of 372", "duplicate", ""),
    384: ("copy of 5", "duplicate", ""),
    395: ("awarded before", "has_it", ""),
    406: ({2: "yesterday", 3: "x", 8: "y"}, "refused", "result.date result.email result.ects"),  # all reasons, not only the first
}
assert len(FAULTS) == 37


def values(i):
    planted = FAULTS.get(i, ({},))[0]
    if planted == "copy of 372":
        return person(372)
    if planted == "copy of 5":
        return person(5)
    if planted == "awarded before":
        return ["Mette", "Krogh Poulsen", datetime.date(1991, 3, 2), "mette@example.org", "s00395", "G", datetime.date(2026, 6, 1), "Aarhus", 2.5]
    row = person(i) + [None, None]
    for column, value in planted.items():
        row[column] = value
    return row


def main():
    out, expected = sys.argv[1:]
    book = openpyxl.Workbook()
    hidden = book.active
    hidden.title = "Notes"
    hidden["A1"] = "not this one"
    sheet = book.create_sheet("Results")
    hidden.sheet_state = "hidden"
    book.active = 1
    sheet.append(HEADER)
    for i in range(2, ROWS + 2):
        for column, value in enumerate(values(i), 1):
            cell = sheet.cell(i, column)
            cell.value = value
            if value == "#N/A":
                cell.data_type = "e"
            if isinstance(value, datetime.date):
                cell.number_format = "dd/mm/yyyy" if i % 3 else "yyyy\\-mm\\-dd"
    sheet.merge_cells("H340:I340")
    book.save(out)
    with open(expected, "w", encoding="utf-8") as file:
        for row, (_, fate, ids) in sorted(FAULTS.items()):
            file.write(f"{row}\t{fate}\t{ids}\n")


main()
