"""Workbooks for tests/table/test_xlsx.c, written by openpyxl and, where that would not write them so, by hand.

    workbooks.py FOLDER      FOLDER/<name>.xlsx, and FOLDER/<name>.tsv with the rows that must be read (number, then cells; "!fault" behind them)
"""
import datetime
import os
import struct
import sys
import zipfile

import openpyxl
from openpyxl.utils import escape

out = sys.argv[1]
os.makedirs(out, exist_ok=True)


def expect(name, rows):
    with open(f"{out}/{name}.tsv", "w", encoding="utf-8") as file:
        for row in rows:
            file.write("\t".join(str(cell) for cell in row) + "\n")


def parts(name, sheet, strings="", book="", styles="", more=(), compress=zipfile.ZIP_DEFLATED):
    """A workbook from parts, as other programs write them: a prefix, absolute targets, no references in cells."""
    x = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    r = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    with zipfile.ZipFile(f"{out}/{name}.xlsx", "w", compress) as z:
        z.writestr("_rels/.rels", f'<Relationships><Relationship Id="a" Type="{rel}/officeDocument" Target="/xl/workbook.xml"/></Relationships>')
        z.writestr("xl/workbook.xml", book or f'<workbook {x} {r}><sheets><sheet name="S" sheetId="1" r:id="b"/></sheets></workbook>')
        z.writestr("xl/_rels/workbook.xml.rels", f'<Relationships><Relationship Id="b" Type="{rel}/worksheet" Target="worksheets/s.xml"/>'
                   f'<Relationship Id="c" Type="{rel}/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>')
        if strings:
            z.writestr("xl/sharedStrings.xml", strings)
        if styles:
            z.writestr("xl/styles.xml", styles)
        for path, text in more:
            z.writestr(path, text)
        z.writestr("xl/worksheets/s.xml", sheet)


# ---- by openpyxl ----
book = openpyxl.Workbook()
sheet = book.active
sheet.append(["name", "born", "when", "n", "flag", " e-mail "])
sheet.append(["Søren Ærø", datetime.date(1994, 5, 5), datetime.datetime(2026, 6, 26, 9, 30), 7.2, True, "a@example.org"])
sheet.append([])
sheet.append(["Łucja", datetime.date(1900, 3, 1), datetime.time(9, 30), 199405051234, False, escape.escape("a\x01b")])
sheet.append(["=A2", "1/2/2026", None, -3, None, "surplus follows", "x"])
sheet.append(["merged", "over", "three", None, None, None])
sheet["D2"].number_format = '0.0" d"'
for row in (2, 4):
    sheet.cell(row, 2).number_format = "dd/mm/yyyy"
sheet.merge_cells("A6:C6")
book.save(f"{out}/openpyxl.xlsx")
expect("openpyxl", [
    [2, "Søren Ærø", "1994-05-05", "2026-06-26 09:30", "7.2", "true", "a@example.org"],
    [4, "Łucja", "1900-03-01", "0.395833333333333", "199405051234", "false", "a\x01b"],
    [5, "", "1/2/2026", "", "-3", "", "surplus follows", "!no_value"],
    [6, "merged", "", "", "", "", "", "!merged"],
])

book = openpyxl.Workbook()
book.active.title = "hidden"
book.active["A1"] = "secret"
second = book.create_sheet("Ærø")
second.append(["name"])
second.append(["Ana"])
book.active.sheet_state = "hidden"
book.active = 1
book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
second.append([datetime.date(2026, 6, 1)])
book.save(f"{out}/hidden.xlsx")
expect("hidden", [[2, "Ana"], [3, "2026-06-01"]])

# ---- as other programs write them ----
parts("foreign", '<x:worksheet xmlns:x="urn:x"><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>name</x:t></x:is></x:c><x:c t="s"><x:v>0</x:v></x:c></x:row>'
      '<x:row r="9"><x:c t="inlineStr"><x:is><x:r><x:t>An</x:t></x:r><x:r><x:t>a</x:t></x:r></x:is></x:c><x:c t="e"><x:v>#N/A</x:v></x:c></x:row>'
      '<x:row><x:c t="str"><x:f>B1</x:f><x:v>Bo</x:v></x:c><x:c r="B10" t="d"><x:v>2026-06-01</x:v></x:c></x:row></x:sheetData></x:worksheet>',
      strings='<sst><si><r><t>bi</t></r><r><t>rth</t></r><rPh><t>spoken</t></rPh></si></sst>')
