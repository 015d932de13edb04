"""What becomes of a person's data in the chat: not asked without consent, never in clear, gone when they go."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text as sql
from structlog.testing import capture_logs

from tests.fixtures.service import RunningService
from tests.standin.state import Person
from tests.wechat_handlers.callback import Forge, send, text

PHONE = "13912345678"
UP_TO_NAME = ("我要提案", "同意", "2", "爱心早餐站", "给早班环卫工送早餐。", "完", "一年五百人", "5545345551")
WHOLE = (*UP_TO_NAME, "杨浦环卫所，环卫工", "王建国", PHONE)


async def submits(service: RunningService, worker: Person) -> None:
    assert "SS2018-0001" in await service.says(worker, *WHOLE, "提交")


def stored(service: RunningService, tmp_path: Path) -> bytes:
    """The database, byte for byte: its files where it has some, else all its rows."""
    files = b"".join(path.read_bytes() for path in tmp_path.glob("shishi.db*"))
    return files or str(service.dump()).encode()


@pytest.fixture
def said(service: RunningService) -> Iterator[list[str]]:
    """Everything the account has answered by the end of the test."""
    replies: list[str] = []
    yield replies
    for person in service.platform.people.values():
        replies += [entry.text for entry in person.chat if entry.sender == "account"]
    assert replies
    assert PHONE not in "".join(replies)


async def test_without_consent_nobody_is_asked_who_they_are(service: RunningService) -> None:
    worker = service.worker()
    said = ("我要提案", "不同意", "2", "爱心早餐站", "给早班环卫工送早餐。", "完", "一年五百人")
    await service.says(worker, *said)
    card = await service.says(worker, "跳过")
    assert "姓名、电话、单位：按您的意思没有问" in card
    assert "SS2018-0001" in await service.says(worker, "提交")
    asked = [entry.text for entry in worker.chat if entry.sender == "account"]
    assert not any(prompt in reply for reply in asked for prompt in ("请问您的姓名", "联系电话吗", "哪个单位"))


async def test_consent_taken_back_before_handing_in_drops_what_was_given(service: RunningService) -> None:
    worker = service.worker()
    await service.says(worker, *WHOLE)
    await service.says(worker, "不同意", "提交")
    (proposal,) = service.dump()["proposals"]
    assert "王建国" not in proposal
    assert "环卫所" not in proposal


async def test_the_phone_is_nowhere_in_clear(
    service: RunningService, said: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    worker = service.worker()
    service.platform.faults.recognition = True
    await service.says(worker, *WHOLE[:-1])
    await service.platform.send_voice(worker.openid, recognition=PHONE)
    for word in ("改 8", f"{PHONE}。", "预览", "返回", "我的提案", "导出我的资料"):
        await service.says(worker, word)
    assert PHONE.encode() not in stored(service, tmp_path)
    await service.says(worker, "提交", "导出我的资料", "修改 SS2018-0001", "改 8", "手机：139-1234-5678", "提交")
    assert PHONE.encode() not in stored(service, tmp_path)
    assert "139******78" in "".join(entry.text for entry in worker.chat)
    assert PHONE not in capsys.readouterr().err


async def test_the_log_names_nobody(service: RunningService, capsys: pytest.CaptureFixture[str]) -> None:
    """Not even when something is refused, late or broken."""
    worker = service.worker()
    await service.says(worker, *WHOLE[:-1])
    await service.installation.write_soon(
        lambda session: session.execute(sql("ALTER TABLE inbound RENAME TO mislaid"))
    )
    assert "没有存上" in await service.says(worker, PHONE)
    forge = Forge.of(service.settings, service.clock.wall().timestamp())
    await send(service.app, forge.safe(text(PHONE, openid=worker.openid)).with_query(msg_signature="0" * 40))
    logged = capsys.readouterr().err
    assert "message not stored" in logged
    assert "callback refused" in logged
    for private in (PHONE, worker.openid, "王建国", "爱心早餐站", service.settings.wechat.app_id):
        assert private not in logged


async def test_who_unfollows_is_gone_and_the_proposal_stays(
    service: RunningService, said: list[str], tmp_path: Path
) -> None:
    worker = service.worker()
    await submits(service, worker)
    await service.says(worker, "我要提案", "同意", "1", "写到一半")
    await service.platform.unfollow(worker.openid)
    await is_forgotten(service, worker)
    assert "爱心早餐站" in str(service.dump()["proposals"])


async def test_who_asks_to_be_erased_is_gone_and_the_proposal_stays(
    service: RunningService, said: list[str], tmp_path: Path
) -> None:
    worker = service.worker()
    await submits(service, worker)
    asked = await service.says(worker, "删除我的资料")
    assert "确认删除我的资料" in asked
    assert "1 份提案" in asked
    assert len(service.dump()["followers"]) == 1
    assert "已经全部删除" in await service.says(worker, "确认删除我的资料")
    await is_forgotten(service, worker)
    (proposal,) = service.dump()["proposals"]
    assert "爱心早餐站" in proposal
    progress = await service.says(worker, "进度 SS2018-0001")
    assert "已收到" in progress
    assert "爱心早餐站" not in progress


async def test_the_log_has_what_it_takes_to_do_it_once_more(service: RunningService) -> None:
    """After a backup from before has brought them back: `shishi person erase person:…`."""
    asking, leaving = service.worker(), service.worker("赵芳")
    await service.says(leaving, "您好")
    with capture_logs() as lines:
        await service.says(asking, "删除我的资料", "确认删除我的资料")
        await service.platform.unfollow(leaving.openid)
    person = service.installation.keyring.person
    told = [line["person"] for line in lines if line["event"] == "person erased"]
    assert told == [f"person:{person(one.openid)}" for one in (asking, leaving)]


async def is_forgotten(service: RunningService, worker: Person) -> None:
    rows = service.dump()
    for private in (worker.openid, "王建国", "环卫所", "139"):
        assert private not in str(rows), private
    assert rows["followers"] == rows["drafts"] == rows["inbound"] == []


async def test_leaving_twice_and_coming_back_is_a_new_beginning(service: RunningService) -> None:
    worker = service.worker()
    await submits(service, worker)
    await service.platform.unfollow(worker.openid)
    await service.platform.follow(worker.openid)
    assert "还没有提交过提案" in await service.says(worker, "我的提案")
    assert "不是从您" in await service.says(worker, "撤回 SS2018-0001")


async def test_an_export_holds_everything_that_was_given(service: RunningService) -> None:
    worker = service.worker()
    await submits(service, worker)
    await service.says(worker, "我要提案", "同意", "1", "第二份的名称", "第二份写到一半。")
    told = await service.says(worker, "导出我的资料")
    while "还有下文" in told[-200:]:
        told += await service.says(worker, "继续")
    for given in (worker.openid, "SS2018-0001", "爱心早餐站", "给早班环卫工送早餐。", "一年五百人", "杨浦环卫所"):
        assert given in told, given
    for given in ("王建国", "139******78", "10号 1分", "第二份的名称", "第二份写到一半。", "生活服务"):
        assert given in told, given


async def test_erasing_while_others_write_touches_nobody_else(service: RunningService) -> None:
    leaving, staying = service.worker("张三"), service.worker("李四")
    await service.says(leaving, "我要提案", "同意", "1", "张三的提案")
    await service.says(staying, "我要提案", "同意", "1", "李四的提案")
    await asyncio.gather(
        service.platform.say(leaving.openid, "确认删除我的资料"),
        service.platform.say(staying.openid, "第一段。"),
        service.platform.say(leaving.openid, "我要提案"),
        service.platform.say(staying.openid, "第二段。"),
    )
    drafts = str(service.dump()["drafts"])
    assert "张三的提案" not in drafts
    assert "李四的提案" in drafts
    assert "第一段" in drafts
    assert "第二段" in drafts
