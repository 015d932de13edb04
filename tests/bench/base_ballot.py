"""The base of the ballot POST: FastAPI's form, SQLAlchemy's async ORM, aiosqlite with synchronous=FULL. Frozen.

One durable transaction a ballot, one ballot a voter by a unique key, the last one counts.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Cookie, FastAPI, Form
from fastapi.responses import RedirectResponse
from sqlalchemy import JSON, UniqueConstraint, event, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# Who is unlucky with SQLite's lock waits longer than its usual five seconds; a refusal would end the measurement.
engine = create_async_engine(os.environ["BASE_DATABASE_URL"], connect_args={"timeout": 60})
sessions = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class Ballot(Base):
    __tablename__ = "ballots"
    __table_args__ = (UniqueConstraint("round_id", "voter"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int]
    voter: Mapped[str]
    choices: Mapped[list[int]] = mapped_column(JSON)


@event.listens_for(engine.sync_engine, "connect")
def set_up(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield


app = FastAPI(lifespan=lifespan)


@app.post("/h5/vote/{round_id}")
async def vote(
    round_id: int, choices: Annotated[list[int], Form()], shishi_session: Annotated[str, Cookie()]
) -> RedirectResponse:
    async with sessions() as session, session.begin():
        found = select(Ballot).where(Ballot.round_id == round_id, Ballot.voter == shishi_session)
        ballot = await session.scalar(found)
        if ballot is None:
            session.add(Ballot(round_id=round_id, voter=shishi_session, choices=choices))
        else:
            ballot.choices = choices
    return RedirectResponse(f"/h5/vote/{round_id}", 303)
