"""A broadcast with its ledger, sent by the real service, against wechatpy's client in 32 threads without one."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import func, insert, select

import migrations
from app.broadcasts import composing, releasing
from app.broadcasts.audiences import Audience
from app.broadcasts.gathering import gather
from app.broadcasts.leftovers import Leftovers
from app.broadcasts.recipients import Terms, wanted_by
from app.broadcasts.rules import BroadcastText, batch_size
from app.campaigns import service as campaigns
from app.campaigns.loader import load_toml
from app.clock import Clock
from app.crypto import Keyring
from app.database import Database
from app.followers.windows import Windows
from app.operators.queries import Account
from app.settings import AccountKind, WeChatSettings
from app.writer import Writer
from models import Broadcast, Delivery, Follower, Operator
from models.enums import BroadcastKind, BroadcastState, DeliveryState, Role
from tests.bench.measuring import Round, Row, compared, of_base
from tests.bench.servers import KEYS, ROOT, SECRET, Server, platform, shishi

RECIPIENTS = 12_000  # of ours in a round
OF_BASE = 1500
MANY = 150_000
WAIT = 0.05
ACCOUNT = WeChatSettings(
    app_id=KEYS.app_id,
    app_secret=SecretStr("unused"),
    token=SecretStr(KEYS.token),
    encoding_aes_key=SecretStr(KEYS.aes_key),
)
FASTEST = {"SHISHI_PUSH__PER_SECOND": "0", "SHISHI_PUSH__CONCURRENCY": "128", "SHISHI_PUSH__QUIET_HOURS": ""}


def rows(folder: Path, rounds: int) -> Iterator[Row]:
    url = f"sqlite:///{folder}/sending.db"
    desk = Desk(Database(url))
    desk.followers(RECIPIENTS)
    with ExitStack() as stack:
        far = stack.enter_context(platform())
        address = f"http://127.0.0.1:{far.port}"
        ours = stack.enter_context(shishi(url, **FASTEST, SHISHI_WECHAT__API_URL=address))
        pairs = [(_base(far), desk.sent(ours)) for _ in range(rounds)]
    yield of_base("messages a second, wechatpy in 32 threads", pairs)
    yield compared("messages of a broadcast a second, with the ledger", pairs, "1.5, then 3")
    desk.followers(MANY - RECIPIENTS)
    seconds, total = desk.gathered()
    yield Row(f"{total:,} recipients written down", f"{seconds:.1f} s", "", "< 5 s")
    yield Row(f"longest hold of the writer, {total:,} cancelled", f"{desk.cancelled():.2f} s", "", "< 0.3 s")


def _base(far: Server) -> Round:
    command = [sys.executable, "-m", "tests.bench.base_push", str(far.port), str(OF_BASE)]
    out = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    return Round(OF_BASE / float(out[0]), float(out[1]) / OF_BASE)


class Desk:
    """Composes and releases, and waits until all is sent."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._clock, self._keyring = Clock(), Keyring(SECRET)
        migrations.upgrade(database.write)
        text = (ROOT / "deploy/campaigns/2018.toml").read_text("utf-8")
        with database.writing() as session:
            campaigns.load(session, load_toml(text), actor="cli:bench", clock=self._clock)
            hands = [
                Operator(name=name, password_hash="x", roles=[Role.OWNER], created_at=self._clock.now())
                for name in ("周敏", "吴军")
            ]
            session.add_all(hands)
            session.flush()
            self._hands = [Account(row.id, row.name, frozenset({Role.OWNER})) for row in hands]

    def followers(self, count: int) -> None:
        with self._database.writing() as session:
            begin = session.scalar(select(func.count()).select_from(Follower)) or 0
            rows = [
                {"openid": f"oBench{number:022d}", "subscribed": True, "created_at": self._clock.now()}
                for number in range(begin, begin + count)
            ]
            session.execute(insert(Follower), rows)

    def sent(self, server: Server) -> Round:
        """From the release to the last answer that is written down."""
        cpu, begun = server.cpu_seconds(), time.perf_counter()
        broadcast_id = self._released(self._composed())
        while not self._done(broadcast_id):
            time.sleep(WAIT)
        seconds = time.perf_counter() - begun
        of_it = Delivery.broadcast_id == broadcast_id, Delivery.state == DeliveryState.SENT
        with self._database.reading() as session:
            sent = session.scalar(select(func.count()).select_from(Delivery).where(*of_it)) or 0
        if sent != RECIPIENTS:
            raise RuntimeError(f"only {sent} of {RECIPIENTS} were sent")
        return Round(sent / seconds, (server.cpu_seconds() - cpu) / sent)

    def gathered(self) -> tuple[float, int]:
        """How long writing down everybody takes when nothing else goes on, and how many they are."""
        broadcast_id = self._released(self._composed())
        windows = Windows.of(ACCOUNT)
        terms = Terms(windows, self._keyring, self._clock)
        begun, more = time.perf_counter(), True
        while more:
            with self._database.writing() as session:
                row = session.get_one(Broadcast, broadcast_id)
                row.batch_size = batch_size("template", MANY, 0, AccountKind.SERVICE)
                more = gather(session, row, wanted_by(session, row, terms))
                total = row.total
        return time.perf_counter() - begun, total

    def cancelled(self) -> float:
        """The longest transaction in which the last broadcast is cancelled, page by page."""
        by, clock, leftovers = self._hands[0], self._clock, Leftovers(Writer(self._database), self._clock)
        with self._database.reading() as session:
            last = session.scalars(select(func.max(Broadcast.id))).one()
        begun, longest = time.perf_counter(), 0.0
        with self._database.writing() as session:
            releasing.cancel(session, last, by=by, clock=clock)
        more = True
        while more:
            longest = max(longest, time.perf_counter() - begun)
            begun = time.perf_counter()
            with self._database.writing() as session:
                more = leftovers.next_page(session)
        return longest

    def _composed(self) -> int:
        data = {"thing1": "请您投票", "time2": "2018年3月1日"}
        content = {"template_id": "T-vote", "data": data, "url": "https://x.test/"}
        text = BroadcastText("投票", BroadcastKind.VOTE, "template", Audience("all"), content)
        with self._database.writing() as session:
            return composing.compose(
                session, "2018", text, by=self._hands[0], kind=AccountKind.SERVICE, clock=self._clock
            ).id

    def _released(self, broadcast_id: int) -> int:
        size = batch_size("template", RECIPIENTS, 0, AccountKind.SERVICE)
        with self._database.writing() as session:
            composing.submit(session, broadcast_id, by=self._hands[0], clock=self._clock)
            releasing.approve(session, broadcast_id, RECIPIENTS, size, by=self._hands[1], clock=self._clock)
        return broadcast_id

    def _done(self, broadcast_id: int) -> bool:
        with self._database.reading() as session:
            return session.get_one(Broadcast, broadcast_id).state is BroadcastState.DONE
