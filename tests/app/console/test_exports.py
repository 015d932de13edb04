"""Exports from the console: every format, only what is asked for; persons for the owner alone, with a reason."""

from io import BytesIO
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import select

from app.installation import Installation
from app.proposals.service import PHONE_SEALED_FOR
from models import Action
from models.enums import IntakeChannel, ProposalStatus, Role
from tests.app.api.conftest import proposal
from tests.app.console.conftest import OpenConsole

PATH = "/console/exports"
PHONE = "13800000000"


@pytest.fixture(autouse=True)
def _proposals(installation: Installation) -> None:
    phone = installation.keyring.seal(PHONE, PHONE_SEALED_FOR)
    with installation.database.writing() as session:
        session.add(proposal(1, proposer_name="王小明", phone=phone, title="=1+1"))
        session.add(proposal(2, channel=IntakeChannel.DEPARTMENT, status=ProposalStatus.REJECTED))


def last_export(installation: Installation) -> dict[str, Any]:
    with installation.database.reading() as session:
        found = session.scalars(select(Action).where(Action.verb == "proposals.export").order_by(Action.id.desc()))
        return found.first().detail  # type: ignore[union-attr]


@pytest.mark.parametrize("role", list(Role))
async def test_every_operator_takes_out_the_summary_without_persons(
    open_console: OpenConsole, installation: Installation, role: Role
) -> None:
    answer = await open_console(role).post(PATH, format=".xlsx")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="proposals-2018.xlsx"'
    rows = [
        [str(cell or "") for cell in row] for row in load_workbook(BytesIO(answer.content)).worksheets[0].values
    ]
    assert len(rows) == 3
    assert "王小明" not in str(rows)
    assert PHONE not in str(rows)
    assert last_export(installation) == {"rows": 2, "format": ".xlsx", "personal": False, "reason": ""}


async def test_the_owner_takes_persons_along_and_says_why(
    open_console: OpenConsole, installation: Installation
) -> None:
    owner = open_console(Role.OWNER)
    refused = await owner.post(PATH, format=".csv", personal="1", reason=" ")
    assert refused.status_code == 422
    answer = await owner.post(PATH, format=".csv", encoding="gb18030", personal="1", reason="电话回访")
    told = answer.content.decode("gb18030")
    assert "王小明" in told
    assert PHONE in told
    assert ",'=1+1," in told
    assert last_export(installation)["reason"] == "电话回访"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OWNER])
async def test_nobody_else_does(open_console: OpenConsole, role: Role) -> None:
    answer = await open_console(role).post(PATH, format=".csv", personal="1", reason="想看看")
    assert answer.status_code == 403
    assert 'name="personal"' not in (await open_console(role).open(PATH)).text


async def test_forms_of_what_is_asked_for(open_console: OpenConsole) -> None:
    answer = await open_console(Role.INTAKE).post(
        PATH, format=".docx", status=["rejected"], channel=["department"]
    )
    told = "\n".join(paragraph.text for paragraph in Document(BytesIO(answer.content)).paragraphs)
    assert "编号：SS2018-0002" in told
    assert "SS2018-0001" not in told


@pytest.mark.parametrize(
    "fields", [{}, {"format": ".exe"}, {"format": ".csv", "encoding": "utf-7"}, {"format": ".csv", "status": "x"}]
)
async def test_what_cannot_be_is_refused_in_words(open_console: OpenConsole, fields: dict[str, Any]) -> None:
    answer = await open_console(Role.OWNER).post(PATH, **fields)
    assert answer.status_code == 422
    assert "请" in answer.text


@pytest.mark.parametrize("role", [Role.OWNER, Role.REVIEWER])
async def test_one_proposal_as_a_form_without_who_filled_it_in(
    open_console: OpenConsole, installation: Installation, role: Role
) -> None:
    answer = await open_console(role).open("/console/proposals/SS2018-0001/form.docx")
    told = "\n".join(paragraph.text for paragraph in Document(BytesIO(answer.content)).paragraphs)
    assert "编号：SS2018-0001" in told
    assert "SS2018-0002" not in told
    assert "王小明" not in told
    assert last_export(installation)["rows"] == 1
    assert (await open_console(role).open("/console/proposals/SS2018-9999/form.docx")).status_code == 404


async def test_blank_forms(open_console: OpenConsole) -> None:
    for channel, annex in (("organisation", "附件1"), ("department", "附件2")):
        answer = await open_console(Role.AUDITOR).open(f"{PATH}/blank-{channel}.docx")
        assert Document(BytesIO(answer.content)).paragraphs[0].text == annex
    assert (await open_console(Role.AUDITOR).open(f"{PATH}/blank-wechat.docx")).status_code == 404
