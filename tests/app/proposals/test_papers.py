"""Forms on paper: laid out as in the notice, blank and filled, with nothing personal unless it is asked for."""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from docx import Document

from app.campaigns import queries, service
from app.campaigns.definition import Definition
from app.campaigns.loader import load_toml
from app.crypto import Keyring
from app.database import Database
from app.proposals import exports, word
from app.proposals.papers import BLANK, Filling
from app.proposals.service import PHONE_SEALED_FOR
from models import FormImport, ImportedForm
from models.enums import IntakeChannel
from tests.app.api.conftest import proposal
from tests.fixtures.clocks import START, SteppingClock

FILE = Path(__file__).parents[3] / "deploy/campaigns/2018.toml"
FILLED = Filling(
    proposer="殷行街道总工会",
    title="双护服务",
    summary="第一行\n第二行\x07",
    expected_outcome="三十场",
    evaluation="很好",
    filler="张三",
    phone="13800000000",
    filled_on=date(2017, 12, 8),
    number="SS2018-0001",
)


@pytest.fixture
def definition() -> Definition:
    return load_toml(FILE.read_text(encoding="utf-8"))


def lines(path: Path) -> list[str]:
    """All paragraphs in their order, those of the tables too; a merged cell once."""
    document = Document(str(path))
    found: list[str] = []
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                cells = {id(cell._tc): cell for cell in row.cells}.values()
                found += [paragraph.text for cell in cells for paragraph in cell.paragraphs]
        else:
            found.append(block.text)
    return [line.strip() for line in found if line.strip()]


def test_the_blank_form_of_the_unions_is_annex_1(definition: Definition, tmp_path: Path) -> None:
    word.write(definition, [(IntakeChannel.ORGANISATION, BLANK)], tmp_path / "blank.docx")
    assert lines(tmp_path / "blank.docx") == [
        "附件1",
        "2018年度杨浦工会服务职工实事项目征集表（一）",
        "行业、街镇、直属工会：",
        "实事项目名称",
        "简介（可以从项目内容、服务对象及规模、实施途径、经费来源、资源渠道、项目设计等相关方面来阐述）：",
        "预期目标或成效：",
        "对2017年度杨浦工会服务职工实事项目评估（见附件3）：",
        "填表人：          联系电话：                  填表日期：",
    ]


def test_the_blank_form_of_the_departments_is_annex_2(definition: Definition, tmp_path: Path) -> None:
    word.write(definition, [(IntakeChannel.DEPARTMENT, BLANK)], tmp_path / "blank.docx")
    assert lines(tmp_path / "blank.docx")[:3] == [
        "附件2",
        "2018年度杨浦工会服务职工实事项目征集表（二）",
        "区总工会机关部室：",
    ]


def test_a_filled_form_has_every_value_in_its_place(definition: Definition, tmp_path: Path) -> None:
    forms = [(IntakeChannel.ORGANISATION, FILLED), (IntakeChannel.WECHAT, FILLED)]
    assert word.write(definition, forms, tmp_path / "filled.docx") == 2
    told = lines(tmp_path / "filled.docx")
    assert told[2:7] == ["行业、街镇、直属工会：殷行街道总工会", "实事项目名称", "双护服务", told[5], "第一行"]
    assert told[7] == "第二行"
    assert "填表日期：2017年12月8日" in " ".join(told)
    assert told.count("编号：SS2018-0001") == 2
    page = Document(str(tmp_path / "filled.docx")).sections[0]
    assert page.page_width is not None
    assert page.page_height is not None
    assert (round(page.page_width.cm, 1), round(page.page_height.cm, 1)) == (21.0, 29.7)


def test_an_export_as_forms_tells_persons_only_when_asked(
    database: Database, clock: SteppingClock, keyring: Keyring, definition: Definition, tmp_path: Path
) -> None:
    with database.writing() as session:
        service.load(session, definition, actor="cli:tester", clock=clock)
        phone = keyring.seal("13800000000", PHONE_SEALED_FOR)
        kept = proposal(1, channel=IntakeChannel.ORGANISATION, proposer_name="李四", phone=phone)
        kept.supplements = [{"asked": "多少人", "said": "三百人", "at": "2017-12-02T10:00:00+08:00"}]
        imported = FormImport(campaign_id=1, actor="operator:x", imported_at=START, files=[])
        session.add_all([kept, imported])
        session.flush()
        filled_on = date(2017, 12, 8)
        session.add(ImportedForm(proposal_id=kept.id, import_id=imported.id, fingerprint="f", filled_on=filled_on))
    told = {}
    for name, key in (("with", keyring), ("without", None)):
        with database.reading() as session:
            table = exports.Table(queries.by_key(session, "2018", clock), ZoneInfo("Asia/Shanghai"), key)
            exports.write(session, table, tmp_path / f"{name}.docx")
        told[name] = "\n".join(lines(tmp_path / f"{name}.docx"))
    assert "李四" in told["with"]
    assert "13800000000" in told["with"]
    assert "李四" not in told["without"]
    assert "13800000000" not in told["without"]
    for one in told.values():
        assert "补充：三百人" in one
        assert "2017年12月8日" in one
