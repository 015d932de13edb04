"""Filters of the board that operators keep under a name, each their own, and those that everybody has."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import Clock
from app.errors import Conflict, Invalid, NotFound
from app.operators import log
from app.operators.queries import Account
from models import SavedView

LONGEST_NAME = 40
MOST = 30  # that one operator can keep

Query = Mapping[str, str]  # the fields of the board's address

BUILT_IN: Mapping[str, Query] = MappingProxyType(
    {
        "全部": {},
        "待分类": {"category": "none", "status": "submitted"},
        "待评审": {"status": "submitted", "prepared": "no"},
        "分给我的": {"assignee": "me"},
        "等补充": {"status": "returned"},
        "待公布": {"prepared": "yes"},
    }
)


def of(session: Session, by: Account) -> Sequence[SavedView]:
    """This operator's own, by name."""
    return session.scalars(select(SavedView).where(SavedView.operator_id == by.id).order_by(SavedView.name)).all()


def save(session: Session, name: str, query: Query, *, by: Account, clock: Clock) -> SavedView:
    """Keep `query` under `name`; what had that name is replaced. Raises Invalid, Conflict for too many.

    What was searched for may be somebody's words, so the log has the kinds of filters only.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid(f"请给这个视图起个名字，最多 {LONGEST_NAME} 个字。")
    if name in BUILT_IN:
        raise Invalid(f"“{name}”是大家共用的视图，请换一个名字。")
    own = {view.name: view for view in of(session, by)}
    if name not in own and len(own) >= MOST:
        raise Conflict(f"最多存 {MOST} 个视图，请先删掉不用的。")
    view = own.get(name) or SavedView(operator_id=by.id, name=name)
    view.query = dict(query)
    session.add(view)
    session.flush()
    _record(session, by, "view.save", view, {"filters": sorted(query)}, clock)
    return view


def drop(session: Session, view_id: int, *, by: Account, clock: Clock) -> str:
    """Its name. Raises NotFound, for another operator's too."""
    view = session.get(SavedView, view_id)
    if view is None or view.operator_id != by.id:
        raise NotFound("没有这个视图，可能已经删掉了。")
    session.delete(view)
    session.flush()
    _record(session, by, "view.drop", view, {"from": view.query, "to": None}, clock)
    return view.name


def _record(
    session: Session, by: Account, verb: str, view: SavedView, detail: Mapping[str, object], clock: Clock
) -> None:
    log.record(session, actor=by.actor, verb=verb, subject=f"view:{view.id}", detail=detail, clock=clock)
