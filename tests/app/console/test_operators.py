"""Accounts in the console: the owner's page and one's own."""

import re
from typing import Any

import pyotp
import pytest
from sqlalchemy import select

from app.crypto import Keyring
from app.installation import Installation
from app.operators import queries
from app.operators.passwords import PasswordHash, hash_password, matches
from models import Action, Operator, OperatorSession, OperatorToken
from models.enums import Role
from tests.app.console.conftest import Desk, OpenConsole, add_operator
from tests.fixtures.clocks import SteppingClock

PASSWORD = "correct horse battery"
OWN = "/console/account"


@pytest.fixture(scope="module")
def password() -> PasswordHash:
    return hash_password(PASSWORD)


@pytest.fixture
def own(open_console: OpenConsole, installation: Installation, password: PasswordHash) -> Desk:
    with installation.database.writing() as session:
        account = add_operator(session, "李工", Role.REVIEWER, clock=installation.clock, password=password)
    return open_console(account)


def kept(installation: Installation, name: str) -> Operator:
    with installation.database.reading() as session:
        return session.scalars(select(Operator).where(Operator.name == name)).one()


async def test_the_owner_opens_an_account(open_console: OpenConsole, installation: Installation) -> None:
    desk = open_console(Role.OWNER)
    page = await desk.post(
        "/console/operators", name=" 孙工 ", password=PASSWORD, role=["intake", "reviewer"], unit="机关工会"
    )
    assert "已为“孙工”开好账号" in page.text
    operator = kept(installation, "孙工")
    assert operator.roles == ["intake", "reviewer"]
    assert operator.unit == "机关工会"
    assert matches(PASSWORD, operator.password_hash)
    assert "孙工" in (await desk.open("/console/operators")).text
    assert "已为“孙工”开好账号" not in (await desk.open("/console/operators")).text


@pytest.mark.parametrize(
    ("changed", "status", "sentence"),
    [
        ({"password": "short"}, 422, "密码要有"),
        ({"role": []}, 422, "至少要给一个角色"),
        ({"name": "owner"}, 409, "已经有一位操作员叫"),
        ({"unit": "长" * 201}, 422, "单位名称"),
    ],
)
async def test_what_is_refused_stays_in_the_form(
    open_console: OpenConsole, changed: dict[str, object], status: int, sentence: str
) -> None:
    typed: dict[str, Any] = {
        "name": "孙<工>",
        "password": PASSWORD,
        "role": ["intake"],
        "unit": "机关",
    } | changed
    page = await open_console(Role.OWNER).post("/console/operators", **typed)
    assert page.status_code == status
    assert sentence in page.text
    assert PASSWORD not in page.text
    if "name" not in changed:
        assert 'value="孙&lt;工&gt;"' in page.text


async def test_an_unknown_role_is_refused(open_console: OpenConsole) -> None:
    page = await open_console().post("/console/operators", name="孙工", password=PASSWORD, role=["king"])
    assert page.status_code == 422


async def test_the_owner_changes_roles_disables_and_enables(
    open_console: OpenConsole, installation: Installation
) -> None:
    desk = open_console(Role.OWNER)
    one = f"/console/operators/{kept(installation, 'intake').id}"
    await desk.post(f"{one}/roles", role=["auditor"], unit="机关工会")
    assert kept(installation, "intake").roles == ["auditor"]
    assert "账号已经停用" in (await desk.post(f"{one}/disable")).text
    assert kept(installation, "intake").disabled_at is not None
    assert (await desk.post(f"{one}/disable")).status_code == 409
    assert "重新启用了" in (await desk.post(f"{one}/enable")).text


async def test_the_last_owner_stays(open_console: OpenConsole, installation: Installation) -> None:
    desk = open_console(Role.OWNER)
    one = f"/console/operators/{kept(installation, 'owner').id}"
    ways: dict[str, dict[str, Any]] = {"disable": {}, "roles": {"role": ["intake"]}}
    for way, fields in ways.items():
        assert "至少要留一位能登录的负责人" in (await desk.post(f"{one}/{way}", **fields)).text
    assert kept(installation, "owner").roles == ["owner"]


async def test_the_owner_resets_a_password(
    own: Desk, open_console: OpenConsole, installation: Installation
) -> None:
    one = f"/console/operators/{kept(installation, '李工').id}"
    page = await open_console(Role.OWNER).post(f"{one}/password", password="another horse battery")
    assert "密码已经重设" in page.text
    assert matches("another horse battery", kept(installation, "李工").password_hash)
    assert (await own.open(OWN)).status_code == 303


async def test_the_owner_unlocks_and_turns_off_codes(
    open_console: OpenConsole, installation: Installation, clock: SteppingClock
) -> None:
    with installation.database.writing() as session:
        operator = session.scalars(select(Operator).where(Operator.name == "intake")).one()
        operator.locked_until, operator.totp = clock.wall().replace(year=2030), b"sealed"
    desk, one = open_console(Role.OWNER), f"/console/operators/{operator.id}"
    assert "锁住了" in (await desk.open(one)).text
    assert "已经解锁" in (await desk.post(f"{one}/unlock")).text
    assert "两步登录已经关掉" in (await desk.post(f"{one}/totp/off")).text
    assert kept(installation, "intake").totp is None


async def test_a_token_is_shown_once_and_taken_back(open_console: OpenConsole, installation: Installation) -> None:
    desk = open_console(Role.OWNER)
    one = f"/console/operators/{kept(installation, 'intake').id}"
    page = await desk.post(f"{one}/tokens")
    found = re.search(r"shishi_[A-Za-z0-9_-]{43}", page.text)
    assert found
    with installation.database.reading() as session:
        account = queries.by_token(session, found[0])
        assert account is not None
        assert account.name == "intake"
    assert found[0] not in (await desk.open(one)).text
    await desk.post(f"{one}/tokens/revoke")
    with installation.database.reading() as session:
        assert queries.by_token(session, found[0]) is None


