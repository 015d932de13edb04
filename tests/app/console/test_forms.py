"""Bringing in forms by the console: looked over first, mended where needed, imported, undone."""

import re
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.campaigns.service import set_phase
from app.installation import Installation
from models import FormImport, FormOriginal, Proposal
from models.enums import IntakeChannel, PhaseKind, Role
from tests.app.console.conftest import Desk, OpenConsole
from tests.app.proposals.intake.paper import FOOTER, ORGANISATION, OUTCOME, SUMMARY, TITLE, docx, table

FORMS = Path(__file__).parents[2] / "data/forms"
SEALED = re.compile(r'name="sealed-(\d+)" value="([^"]+)"')


def sample(beginning: str) -> tuple[str, bytes]:
    [path] = FORMS.glob(f"{beginning}*")
    return path.name, path.read_bytes()


async def look_over(desk: Desk, *files: tuple[str, bytes]) -> str:
    answer = await desk.upload("/console/forms", [("files", file) for file in files])
    assert answer.status_code == 200
    return answer.text


def carried(text: str) -> dict[str, str]:
    """What the page would send back: every file ticked."""
    found = SEALED.findall(text)
    return {f"sealed-{at}": sealed for at, sealed in found} | {f"take-{at}": "1" for at, _ in found}


async def take_in(desk: Desk, **fields: str) -> str:
    answer = await desk.upload("/console/forms/import", [("none", ("", b""))], **fields)
    assert answer.status_code == 200
    return answer.text


def stored(here: Installation) -> list[Proposal]:
    with here.database.reading() as session:
        return list(session.scalars(select(Proposal).order_by(Proposal.id)))


def count(here: Installation, table: type) -> int:
    with here.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


async def test_forms_are_looked_over_and_then_imported(
    open_console: OpenConsole, installation: Installation
) -> None:
    desk = open_console(Role.INTAKE)
    text = await look_over(desk, sample("A01"), sample("A04"), sample("A12"))
    assert "导入这 2 份" in text
    assert "这份文件不是征集表" in text
    assert stored(installation) == []
    assert "导入了 2 份提案" in await take_in(desk, **carried(text))
    assert [(one.number, one.channel, one.unit, one.proposer_name) for one in stored(installation)] == [
        ("SS2018-0001", IntakeChannel.ORGANISATION, "殷行街道总工会", "殷舒禾"),
        ("SS2018-0002", IntakeChannel.DEPARTMENT, "权益保障部", "柏知远"),
    ]
    assert "SS2018-0001 至 SS2018-0002" in (await desk.open("/console/forms")).text


async def test_what_is_missing_is_written_in_on_the_page(
    open_console: OpenConsole, installation: Installation
) -> None:
    desk = open_console(Role.INTAKE)
    text = await look_over(desk, sample("A11"), sample("A01"))
    assert "第1个表格第1行第1格" in text
    again = await take_in(desk, **carried(text), **{"0-0-title": " "})
    assert "导入了 1 份提案。下面这些还没有导入。" in again
    assert "没有填“实事项目名称”" in again
    done = await take_in(desk, **carried(again), **{"0-0-title": "教师的下班时间", "0-0-date": "12月21日"})
    assert "导入了 1 份提案" in done
    assert [one.title for one in stored(installation)][1:] == ["教师的下班时间"]
    assert stored(installation)[1].proposer_name == "蒲见微"


async def test_nothing_personal_stands_in_the_hidden_fields(open_console: OpenConsole) -> None:
    for _, sealed in SEALED.findall(await look_over(open_console(Role.INTAKE), sample("A01"))):
        assert "13800001021" not in sealed
        assert "殷舒禾" not in sealed


async def test_a_file_that_is_not_ticked_stays_out(open_console: OpenConsole, installation: Installation) -> None:
    desk = open_console(Role.INTAKE)
    fields = carried(await look_over(desk, sample("A01"), sample("A02")))
    del fields["take-0"]
    await take_in(desk, **fields)
    assert [one.unit for one in stored(installation)] == ["杨浦区环卫行业工会联合会"]


