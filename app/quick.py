"""Reading past SQLAlchemy's execution, which costs thirty times what SQLite does: for what thousands look up."""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect, Engine, PoolProxiedConnection, Select
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

QUICK = {"quick": True}  # execution options of a constant statement over columns of tables

# By dialect, statement and how many values each list has.
_prepared: dict[tuple[str, Select[Any], tuple[int, ...]], "_Prepared"] = {}


class Rows(list[Any]):
    """What a quick statement gives: named tuples."""

    def first(self) -> Any:
        return self[0] if self else None


class QuickSession(Session):
    """A session that looks things up and keeps nothing. Statements marked QUICK go straight to the driver.

    Each of those sees what is committed as it begins; there is no transaction around them on SQLite.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, expire_on_commit=False, autoflush=False)
        self._engine = engine
        self._driver: PoolProxiedConnection | None = None

    def execute(self, statement: Any, params: Any = None, **more: Any) -> Any:
        if isinstance(statement, Select) and QUICK.items() <= statement.get_execution_options().items():
            return self._quickly(statement, params or {})
        return super().execute(statement, params, **more)

    def close(self) -> None:
        if self._driver is not None:
            self._driver.close()
            self._driver = None
        super().close()

    def _quickly(self, statement: Select[Any], params: Mapping[str, Any]) -> Rows:
        prepared = _prepare(statement, params, self._engine.dialect)
        if self._driver is None:
            self._driver = self._engine.raw_connection()
        cursor = self._driver.cursor()
        try:
            cursor.execute(prepared.text, prepared.bind(params))
            return Rows(map(prepared.row, cursor.fetchall()))
        finally:
            cursor.close()


@dataclass(frozen=True)
class _Prepared:
    """`bind` makes the driver's parameters of ours, `row` a named tuple of what it gives."""

    text: str
    bind: Callable[[Mapping[str, Any]], Any]
    row: Callable[[Iterable[Any]], Any]


def _prepare(statement: Select[Any], params: Mapping[str, Any], dialect: Dialect) -> _Prepared:
    lengths = tuple(len(value) for value in params.values() if isinstance(value, list))
    key = dialect.name, statement, lengths
    known = _prepared.get(key)
    if known is None:
        known = _prepared[key] = _compile(statement, params, dialect)
    return known


def _compile(statement: Select[Any], params: Mapping[str, Any], dialect: Dialect) -> _Prepared:
    compiled = statement.params(**params).compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    return _Prepared(str(compiled), _binding(compiled, params), _reading(statement, dialect))


def _binding(compiled: Any, params: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], Any]:
    """The values of a list stand in the text one by one, named after the list; constants have their own names."""
    process = {name: _processor(bind.type, compiled.dialect) for name, bind in compiled.binds.items()}
    fixed = {
        name: process[name](bind.effective_value) for name, bind in compiled.binds.items() if name not in params
    }

    def named(given: Mapping[str, Any]) -> dict[str, Any]:
        values = dict(fixed)
        for name, value in given.items():
            if isinstance(value, list):
                values |= {f"{name}_{place}": process[name](one) for place, one in enumerate(value, start=1)}
            else:
                values[name] = process[name](value)
        return values

    def in_order(given: Mapping[str, Any]) -> list[Any]:
        values = named(given)
        return [values[name] for name in compiled.positiontup]

    return in_order if compiled.positional else named


def _processor(type: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any]:
    return type.dialect_impl(dialect).bind_processor(dialect) or (lambda value: value)


def _reading(statement: Select[Any], dialect: Dialect) -> Callable[[Iterable[Any]], Any]:
    columns = statement.selected_columns
    row = namedtuple("row", [column.name for column in columns])  # type: ignore[misc]
    readers = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    to_read = [(place, reader) for place, reader in enumerate(readers) if reader is not None]

    def read(values: Iterable[Any]) -> Any:
        cells = list(values)
        for place, reader in to_read:
            cells[place] = reader(cells[place])
        return row(*cells)

    return read