async def test_somebody_who_is_not_there(open_console: OpenConsole) -> None:
    desk = open_console(Role.OWNER)
    assert (await desk.open("/console/operators/999")).status_code == 404
    assert (await desk.open("/console/operators/x")).status_code == 422
    assert (await desk.post("/console/operators/999/disable")).status_code == 404


async def test_changing_ones_password(own: Desk, installation: Installation) -> None:
    new = "another horse battery"
    page = await own.post(f"{OWN}/password", password="wrong", new=new, again=new)
    assert page.status_code == 403
    page = await own.post(f"{OWN}/password", password=PASSWORD, new=new, again="different")
    assert page.status_code == 422
    page = await own.post(f"{OWN}/password", password=PASSWORD, new="short", again="short")
    assert page.status_code == 422
    assert matches(PASSWORD, kept(installation, "李工").password_hash)
    page = await own.post(f"{OWN}/password", password=PASSWORD, new=new, again=new)
    assert "密码改好了" in page.text
    assert matches(new, kept(installation, "李工").password_hash)


async def test_guessing_the_password_of_an_open_browser_locks(own: Desk, installation: Installation) -> None:
    for _ in range(5):
        await own.post(f"{OWN}/tokens", password="wrong")
    assert (await own.post(f"{OWN}/tokens", password=PASSWORD)).status_code == 403
    with installation.database.reading() as session:
        assert session.scalars(select(OperatorToken)).all() == []


async def test_turning_two_step_sign_in_on_and_off(
    own: Desk, installation: Installation, clock: SteppingClock, keyring: Keyring
) -> None:
    page = await own.open(f"{OWN}/totp")
    assert "<svg" in page.text
    secret = re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page.text)
    sealed = re.search(r'name="secret" value="([0-9a-f]+)"', page.text)
    assert secret
    assert sealed
    wrong = await own.post(f"{OWN}/totp", secret=sealed[1], code="000000", password=PASSWORD)
    assert wrong.status_code == 422
    assert sealed[1] in wrong.text  # the same picture, so that the phone need not scan again
    code = pyotp.TOTP(secret[1].replace(" ", "")).at(clock.wall())
    page = await own.post(f"{OWN}/totp", secret=sealed[1], code=code, password=PASSWORD)
    assert "两步登录已经打开" in page.text
    assert kept(installation, "李工").totp is not None
    page = await own.post(f"{OWN}/totp/off", password=PASSWORD)
    assert "两步登录已经关掉" in page.text


@pytest.mark.parametrize("secret", ["", "zz", "00" * 60])
async def test_a_secret_that_was_not_offered_is_refused(own: Desk, secret: str) -> None:
    page = await own.post(f"{OWN}/totp", secret=secret, code="000000", password=PASSWORD)
    assert page.status_code == 422
    assert "重新扫码" in page.text


async def test_ending_sessions(own: Desk, open_console: OpenConsole, installation: Installation) -> None:
    first, second = open_console(own.account), open_console(own.account)
    stranger = open_console(Role.INTAKE)
    with installation.database.reading() as session:
        ids = session.scalars(select(OperatorSession.id).order_by(OperatorSession.id)).all()
    assert len(ids) == 4
    await own.post(f"{OWN}/sessions/{ids[3]}/end")  # somebody else's
    assert (await stranger.open(OWN)).status_code == 200
    await own.post(f"{OWN}/sessions/{ids[1]}/end")
    assert (await first.open(OWN)).status_code == 303
    assert "别的 1 处都已退出" in (await own.post(f"{OWN}/sessions/end-others")).text
    assert (await second.open(OWN)).status_code == 303
    assert (await own.open(OWN)).status_code == 200


async def test_one_takes_back_ones_own_token_alone(
    own: Desk, open_console: OpenConsole, installation: Installation
) -> None:
    page = await own.post(f"{OWN}/tokens", password=PASSWORD)
    assert "只显示这一次" in page.text
    stranger = open_console(Role.INTAKE)
    with installation.database.reading() as session:
        token = session.scalars(select(OperatorToken.id)).one()
    await stranger.post(f"{OWN}/tokens/{token}/revoke")
    with installation.database.reading() as session:
        assert session.scalars(select(OperatorToken.id)).all() == [token]
    await own.post(f"{OWN}/tokens/{token}/revoke")
    with installation.database.reading() as session:
        assert session.scalars(select(OperatorToken.id)).all() == []


async def test_the_log_says_who_did_it(open_console: OpenConsole, installation: Installation) -> None:
    await open_console(Role.OWNER).post("/console/operators", name="孙工", password=PASSWORD, role=["intake"])
    with installation.database.reading() as session:
        entry = session.scalars(select(Action).order_by(Action.id.desc())).first()
        assert entry is not None
        assert (entry.actor, entry.verb, entry.subject) == ("operator:owner", "operator.add", "operator:孙工")
        assert PASSWORD not in str(entry.detail)


@pytest.mark.parametrize(
    "address",
    ["operators/{}/unlock", "operators/{}/tokens", "account/sessions/{}/end", "account/tokens/{}/revoke"],
)
async def test_a_number_beyond_all_rows_is_refused(open_console: OpenConsole, address: str) -> None:
    answer = await open_console(Role.OWNER).post("/console/" + address.format(10**20))
    assert answer.status_code == 422
