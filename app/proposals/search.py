"""The index that proposals are found by: FTS5 on SQLite, GIN on PostgreSQL, both over the same pieces.

Whatever writes a proposal through a session keeps the index: one statement when it is new, one when its words
change. The database itself takes the entry away with the proposal.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    Connection,
    Integer,
    Select,
    TextClause,
    bindparam,
    column,
    event,
    inspect,
    select,
    table,
    text,
)
from sqlalchemy.orm import Mapper, Session

from app.proposals.grams import Alternatives, Piece, pieces
from models import Proposal

TEXTS = ("title", "summary", "expected_outcome")
SLICE = 1000


class Index(NamedTuple):
    """How one kind of database keeps the index, by `key`, and is asked."""

    key: str
    write: TextClause
    packed: Callable[[Sequence[str]], Any]
    matches: str
    piece: str
    begins: str
    both: str
    either: str

    def query(self, wanted: Alternatives) -> str:
        return self.either.join(self.both.join(map(self._quoted, pieces)) for pieces in wanted)

    def _quoted(self, piece: Piece) -> str:
        return (self.begins if piece.begins else self.piece).format(piece.text)


SQLITE = Index(
    key="rowid",
    write=text("INSERT OR REPLACE INTO proposal_search (rowid, pieces) VALUES (:id, :pieces)"),
    packed=" ".join,
    matches="proposal_search MATCH :query",
    piece='"{}"',
    begins='"{}"*',
    both=" AND ",
    either=" OR ",
)
POSTGRESQL = Index(
    key="proposal_id",
    write=text(
        "INSERT INTO proposal_search (proposal_id, pieces)"
        " VALUES (:id, array_to_tsvector(CAST(:pieces AS text[])))"
        " ON CONFLICT (proposal_id) DO UPDATE SET pieces = EXCLUDED.pieces"
    ),
    packed=list,
    matches="pieces @@ CAST(:query AS tsquery)",
    piece="'{}'",
    begins="'{}':*",
    both=" & ",
    either=" | ",
)


def found(session: Session, wanted: Alternatives) -> Select[int]:
    """The ids of the proposals of all years that have what is wanted."""
    index = _index(session.connection())
    query: BindParameter[str] = bindparam("query", index.query(wanted), unique=True)
    return _entries(index).where(text(index.matches).bindparams(query))


def catch_up(session: Session) -> int:
    """Take in the next SLICE of proposals that came in past the index; how many there were."""
    connection = session.connection()
    missing = Proposal.id.not_in(_entries(_index(connection)))
    left = session.scalars(select(Proposal).where(missing).order_by(Proposal.id).limit(SLICE)).all()
    _write(connection, left)
    return len(left)


def _entries(index: Index) -> Select[int]:
    return select(column(index.key, Integer)).select_from(table("proposal_search"))


@event.listens_for(Proposal, "after_insert")
def _take_in(_mapper: Mapper[Proposal], connection: Connection, proposal: Proposal) -> None:
    _write(connection, [proposal])


@event.listens_for(Proposal, "after_update")
def _take_in_again(_mapper: Mapper[Proposal], connection: Connection, proposal: Proposal) -> None:
    now = inspect(proposal).attrs
    if any(now[name].history.has_changes() for name in TEXTS):
        _write(connection, [proposal])


def _write(connection: Connection, proposals: Sequence[Proposal]) -> None:
    index = _index(connection)
    rows = [{"id": one.id, "pieces": index.packed(_pieces_of(one))} for one in proposals]
    if rows:
        connection.execute(index.write, rows)


def _pieces_of(proposal: Proposal) -> list[str]:
    return pieces(proposal.title, proposal.summary, proposal.expected_outcome)


def _index(connection: Connection) -> Index:
    return SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL
