"""The diagram of the conversation is drawn from the form: `UPDATE_DIAGRAMS=1 make test` draws it anew."""

import os
from itertools import pairwise

from app.campaigns.loader import load_toml
from app.proposals.form import proposal_form
from tests.house.tree import ROOT

DIAGRAM = ROOT / "docs" / "flows" / "proposal.mmd"
CAMPAIGN = ROOT / "deploy" / "campaigns" / "2018.toml"


def drawn() -> str:
    form = proposal_form(load_toml(CAMPAIGN.read_text()))
    shown = [q for q in form.questions if not (q.given or q.key.startswith("rating_"))]
    supplement, *questions = shown
    lines = ["flowchart TD", '  start(["我要提案"])']
    for question in (*questions, supplement):
        known = (("可跳过", question.optional), ("可分几条，完", question.joined))
        traits = [word for word, holds in known if holds]
        note = f"<br/>{'，'.join(traits)}" if traits else ""
        lines.append(f'  {question.key}["{question.name}{note}"]')
    lines += ['  card{{"确认卡"}}', '  number(["提案编号"])']
    keys = ["start", *(q.key for q in questions), "card"]
    for before, after in pairwise(keys):
        condition = "|同意|" if after == "unit" else ""
        lines.append(f"  {before} -->{condition} {after}")
    lines += ['  returned(["补充 编号"])', "  returned --> supplement", "  supplement --> card"]
    lines += ["  evaluation_remark -->|不同意| card", '  card -->|"改 n"| card', "  card -->|提交| number"]
    return "\n".join(lines) + "\n"


def test_the_diagram_shows_the_form() -> None:
    if os.environ.get("UPDATE_DIAGRAMS"):
        DIAGRAM.parent.mkdir(exist_ok=True)
        DIAGRAM.write_text(drawn())
    assert DIAGRAM.read_text() == drawn()
