"""Files that are broken, or meant to break us: a sentence, a code and a place, in little time and memory."""

import json
import random
import resource
import struct
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from app.proposals.intake import reception
from app.proposals.intake.checks import SENTENCES
from app.proposals.intake.paper import FileRead
from app.proposals.intake.reception import Upload
from tests.app.proposals.intake.paper import (
    FOOTER,
    ORGANISATION,
    OUTCOME,
    RELATIONS,
    SUMMARY,
    TITLE,
    TYPES,
    document,
    docx,
    p,
    row,
    table,
    zipped,
)

FORMS = Path(__file__).parents[3] / "data/forms"
DOC = (FORMS / "A09-附件1定海路街道.doc").read_bytes()
GOOD = docx(ORGANISATION, table(TITLE, SUMMARY, OUTCOME), FOOTER)
ABOUT = date(2017, 11, 30)
HEAD = b"\xec\xa5\x01\x01"  # how the stream of an old document begins
BOMB = (
    "<!DOCTYPE x ["
    + '<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
)
MAIN = "word/document.xml"


def read(*uploads: tuple[str, bytes]) -> list[FileRead]:
    return reception.read([Upload(name, content) for name, content in uploads], ABOUT)


def with_main(content: str | bytes, **more: bytes) -> bytes:
    return zipped({"[Content_Types].xml": TYPES, "_rels/.rels": RELATIONS, MAIN: content, **more})


def patched(data: bytes, find: bytes, replace: bytes) -> bytes:
    assert find in data
    return data.replace(find, replace)


def broken_sum() -> bytes:
    data = bytearray(zipped({"_rels/.rels": RELATIONS, MAIN: document(TITLE)}, zipfile.ZIP_STORED))
    at = data.index(b"<w:body>")
    data[at + 3] ^= 0xFF
    return bytes(data)


def lying_size() -> bytes:
    """A part that announces few bytes and holds many."""
    data = bytearray(with_main(document(p("长" * 2_000_000))))
    name = data.rindex(MAIN.encode())
    struct.pack_into("<I", data, name - 46 + 24, 10)
    return bytes(data)


def zip_bomb() -> bytes:
    return with_main(document("")[:-40].encode() + b" " * (40 * 2**20))


def overlapping() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for number in range(5):
            package.writestr(f"word/{number}.xml", b"0" * (20 * 2**20))
    return buffer.getvalue()


def many_parts() -> bytes:
    return zipped({f"word/{number}.xml": "" for number in range(3000)}, zipfile.ZIP_STORED)


def encrypted_zip() -> bytes:
    data = bytearray(GOOD)
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def encrypted_office() -> bytes:
    """A container as Word makes it of a file with a password, by its directory's names alone."""
    return patched(DOC, "WordDocument".encode("utf-16-le"), "EncryptedPac".encode("utf-16-le"))


def doc_flags(bits: int) -> bytes:
    data = bytearray(DOC)
    at = data.index(HEAD)
    flags = int.from_bytes(data[at + 10 : at + 12], "little") | bits
    data[at + 10 : at + 12] = flags.to_bytes(2, "little")
    return bytes(data)


def doc_version(number: int) -> bytes:
    return patched(DOC, HEAD, b"\xec\xa5" + number.to_bytes(2, "little"))


def doc_piece(value: int) -> bytes:
    at = DOC.index(b"\x02\x10\x00\x00\x00\x00\x00\x00\x00\xae\x01\x00\x00")
    return DOC[: at + 9] + value.to_bytes(4, "little") + DOC[at + 13 :]


def workbook(**parts: str) -> bytes:
    return zipped({"xl/workbook.xml": "<workbook/>", **parts})


def lists_bomb() -> bytes:
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<dimension ref="A1:XFD1048576"/>'
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'
        '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>b</t></is></c></row></sheetData></worksheet>'
    )
    book = (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>'
    )
    return zipped(
        {"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": relations, "xl/worksheets/sheet1.xml": sheet}
    )


