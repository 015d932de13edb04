"""The operators' manual: a page a task, all in the same four parts, all in the index; “…” is what is said."""

import re
from pathlib import Path

import pytest

from tests.house.test_documents import LINK
from tests.house.test_runbook import said
from tests.house.tree import ROOT

MANUAL = ROOT / "docs" / "manual"
INDEX = MANUAL / "README.md"
PAGES = sorted(page for page in MANUAL.glob("*.md") if page != INDEX)
PARTS = ["怎么做", "您会看到", "可能出的岔子"]
ALTERNATIVES = re.compile(r'!\[([^\]]*)\]\(|<img [^>]*alt="([^"]*)"')
OF_OTHERS = {"该公众号暂时无法提供服务"}  # WeChat's own words


def name_of(page: Path) -> str:
    return page.stem


@pytest.mark.parametrize("page", PAGES, ids=name_of)
class TestAPage:
    def test_it_says_when_how_what_is_seen_and_what_may_go_wrong(self, page: Path) -> None:
        text = page.read_text(encoding="utf-8")
        assert re.match(r"# [^\n]+\n\n\*\*什么时候用\*\*：", text)
        assert [part for part in re.findall(r"(?m)^## (.+)$", text) if part in PARTS] == PARTS

    def test_what_it_quotes_is_said(self, page: Path) -> None:
        words = said() + (ROOT / "deploy/campaigns/2018.toml").read_text(encoding="utf-8")
        quoted = set(re.findall(r"“([^”]+)”", page.read_text(encoding="utf-8"))) - OF_OTHERS
        assert sorted(one for one in quoted if one not in words) == []

    def test_its_pictures_are_told_to_who_cannot_see_them(self, page: Path) -> None:
        text = page.read_text(encoding="utf-8")
        told = ["".join(one) for one in ALTERNATIVES.findall(text)]
        assert len(told) == text.count(".webp")
        assert all(told)


def test_the_index_leads_to_every_page() -> None:
    assert sorted(set(LINK.findall(INDEX.read_text(encoding="utf-8")))) == [page.name for page in PAGES]
