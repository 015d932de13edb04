"""Drafts between two messages: sealed where they are personal, readable by a form that has changed meanwhile."""

from datetime import UTC, datetime

from app.campaigns.loader import load_toml
from app.conversation import drafts
from app.conversation.engine import answer
from app.conversation.form import Form, Fragments, State
from app.crypto import Keyring
from app.proposals.form import proposal_form
from tests.fixtures.service import CAMPAIGN_FILE

NOW = datetime(2017, 12, 1, tzinfo=UTC)
FORM = proposal_form(load_toml(CAMPAIGN_FILE.read_text(encoding="utf-8")))
PIECES = Fragments(((1, 1, "第一段"), (2, 2, "第二段")), ended=(3, 3))
STATE = State({"consent": "agreed", "title": "接力站", "phone": "13800138000"}, "title", {"summary": PIECES})


def kept(state: State, keyring: Keyring) -> drafts.OpenDraft:
    draft = drafts.begin(1, 1, NOW)
    drafts.keep(draft, state, FORM, keyring, NOW)
    return draft


def test_a_draft_comes_back_as_it_was_kept(keyring: Keyring) -> None:
    assert drafts.read(kept(STATE, keyring), FORM, keyring) == STATE


def test_the_phone_is_sealed_in_a_draft(keyring: Keyring) -> None:
    draft = kept(STATE, keyring)
    assert "13800138000" not in str(draft.state)
    assert kept(State({"phone": None}), keyring).state["answers"] == {"phone": None}


def test_what_the_form_no_longer_asks_is_left_out(keyring: Keyring) -> None:
    draft = kept(STATE, keyring)
    shorter = Form("shorter", tuple(q for q in FORM.questions if q.key not in ("title", "summary")))
    state = drafts.read(draft, shorter, keyring)
    assert state == State({"consent": "agreed", "phone": "13800138000"})
    assert answer(shorter, state, "2", (1, 1)).state.answers["category"] == "daily_life"


def test_consent_alone_is_no_content(keyring: Keyring) -> None:
    assert not kept(State({"consent": "agreed"}), keyring).has_content
    assert kept(State({"consent": "agreed", "category": "health"}), keyring).has_content
    assert kept(State({"consent": "agreed"}, None, {"summary": PIECES}), keyring).has_content


def test_nine_pictures_are_kept_and_no_more(keyring: Keyring) -> None:
    draft = kept(State(), keyring)
    taken = [drafts.add_picture(draft, {"media_id": str(n), "url": ""}, NOW) for n in range(11)]
    assert taken == [True] * 9 + [False] * 2
    assert len(draft.pictures) == 9


def test_a_summary_tells_what_is_there(keyring: Keyring) -> None:
    rows = dict(drafts.summary(FORM, STATE))
    assert rows["实事项目名称"] == "接力站"
    assert rows["联系电话"] == "138******00"
    unfinished = State({"consent": "agreed"}, None, {"summary": Fragments(((1, 1, "写到一半"),))})
    assert dict(drafts.summary(FORM, unfinished))["简介"] == "写到一半"