async def test_what_another_page_or_another_operator_sealed_is_refused(
    open_console: OpenConsole, installation: Installation
) -> None:
    fields = carried(await look_over(open_console(Role.INTAKE), sample("A01")))
    for desk, sent in (
        (open_console(Role.OWNER), fields),
        (open_console(Role.INTAKE), {**fields, "sealed-0": "x"}),
    ):
        answer = await desk.post("/console/forms/import", True, **sent)
        assert answer.status_code == 422
        assert "预览已经失效" in answer.text
    assert stored(installation) == []


async def test_no_file_is_no_mistake_of_the_machine(open_console: OpenConsole) -> None:
    answer = await open_console(Role.INTAKE).upload("/console/forms", [("files", ("", b""))])
    assert answer.status_code == 422
    assert "还没有选择文件" in answer.text


async def test_the_same_form_again_is_recognised(open_console: OpenConsole, installation: Installation) -> None:
    desk = open_console(Role.INTAKE)
    fields = carried(await look_over(desk, sample("A01")))
    await take_in(desk, **fields)
    assert "编号是 SS2018-0001" in await look_over(desk, sample("A01"))
    assert "以前都导入过" in await take_in(desk, **fields)
    assert len(stored(installation)) == 1


async def test_an_import_is_undone_as_a_whole(open_console: OpenConsole, installation: Installation) -> None:
    desk = open_console(Role.INTAKE)
    await take_in(desk, **carried(await look_over(desk, sample("A01"), sample("A02"))))
    assert "已经撤销，里面的提案都收回了" in (await desk.post("/console/forms/1/undo")).text
    assert stored(installation) == []
    assert "已经撤销过了" in (await desk.post("/console/forms/1/undo")).text
    assert (await desk.post("/console/forms/999/undo")).status_code == 404
    assert (await desk.post(f"/console/forms/{2**70}/undo")).status_code == 404


async def test_originals_travel_with_the_page_where_they_are_kept(
    open_console: OpenConsole, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = installation.settings.forms.model_copy(update={"keep_originals": True})
    installation.settings = installation.settings.model_copy(update={"forms": kept})
    desk = open_console(Role.INTAKE)
    await take_in(desk, **carried(await look_over(desk, sample("A01"))))
    assert count(installation, FormOriginal) == 1
    await desk.post("/console/forms/1/undo")
    assert (count(installation, FormOriginal), count(installation, FormImport)) == (0, 1)


async def test_markup_in_a_form_stays_text(open_console: OpenConsole) -> None:
    bad = docx(ORGANISATION, table(TITLE, SUMMARY, OUTCOME), FOOTER.replace("张三", "&lt;script&gt;张"))
    text = await look_over(open_console(Role.INTAKE), ("<b>.docx", bad))
    assert "&lt;script&gt;张" in text
    assert "<script>张" not in text
    assert "<b>.docx" not in text


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.CAMPAIGNER, Role.APPROVER, Role.AUDITOR])
async def test_others_do_not_import(open_console: OpenConsole, installation: Installation, role: Role) -> None:
    desk = open_console(role)
    assert (await desk.open("/console/forms")).status_code == 403
    assert (await desk.upload("/console/forms", [("files", sample("A01"))])).status_code == 403
    assert (await desk.post("/console/forms/import")).status_code == 403
    assert (await desk.post("/console/forms/1/undo")).status_code == 403
    assert count(installation, FormImport) == 0


async def test_out_of_its_time_the_page_says_so(open_console: OpenConsole, installation: Installation) -> None:
    desk = open_console(Role.INTAKE)
    fields = carried(await look_over(desk, sample("A01")))
    with installation.database.writing() as session:
        set_phase(session, "2018", PhaseKind.PUBLISHED, "公布了", actor="cli:tester", clock=installation.clock)
    assert "不能导入表格" in (await desk.open("/console/forms")).text
    assert (await desk.post("/console/forms/import", True, **fields)).status_code == 409
