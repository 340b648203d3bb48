"""Writes a hybrid-reference file as Word does: a table for readers of PDF 1.4, and the
structure tree in an object stream that only the stream named by XRefStm lists."""
import sys
import zlib

objects = {
    1: b"<</Type/Catalog/Pages 2 0 R/Lang(id-ID)/StructTreeRoot 8 0 R/MarkInfo<</Marked true>>>>",
    2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
    3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.32 841.92]/Resources<</Font<</F1 4 0 R>>>>/Contents 5 0 R/StructParents 0>>",
    4: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    6: b"<</Title(Surat Contoh, rekaan)/Author(Dinas Arsip dan Dokumen Contoh)/Producer(hybrid.py)>>",
}
text = zlib.compress(b"/P <</MCID 0>> BDC BT /F1 11 Tf 72 760 Td (PEMERINTAH KOTA CONTOH, surat rekaan) Tj 260 -60 Td (^) Tj ET EMC")
hidden = {8: b"<</Type/StructTreeRoot/K 9 0 R/ParentTree 10 0 R>>",
          9: b"<</Type/StructElem/S/P/P 8 0 R/Pg 3 0 R/K 0>>",
          10: b"<</Nums[0[9 0 R]]>>"}
out = bytearray(b"%PDF-1.7\n%\xb5\xb5\xb5\xb5\n")
offset = {}


def add(num, body):
    offset[num] = len(out)
    out.extend(b"%d 0 obj\n%s\nendobj\n" % (num, body))


def stream(extra, data):
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (extra, len(data), data)


for num, body in objects.items():
    add(num, body)
add(5, stream(b"/Filter/FlateDecode", text))
index, bodies = b"", b""
for num, body in hidden.items():
    index += b"%d %d " % (num, len(bodies))
    bodies += body + b" "
add(7, stream(b"/Type/ObjStm/N %d/First %d/Filter/FlateDecode" % (len(hidden), len(index)), zlib.compress(index + bodies)))
rows = b""
for num in range(12):
    if num in hidden:
        rows += bytes([2]) + (7).to_bytes(4, "big") + bytes([list(hidden).index(num)])
    elif num == 11:
        offset[11] = len(out)
        rows += bytes([1]) + len(out).to_bytes(4, "big") + b"\0"
    elif num:
        rows += bytes([1]) + offset[num].to_bytes(4, "big") + b"\0"
    else:
        rows += bytes([0, 0, 0, 0, 0, 255])
ident = b"<00112233445566778899AABBCCDDEEFF><00112233445566778899AABBCCDDEEFF>"
add(11, stream(b"/Type/XRef/Size 12/W[1 4 1]/Root 1 0 R/Info 6 0 R/ID[%s]/Filter/FlateDecode" % ident, zlib.compress(rows)))
start = len(out)
out += b"xref\n0 12\n"
for num in range(12):
    if num in offset:
        out += b"%010d 00000 n\r\n" % offset[num]
    else:
        out += b"0000000000 65535 f\r\n"
out += b"trailer\n<</Size 12/Root 1 0 R/Info 6 0 R/ID[%s]/XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n" % (ident, offset[11], start)
open(sys.argv[1], "wb").write(out)