expect("foreign", [[9, "Ana", "#N/A", "!error_value"], [10, "Bo", "2026-06-01"]])

# cells that say nothing of their kind and hold words, each longer than the one before: what one holds must not change with the next
parts("words", '<worksheet><sheetData><row><c t="str"><v>name</v></c><c t="str"><v>b</v></c><c t="str"><v>c</v></c></row>'
      f'<row><c><v>first</v></c><c t="n"><v>{"second" * 2000}</v></c><c><v>7x</v></c></row><row><c><v> </v></c><c><v>1e999</v></c></row></sheetData></worksheet>')
expect("words", [[2, "first", "second" * 2000, "7x"], [3, "", "1e999", ""]])

# merged cells that lie over each other, begin in rows that the sheet leaves out, stand in no order or beside the table
parts("merged", '<worksheet><sheetData><row><c t="str"><v>name</v></c><c t="str"><v>b</v></c><c t="str"><v>c</v></c></row>'
      + "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in (2, 4, 5, 6, 7, 9, 10)) +
      '</sheetData><mergeCells><mergeCell ref="B9:B10"/><mergeCell ref="B3:B4"/><mergeCell ref="A5:C5"/><mergeCell ref="A6:A6"/><mergeCell ref="Z1:Z10"/>'
      '<mergeCell ref="C7:A1"/><mergeCell ref="C9:C9"/></mergeCells></worksheet>')
expect("merged", [[2, "2", "", ""], [4, "4", "", "", "!merged"], [5, "5", "", "", "!merged"], [6, "6", "", ""], [7, "7", "", ""], [9, "9", "", ""],
                  [10, "10", "", "", "!merged"]])

# ---- hostile, and other kinds ----
row = '<row><c t="inlineStr"><is><t>name</t></is></c></row>'
parts("doctype", '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet><sheetData>' + row + "<row><c t='str'><v>&b;</v></c></row></sheetData></worksheet>")
parts("bomb", "<worksheet><sheetData>" + row + " " * 300_000_000 + "</sheetData></worksheet>")
parts("deep", "<worksheet><sheetData>" + row + "<a>" * 5000 + "</a>" * 5000 + "</sheetData></worksheet>")
parts("long", "<worksheet><sheetData>" + row + "<row><c t='str'><v>" + "".join(f"{i:x}" for i in range(200000)) + "</v></c></row></sheetData></worksheet>")
parts("string_index", "<worksheet><sheetData>" + row + "<row><c t='s'><v>99999999999</v></c></row></sheetData></worksheet>")
parts("rows", "<worksheet><sheetData>" + row + "<row r='99999999'><c t='str'><v>a</v></c></row></sheetData></worksheet>")
parts("columns", "<worksheet><sheetData>" + row + "<row r='2'><c r='ZZZ2' t='str'><v>a</v></c></row></sheetData></worksheet>")
expect("columns", [[2, "", "!surplus_cell"]])
parts("many", "<worksheet/>", more=[(f"a{i}", "") for i in range(1100)])
parts("no_sheet", "", book='<workbook><sheets><sheet name="S" r:id="nowhere"/></sheets></workbook>')
parts("empty", "<worksheet><sheetData/></worksheet>")
with open(f"{out}/foreign.xlsx", "rb") as file:
    good = file.read()
end = good.rindex(b"PK\5\6")
count, size, at = struct.unpack("<HII", good[end + 10:end + 20])
first = good[at:at + 46 + struct.unpack("<H", good[at + 28:at + 30])[0]]
twice = good[:at] + first + good[at:end] + good[end:end + 8] + struct.pack("<HHII", count + 1, count + 1, size + len(first), at) + good[end + 20:]
locked = bytearray(good)
locked[at + 8] |= 1
files = {"overlap": twice, "locked": bytes(locked), "cut": good[:len(good) // 2], "tail": good[:-30],
         "ole": b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + bytes(600), "protected": b"\xD0\xCF\x11\xE0" + bytes(512) + "EncryptedPackage".encode("utf-16le") + bytes(64)}
for name, data in files.items():
    with open(f"{out}/{name}.xlsx", "wb") as file:
        file.write(data)
with zipfile.ZipFile(f"{out}/ods.xlsx", "w") as z:
    z.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
with zipfile.ZipFile(f"{out}/document.xlsx", "w") as z:
    z.writestr("word/document.xml", "<document/>")
