"""Two hundred proposals become twenty candidates in a real browser: from the chat, from forms, from a list."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from app.console.nav import NAV
from app.database import Database
from models.enums import Role
from tests.browser.office import Office, open_office
from tests.browser.pictures import looked_at
from tests.journeys.answers import CONSENT, REVIEW, asked_in

pytestmark = [pytest.mark.browser, pytest.mark.long]

DATA = Path(__file__).parents[1] / "data"
FORMS = sorted(str(path) for path in (DATA / "forms").iterdir() if path.suffix in {".doc", ".docx"})
HEADINGS = ("推荐单位", "实事项目名称", "简介", "预期目标或成效", "填表人", "联系电话", "填表日期")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

IN_ALL, BY_CHAT, SHORTLISTED, CANDIDATES = 200, 30, 22, 20
MERGED_AT_LEAST = 10
NUMBER = re.compile(r"SS2018-\d{4}")
REASONS = {"return": "大概要服务多少人？", "shortlist": "两位评审都认为可行"}

Told = Mapping[str, str]


@pytest.fixture
def office(sqlite_database: Database, chromium: Browser) -> Iterator[Office]:
    with open_office(sqlite_database, chromium) as office:
        yield office


def test_from_two_hundred_proposals_to_twenty_candidates(office: Office) -> None:
    for name, role in (("李敏", Role.INTAKE), ("王芳", Role.REVIEWER), ("赵强", Role.REVIEWER)):
        office.employ(name, role)
    office.employ("周玲", Role.CAMPAIGNER)
    office.employ("郑主席", Role.OWNER)
    told = corpus()
    authors = {tell(office, at, one): f"oAuthor{at:03d}" for at, one in enumerate(told[:BY_CHAT])}
    intake, first, second = (office.desk_of(name) for name in ("李敏", "王芳", "赵强"))
    bring_in_all(intake, told[BY_CHAT:])
    expect(board(intake)).to_contain_text(f"共 {IN_ALL} 份")
    sort_all(intake, {one["title"]: one["category"] for one in told})
    office.turn_to("screening")

    merged = merge_all(first)
    undo_and_redo(first)
    expect(board(first, status="merged")).to_contain_text(f"共 {merged} 份")
    kept = numbers_on(first, status="submitted", route="wechat")[:SHORTLISTED]
    assert len(kept) == SHORTLISTED
    reject_others(first, kept)
    publish(first, IN_ALL - merged - SHORTLISTED)

    answer(intake, kept[0], "return")
    intake.get_by_role("button", name="现在就答复").click()
    expect(board(intake, status="returned")).to_contain_text("共 1 份")
    supplement(office, authors[kept[0]], kept[0])
    expect(board(intake, status="returned")).to_contain_text("没有符合条件的提案")
    assess_all(first, "4")
    assess_all(second, "5")
    for number in kept:
        answer(second, number, "shortlist")
        second.get_by_role("button", name="先备好，一起公布").click()
        second.wait_for_url("**/console/decisions")
    publish(second, SHORTLISTED)
    assert "入选" in office.says(authors[kept[1]], f"进度 {kept[1]}")

    maker = office.desk_of("周玲")
    extra = SHORTLISTED - CANDIDATES
    groups = [kept[: extra + 1], *([number] for number in kept[extra + 1 :])]
    for numbers in groups:
        compose(maker, numbers)
    put_in_order(maker)
    office.turn_to("opinion")
    maker.reload()
    expect(maker.get_by_text("候选项目已经定稿编号")).to_be_visible()
    expect(maker.locator(".candidate-place b")).to_have_text([str(at + 1) for at in range(CANDIDATES)])

    look_at_every_page(office.desk_of("郑主席"))
    assert office.complaints == []
    assert office.hosts == {office.url.removeprefix("http://")}


def corpus() -> list[Told]:
    files = (DATA / "corpus/proposals.jsonl", DATA / "corpus_second/proposals.jsonl")
    return [json.loads(line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]


def tell(office: Office, at: int, one: Told) -> str:
    """A worker hands it in by chat; its number."""
    openid = f"oAuthor{at:03d}"
    office.platform.add_person("王建国", openid=openid, following=True)
    said: Mapping[str, Sequence[str]] = {
        CONSENT: ("同意",),
        "类别": (one["category"],),
        "实事项目名称": (one["title"],),
        "简介": (one["summary"], "完"),
        "预期目标或成效": (one["expected_outcome"],),
        "单位": (f"第{at}车间",),
        "姓名": ("王建国",),
        "联系电话": ("13800001111",),
    }
    heard = office.says(openid, "我要提案")
    while (asked := asked_in(heard)) != REVIEW:
        heard = office.says(openid, *said.get(asked, ("跳过",)))
    found = NUMBER.search(office.says(openid, "提交"))
    assert found, heard
    return found[0]


def bring_in_all(page: Page, told: Sequence[Told]) -> None:
    """The forms of Word, one of them mended; then a list that makes the number full."""
    count = bring_in(page, FORMS)
    page.get_by_label("实事项目名称").fill("教师的下班时间")
    page.get_by_role("button", name="导入更正好的").click()
    expect(page.get_by_role("status").filter(has_text="导入了 1 份提案。")).to_be_visible()
    rest = IN_ALL - BY_CHAT - count - 1
    assert bring_in(page, [workbook(told[:rest])]) == rest


def bring_in(page: Page, files: Sequence[str | FilePayload]) -> int:
    """How many proposals were made of them."""
    page.goto("/console/forms")
    page.get_by_label("选择征集表").set_input_files(files)  # type: ignore[arg-type]
    page.get_by_role("button", name="读取文件").click()
    page.get_by_role("button", name="导入这").click()
    done = page.get_by_role("status").filter(has_text="导入了").inner_text()
    return int(re.findall(r"导入了 (\d+) 份", done)[0])


def workbook(told: Sequence[Told]) -> FilePayload:
    book, kept = openpyxl.Workbook(), BytesIO()
    assert book.active is not None
    book.active.append(HEADINGS)
    for at, one in enumerate(told):
        words = (one["title"], one["summary"], one["expected_outcome"])
        book.active.append((f"第{at}街道总工会", *words, "张三", "13800002222", "2017/12/5"))
    book.save(kept)
    return {"name": "汇总清单.xlsx", "mimeType": XLSX, "buffer": kept.getvalue()}


def board(page: Page, **asked: str) -> Locator:
    page.goto("/console/board?" + "&".join(f"{name}={value}" for name, value in asked.items()))
    return page.locator("#board")


def titles_on(page: Page) -> dict[str, str]:
    """The numbers and titles of the page of the board at hand."""
    read = "all => all.map((row) => [row.dataset.number, row.querySelector('strong').innerText])"
    return dict(page.locator("tr[data-number]").evaluate_all(read))


def numbers_on(page: Page, **asked: str) -> list[str]:
    board(page, **asked)
    return list(titles_on(page))


def sort_all(page: Page, categories: Told) -> None:
    """Page after page, always those of one category together; what no corpus knows is for daily life."""
    while True:
        numbers = numbers_on(page, category="none")
        if not numbers:
            return
        wanted = {number: categories.get(title, "生活服务") for number, title in titles_on(page).items()}
        category = Counter(wanted.values()).most_common(1)[0][0]
        for number in numbers:
            if wanted[number] == category:
                page.locator(f"input[value={number}]").check()
        page.locator("#to-category").select_option(label=f"归到：{category}")
        page.locator("#to-assignee").select_option("李敏")
        page.get_by_role("button", name="改选中的").click()
        expect(page.get_by_role("status").filter(has_text="改好了")).to_be_visible()


def merge_all(page: Page) -> int:
    """Everything the console holds to be the same; how many proposals are in others now."""
    merged = 0
    page.goto("/console/alike")
    while (button := page.get_by_role("link", name="并排看，决定是否合并")).count():
        button.first.click()
        page.get_by_label("为什么合并").fill("说的是同一件事")
        page.get_by_role("button", name="合并这").click()
        done = page.get_by_role("status").filter(has_text="已经合并到").inner_text()
        merged += int(re.findall(r"(\d+) 份提案已经合并", done)[0])
        page.goto("/console/alike")
    assert merged >= MERGED_AT_LEAST
    return merged


def undo_and_redo(page: Page) -> None:
    page.goto("/console/merges")
    last = page.locator("section.merge").first
    into, *others = NUMBER.findall(last.inner_text())
    last.get_by_text("撤销这次合并").click()
    last.get_by_role("button", name="确定撤销").click()
    expect(page.get_by_role("status")).to_contain_text("恢复成原来的样子")
    page.goto(f"/console/merge?into={into}&" + "&".join(f"with={number}" for number in others))
    page.get_by_label("为什么合并").fill("想了想，还是一件事")
    page.get_by_role("button", name="合并这").click()
    expect(page.get_by_role("status").filter(has_text="已经合并到")).to_be_visible()


def reject_others(page: Page, kept: Sequence[str]) -> None:
    """A page of the board at a time, with one reason, prepared to be published together."""
    while set(numbers := numbers_on(page, status="submitted", prepared="no", sort="newest")) - set(kept):
        page.get_by_label("选这一页的全部提案").check()
        for number in set(numbers) & set(kept):
            page.locator(f"input[value={number}]").uncheck()
        page.get_by_role("button", name="不采纳选中的…").click()
        page.get_by_label("原因", exact=True).select_option("not_within_year")
        page.get_by_label("再写几句").fill("谢谢您为大家着想，明年欢迎再提。")
        page.get_by_role("button", name="备好，等一起公布").click()
        expect(page.get_by_role("status").filter(has_text="备好了")).to_be_visible()


def publish(page: Page, count: int) -> None:
    page.goto("/console/decisions")
    page.get_by_role("button", name=f"一起公布 {count} 份答复").click()
    expect(page.get_by_role("status").filter(has_text=f"公布了 {count} 份答复")).to_be_visible()


def answer(page: Page, number: str, kind: str) -> None:
    page.goto(f"/console/proposals/{number}/decide?kind={kind}")
    page.locator("#reason").fill(REASONS[kind])


def supplement(office: Office, openid: str, number: str) -> None:
    """The author is asked in the chat and answers there."""
    assert REASONS["return"] in office.says(openid, f"补充 {number}")
    assert "收到了" in office.says(openid, "六百名护理员", "完", "提交")


def assess_all(page: Page, score: str) -> None:
    """By keyboard alone, one card after the other until none is left."""
    page.goto("/console/assess")
    page.get_by_role("link", name="开始评审").click()
    while page.url.rsplit("/", 1)[-1] != "assess":
        for group in page.get_by_role("radiogroup").all():
            group.get_by_role("radio").first.focus()
            page.keyboard.press(score)
            page.keyboard.insert_text("说得通")
        page.locator("input[name=conclusion][value=recommend]").press("Space")
        before = page.url
        page.keyboard.press("Control+Enter")
        page.wait_for_url(lambda url, before=before: url != before)  # type: ignore[misc]


def compose(page: Page, numbers: Sequence[str]) -> None:
    page.goto("/console/candidates/new")
    for number in numbers:
        page.locator(f"#from-{number}").check()
    page.get_by_role("button", name="用选中的提案起草").click()
    page.get_by_label("责任部门").fill("权益保障部")
    page.get_by_label("经费").fill("约 50 万元，区总工会经费")
    page.get_by_label("第 1 条指标", exact=True).fill("服务职工")
    page.get_by_label("第 1 条指标的目标值").fill("3000 人次")
    page.get_by_role("button", name="保存").last.click()
    expect(page.get_by_role("status").filter(has_text="写好了")).to_be_visible()


def put_in_order(page: Page) -> None:
    """The second is dragged before the first; the last goes up by its arrow."""
    first, second, *others = page.locator(".candidate h2").all_inner_texts()
    assert len(others) == CANDIDATES - 2
    page.locator(".candidate").nth(1).drag_to(page.locator(".candidate").first, target_position={"x": 200, "y": 5})
    expect(page.locator(".candidate h2")).to_have_text([second, first, *others])
    page.get_by_role("button", name="往前移").last.click()
    *others, above, last = [second, first, *others]
    expect(page.locator(".candidate h2")).to_have_text([*others, last, above])


def look_at_every_page(page: Page) -> None:
    for entry in NAV:
        answer = page.goto(entry.path)
        assert answer is not None
        assert answer.status == 200, entry.path
        name = entry.path.removeprefix("/console/").strip("/") or "home"
        looked_at(page, f"sifting-{name.replace('/', '-')}")