MALFORMED: dict[str, tuple[str, Callable[[], bytes], set[str]]] = {
    "nothing": ("空.docx", lambda: b"", {"empty_file"}),
    "one byte": ("一.docx", lambda: b"P", {"damaged"}),
    "only the beginning of a zip": ("头.docx", lambda: b"PK\x03\x04", {"damaged"}),
    "cut in the middle": ("半.docx", lambda: GOOD[: len(GOOD) // 2], {"damaged"}),
    "cut at the end": ("少.docx", lambda: GOOD[:-10], {"damaged"}),
    "no document in it": ("包.docx", lambda: zipped({"a.txt": "a"}), {"wrong_type"}),
    "a document that is not there": ("缺.docx", lambda: zipped({"_rels/.rels": RELATIONS}), {"damaged"}),
    "a wrong sum": ("错.docx", broken_sum, {"damaged"}),
    "not well-formed": ("坏.docx", lambda: with_main("<w:document><w:body>"), {"damaged"}),
    "an encoding nobody knows": (
        "码.docx",
        lambda: with_main(b'<?xml version="1.0" encoding="x-none"?><a/>'),
        {"damaged"},
    ),
    "no text at all": ("无.docx", lambda: with_main(document()), {"not_a_form"}),
    "no body": ("体.docx", lambda: with_main("<a/>"), {"damaged"}),
    "external entities": (
        "外.docx",
        lambda: with_main('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
        {"unsafe"},
    ),
    "a billion laughs": ("笑.docx", lambda: with_main(BOMB + "]><a>&j;</a>"), {"unsafe"}),
    "a bomb": ("炸.docx", zip_bomb, {"too_large"}),
    "a bomb in many parts": ("炸.xlsx", overlapping, {"too_large"}),
    "a size that lies": ("谎.docx", lying_size, {"damaged", "too_large"}),
    "thousands of parts": ("多.docx", many_parts, {"too_large"}),
    "nested without end": (
        "深.docx",
        lambda: with_main(document("<w:tbl><w:tr><w:tc>" * 5000 + "</w:tc></w:tr></w:tbl>" * 5000)),
        {"too_large"},
    ),
    "a table without end": (
        "长.docx",
        lambda: docx(table(*[row("实事项目名称", "一")] * 30_000)),
        {"too_large"},
    ),
    "too many elements": ("密.docx", lambda: with_main("<a>" + "<b/>" * 500_000 + "</a>"), {"too_large"}),
    "ten megabytes and one": ("大.docx", lambda: GOOD + b"\0" * (10 * 2**20), {"too_large"}),
    "a zip with a password": ("密码.docx", encrypted_zip, {"encrypted"}),
    "a document with a password": ("密码2.docx", encrypted_office, {"encrypted", "wrong_type", "damaged"}),
    "names that climb": ("爬.docx", lambda: zipped({"../../etc/passwd": "x", "/abs": "y"}), {"wrong_type"}),
    "a picture": ("照片.docx", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100, {"damaged"}),
    "a picture that says so": ("照片.png", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100, {"wrong_type"}),
    "a page description": ("表.pdf", lambda: b"%PDF-1.7\n", {"wrong_type"}),
    "rich text named .doc": ("表.doc", lambda: b"{\\rtf1 hello}", {"unsupported_legacy_doc"}),
    "a page named .doc": ("表.doc", lambda: b"<html><body></body></html>", {"unsupported_legacy_doc"}),
    "an old document cut off": ("旧.doc", lambda: DOC[: len(DOC) // 2], {"damaged"}),
    "an old document's head alone": ("旧.doc", lambda: DOC[:512], {"damaged", "wrong_type"}),
    "an old document with a password": ("旧密.doc", lambda: doc_flags(0x0100), {"encrypted"}),
    "a document older still": ("更旧.doc", lambda: doc_version(0x68), {"unsupported_legacy_doc"}),
    "a piece of no length": ("片.doc", lambda: doc_piece(0), {"damaged"}),
    "a piece without end": ("片.doc", lambda: doc_piece(0xFFFF_FFF0), {"damaged"}),
    "a container of nothing": (
        "空壳.doc",
        lambda: patched(DOC, "WordDocument".encode("utf-16-le"), "WordDocumenX".encode("utf-16-le")),
        {"wrong_type"},
    ),
    "a workbook of nothing": ("空.xlsx", lambda: workbook(), {"damaged", "not_a_form"}),
    "a workbook that declares": ("外.xlsx", lambda: workbook(**{"xl/a.xml": "<!DOCTYPE a []><a/>"}), {"unsafe"}),
    "a sheet as large as can be": ("巨.xlsx", lists_bomb, {"too_large", "damaged"}),
    "a text of no encoding": ("乱.csv", lambda: b"\xff\xff\xff\x80\x81", {"damaged", "wrong_type"}),
    "zeros named .csv": ("零.csv", lambda: b"a,b\0,c\n" * 10, {"wrong_type"}),
    "a line without end": ("行.csv", lambda: "实事项目名称,简介\n".encode() + b"x" * 9_000_000, {"damaged"}),
    "another list": ("名单.csv", lambda: "姓名,电话\n张三,13800001111\n".encode(), {"not_a_form"}),
    "surrogates alone": ("半字.docx", lambda: with_main(document(p("&#xD800;"))), {"damaged"}),
    "signs that cannot be seen": ("控.docx", lambda: with_main(document(p("&#x1;"))), {"damaged"}),
}


@pytest.fixture(scope="module")
def answers() -> dict[str, FileRead]:
    """All of them at once: none may keep the others from being read."""
    uploads = [(name, make()) for name, make, _ in MALFORMED.values()]
    return dict(zip(MALFORMED, read(*uploads), strict=True))


@pytest.mark.parametrize("kind", MALFORMED)
def test_it_is_refused_with_a_sentence_and_a_place(answers: dict[str, FileRead], kind: str) -> None:
    answer = answers[kind]
    [problem] = answer.problems
    assert (answer.status, list(answer.forms)) == ("reject", [])
    assert problem.code in MALFORMED[kind][2]
    assert problem.message == SENTENCES[problem.code]
    assert problem.place


def test_one_that_breaks_the_reader_breaks_nothing_else() -> None:
    good = ("好.docx", GOOD)
    bad = ("深.xlsx", lists_bomb())
    assert [file.status for file in read(good, bad, good, ("空.docx", b""), good)] == [
        "import",
        "reject",
        "import",
        "reject",
        "import",
    ]


def test_bytes_changed_at_random_never_bring_it_down() -> None:
    chance = random.Random(20171125)
    spoilt = []
    for path in sorted(FORMS.glob("A0[189]*")):
        for _ in range(12):
            data = bytearray(path.read_bytes())
            for _ in range(chance.randrange(1, 40)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            spoilt.append((path.name, bytes(data)))
    for file in read(*spoilt):
        assert file.status != "reject" or file.problems
        assert all(problem.code in SENTENCES and problem.message for problem in file.problems)


def test_too_many_at_once_are_refused_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "_start", None)  # starting a reader would fail
    files = read(*[("一.docx", GOOD)] * 101)
    assert {file.problems[0].code for file in files} == {"too_many_files"}


def test_one_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "SECONDS_A_FILE", 0.0)
    assert read(("慢.docx", GOOD))[0].problems[0].code == "took_too_long"


def test_the_reader_sees_none_of_our_secrets_and_little_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHISHI_SECRET_KEY", "a secret that nobody else should see")
    process = reception._start()
    try:
        assert b"SHISHI" not in Path(f"/proc/{process.pid}/environ").read_bytes()
        asked = json.dumps({"name": "一.docx", "size": len(GOOD), "around": "2017-11-30"}).encode()
        assert json.loads(reception._exchange(process, asked + b"\n" + GOOD))["problems"] == []
        assert resource.prlimit(process.pid, resource.RLIMIT_FSIZE) == (0, 0)
        assert resource.prlimit(process.pid, resource.RLIMIT_AS)[0] <= 2**30
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../a.docx", "a.docx"),
        ("C:\\b\\表.docx", "表.docx"),
        ("a\0\x1b[1m.docx", "a[1m.docx"),
        ("", "没有名字的文件"),
    ],
)
def test_names_are_only_shown(name: str, shown: str) -> None:
    assert read((name, b""))[0].name == shown


def test_lone_surrogates_and_unseen_signs_never_reach_a_value() -> None:
    strange = "午\u200b间\u202e健身课"
    [file] = read(("奇.docx", docx(ORGANISATION, table(row("实事项目名称", strange), SUMMARY, OUTCOME), FOOTER)))
    assert file.forms[0].values["title"] == "午间健身课"


def test_a_zip_of_sound_parts_is_needed_not_of_a_sound_directory() -> None:
    """Random bytes where the deflated text should be."""
    data = bytearray(GOOD)
    at = data.index(MAIN.encode()) + len(MAIN)
    data[at : at + 60] = bytes(range(60))
    assert read(("坏.docx", bytes(data)))[0].problems[0].code == "damaged"
