"""JSON of a row as rows of their own, in the words of each database."""

from typing import Any

from sqlalchemy import ColumnElement, FunctionElement, String, column, func
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.base import Json


def elements(session: Session, array: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """Each element of a JSON array: a column for a query of the array's table."""
    if _is_postgres(session):
        return _column(func.jsonb_array_elements(array), column("value", Json), named=True)
    return _column(func.json_each(array), column("value", Json), named=False)


def keys(session: Session, stored: InstrumentedAttribute[Any], inside: str) -> ColumnElement[str]:
    """Each key of the object that `stored` holds under the key `inside`."""
    if _is_postgres(session):
        inner = func.jsonb_extract_path(stored, inside)
        return _column(func.jsonb_object_keys(inner), column("key", String), named=True)
    return _column(func.json_each(stored, f"$.{inside}"), column("key", String), named=False)


def _column(rows: FunctionElement[Any], of: ColumnElement[Any], *, named: bool) -> ColumnElement[Any]:
    """SQLite names the columns of its functions itself and takes no name for them; PostgreSQL needs one."""
    table = rows.table_valued(of, joins_implicitly=True)
    return (table.render_derived() if named else table).c[0]


def _is_postgres(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
