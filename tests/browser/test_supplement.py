"""A worker whom the office has asked for more answers in a real browser the size of a phone."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from models import Proposal
from models.enums import ProposalStatus
from tests.browser.conftest import OpenPhone, Town
from tests.browser.test_proposal import DONE, fill_in, press

pytestmark = pytest.mark.browser

ASKED = "大概要服务多少人？经费从哪里来？"
SAID = "六百名护理员，请区总工会补贴一半。"


def test_what_is_asked_for_is_answered_from_the_list(open_phone: OpenPhone, town: Town) -> None:
    page = open_phone().new_page()
    page.goto("/h5/proposal")
    fill_in(page)
    press(page, "提交")
    expect(page).to_have_url(DONE)
    with town.database.writing() as session:
        session.execute(update(Proposal).values(status=ProposalStatus.RETURNED, status_reason=ASKED))
    page.goto("/h5/mine")
    page.get_by_role("link", name="去补充").click()
    expect(page.locator("#field-supplement")).to_contain_text(ASKED)
    page.fill("#supplement", SAID)
    press(page, "提交")
    expect(page.get_by_role("status")).to_contain_text("收到了，谢谢您！")
    expect(page.locator("dl")).to_contain_text(SAID)
    with town.database.reading() as session:
        assert session.scalars(select(Proposal.status)).all() == [ProposalStatus.SUBMITTED]
