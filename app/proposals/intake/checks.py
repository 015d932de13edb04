"""What must be right before a form is imported, said so that whoever filled it in knows what to mend. Pure."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from app.proposals.intake.paper import NAMES, FormRead, Problem
from app.proposals.intake.values import is_day, is_telephone

REQUIRED = ("organisation", "title", "summary", "expected_outcome")
LIMITS: Mapping[str, int] = MappingProxyType(
    {
        "organisation": 200,
        "title": 200,
        "summary": 20_000,
        "expected_outcome": 20_000,
        "evaluation": 20_000,
        "filler": 80,
        "phone": 60,
    }
)
WHOLE = "整份文件"

# What is said of a whole file, or of a form whose words are no longer at hand.
SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "not_a_form": "这份文件不是征集表：没有找到“实事项目名称”“简介”这些栏目，没有导入任何内容。",
        "blank_form": "这是一张还没有填写的空白表，没有导入任何内容。",
        "from_chat": "这一行来源写的是职工网上提案，已经在系统里了，请从清单里删去这一行。",
        "empty_file": "这是一个空文件，请重新发送。",
        "too_large": "文件太大了，读不下去。一份文件最多 10 MB，内容也不要太多，可以分成几份再发。",
        "too_many_files": "一次最多导入 100 份文件，合计 64 MB，请分几次导入。",
        "wrong_type": "这种文件读不了，请发 Word 文件（.docx、.doc）或表格（.xlsx、.xls、.ods、.csv）。",
        "unsupported_legacy_doc": "这个 Word 文件的格式太旧，请用 Word 或 WPS 打开，另存为 .docx 再发。",
        "encrypted": "文件加了密码，打不开。请去掉密码，另存一份再发。",
        "damaged": "文件损坏或者不完整，读不出来。请用 Word 或 WPS 打开另存一份，再发一次。",
        "unsafe": "文件里有不安全的内容，没有读取。请用 Word 或 WPS 打开另存一份，再发一次。",
        "took_too_long": "这份文件读了太久，没有读完。请拆成小一些的文件再发。",
        "not_reached": "前面的文件读得太久，还没有轮到这一份，请再发一次。",
        "duplicate": "这份表以前导入过，没有再导入。",
        "odd_phone": "“联系电话”看着不像电话号码，请核对。",
        "odd_date": "“填表日期”看不懂，请写清年、月、日。",
        **{f"missing_{name}": f"没有填“{NAMES[name]}”，请补上再导入。" for name in REQUIRED},
        **{f"long_{name}": f"“{NAMES[name]}”太长了，最多 {most} 个字，请精简。" for name, most in LIMITS.items()},
    }
)


def problem(code: str, place: str = WHOLE) -> Problem:
    return Problem(code, SENTENCES[code], place)


def not_a_form() -> Problem:
    return problem("not_a_form")


def from_chat(place: str) -> Problem:
    return problem("from_chat", place)


def blank(place: str) -> Problem:
    return problem("blank_form", place)


def problems(form: FormRead) -> Iterator[Problem]:
    """In the order of the form; none when it can be imported."""
    for name in REQUIRED:
        if not form.values[name]:
            yield problem(f"missing_{name}", form.place(name))
    for name, most in LIMITS.items():
        if len(form.values[name] or "") > most:
            yield problem(f"long_{name}", form.place(name))
    phone, date = form.values["phone"], form.values["date"]
    if phone and not is_telephone(phone):
        said = f"“联系电话”写的是“{phone[:40]}”，看着不像电话号码，请核对。"
        yield Problem("odd_phone", said, form.place("phone"))
    if date and not is_day(date):
        said = f"“填表日期”写的是“{date[:40]}”，看不懂，请写清年、月、日。"
        yield Problem("odd_date", said, form.place("date"))
