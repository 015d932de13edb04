"""How long a page of the board takes when there are many proposals, on both databases.

What is timed is what the server does for a page: the list, its count and what stands beside each proposal, without
drawing it.
"""

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import quantiles
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

import migrations
from app.database import Database
from app.proposals import listing, paging, search
from app.proposals.listing import NONE, Wanted
from app.proposals.paging import Order
from app.triage import cards, notices
from models import Campaign, Proposal, Support
from models.enums import IntakeChannel, ProposalStatus
from tests.bench.measuring import Row, milliseconds, seconds_of
from tests.fixtures.clocks import START, SteppingClock
from tests.fixtures.service import load_campaign

CORPUS = Path(__file__).parents[1] / "data/corpus/proposals.jsonl"
MANY = 100_000
ROUNDS, ROWS = 15, 50
SHOWN = 3  # the slowest of the questions
CHUNK = 5000

Query = Callable[[Session, int], object]


def rows(databases: Mapping[str, str]) -> Iterator[Row]:
    """Those of the questions that take longest."""
    for name, url in databases.items():
        database = Database(url)
        migrations.upgrade(database.write)
        load_campaign(database, SteppingClock())
        with database.writing() as session:
            campaign = fill(session, MANY)
        built = seconds_of(partial(_settle, database))
        slowest = sorted(
            ((_p95(database, campaign, asked), what) for what, asked in queries().items()), reverse=True
        )
        yield Row(f"words of {MANY:,} proposals made searchable, {name}", f"{built:.0f} s", "", "")
        for seconds, what in slowest[:SHOWN]:
            yield Row(f"page of {MANY:,} proposals, {what}, p95, {name}", milliseconds(seconds), "", "< 150 ms")
        database.close()


def _p95(database: Database, campaign: int, asked: Query) -> float:
    return quantiles((seconds_of(partial(_ask, database, campaign, asked)) for _ in range(ROUNDS)), n=20)[18]


def _ask(database: Database, campaign: int, asked: Query) -> None:
    with database.reading() as session:
        asked(session, campaign)


def queries() -> Mapping[str, Query]:
    return {
        "no filter": board(),
        "no filter, oldest": board(order=Order.OLDEST),
        "no filter, most supported": board(order=Order.SUPPORTED),
        "page in the middle": deep(Order.NEWEST),
        "most supported, in the middle": deep(Order.SUPPORTED),
        "one character": board(words=("饭",)),
        "two characters": board(words=("食堂",)),
        "two characters, everywhere": board(words=("职工",)),
        "four characters": board(words=("心理咨询",)),
        "two words": board(words=("职工", "食堂")),
        "nothing like it": board(words=("量子计算",)),
        "initials": board(words=("gxgq",)),
        "a unit by its initials": board(words=("dsscj",)),
        "a number": board(words=("77777",)),
        "word, most supported": board(words=("职工",), order=Order.SUPPORTED),
        "to be classified": board(category=NONE, status=ProposalStatus.SUBMITTED),
        "rejected, a word everywhere": board(words=("职工",), status=ProposalStatus.REJECTED),
        "rare combination": board(category="culture", channel=IntakeChannel.DEPARTMENT, assignee="无人"),
        "a unit": board(unit="第三车间"),
        "a week long ago": board(since=START - timedelta(days=90), until=START - timedelta(days=83)),
        "answer prepared": board(prepared=True),
    }


def board(order: Order = Order.NEWEST, **asked: Any) -> Query:
    def query(session: Session, campaign: int) -> object:
        wanted = Wanted(campaign_id=campaign, year=2018, **asked)
        narrowing = listing.fitting(session, wanted)
        page = paging.first_page(session, narrowing, order, ROWS)
        return beside(session, page), listing.count(session, narrowing)

    return query


def deep(order: Order) -> Query:
    def query(session: Session, campaign: int) -> object:
        narrowing = listing.fitting(session, Wanted(campaign_id=campaign))
        ids = session.execute(select(func.min(Proposal.id), func.max(Proposal.id))).one()
        page = paging.page_after(session, narrowing, order, ROWS, session.get_one(Proposal, sum(ids) // 2))
        return beside(session, page), listing.count(session, narrowing)

    return query


def beside(session: Session, page: paging.Page) -> object:
    """What the board shows with each proposal."""
    shown = page.proposals
    return cards.counts(session, shown), notices.heard(session, shown)


def _settle(database: Database) -> None:
    """As after a night: all is searchable, and the database knows what it holds."""
    with database.writing() as session:
        while search.catch_up(session) == search.SLICE:
            session.flush()
    with database.write.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE"))


def fill(session: Session, number: int) -> int:
    """A campaign with made-up proposals of realistic lengths, a third of them supported; its id."""
    campaign = session.scalars(select(Campaign.id)).one()
    chosen = random.Random(2018)
    supported = chosen.sample(range(1, number + 1), number // 3)
    supporters = {one: chosen.choice((1, 1, 2, 3, 9)) for one in supported}
    rows = list(proposals(chosen, campaign, number, supporters))
    for start in range(0, number, CHUNK):
        session.execute(insert(Proposal), rows[start : start + CHUNK])
    supports = [
        {"proposal_id": one, "person": f"{person:032d}", "given_at": START}
        for one, persons in supporters.items()
        for person in range(persons)
    ]
    session.execute(insert(Support), supports)
    return campaign


def proposals(
    chosen: random.Random, campaign: int, number: int, supporters: Mapping[int, int]
) -> Iterator[dict[str, Any]]:
    """`supporters` by id, which is the running number."""
    corpus = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    texts = "".join(one["summary"] + one["expected_outcome"] for one in corpus)
    sentences = re.findall(r"[^。，；！？]+[。，；！？]", texts)
    titles = [one["title"] for one in corpus]
    units = [
        f"第{name}{kind}" for name in "一二三四五六七八九十" for kind in ("车间", "分公司工会", "焊装车间", "处")
    ]
    categories = ["culture", "education", "health", "life", None]
    for running in range(1, number + 1):
        yield {
            "campaign_id": campaign,
            "number": f"SS2018-{running:04d}",
            "channel": chosen.choices(list(IntakeChannel), (90, 8, 2))[0],
            "status": chosen.choices(list(ProposalStatus), (85, 2, 8, 2, 2, 1))[0],
            "category": chosen.choice(categories),
            "title": chosen.choice(titles)[:8] + chosen.choice(titles)[-8:],
            "summary": "".join(chosen.choices(sentences, k=chosen.randint(4, 25))),
            "expected_outcome": "".join(chosen.choices(sentences, k=chosen.randint(1, 4))),
            "unit": chosen.choice([None, *units]),
            "submitted_at": START - timedelta(minutes=2 * (number - running)),
            "supporters": supporters.get(running, 0),
            **UNSAID,
        }


UNSAID: Mapping[str, Any] = {
    "assignee": None,
    "evaluations": [],
    "consented": False,
    "pictures": [],
    "supplements": [],
}
