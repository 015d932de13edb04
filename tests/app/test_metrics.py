"""Counting: what a process counts, what those of one service count together, quotas, and the port of a worker."""

import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from app import metrics
from app.metrics import SHARED_FOLDER
from app.outbox.outcomes import Accepted, Lost, Outcome, Refused, TryLater
from app.outbox.sending import gravest, word_of
from app.wechat import menus, messages
from app.wechat.client import WeChatClient
from app.wechat.errors import CallFailed, PlatformError, Reaction
from app.wechat.quotas import GET, QuotaWatch
from tests.standin.platform import Platform

COUNT = "from app import metrics; metrics.TURNS.labels('text', 'replied').inc({n})"
ASK = "from app import metrics; print(metrics.exposition().decode())"
CUSTOM = "/cgi-bin/message/custom/send"


def of(name: str, **labels: str) -> float:
    return metrics.REGISTRY.get_sample_value(name, labels) or 0.0


def test_processes_of_one_service_answer_for_each_other(tmp_path: Path) -> None:
    def run(code: str) -> str:
        environment = {**os.environ, SHARED_FOLDER: str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
        return done.stdout.decode()

    for n in (2, 3):
        run(COUNT.format(n=n))
    assert 'shishi_turns_total{kind="text",outcome="replied"} 5.0' in run(ASK)


def test_a_worker_tells_its_numbers_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    server, thread = metrics.serve(port)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            assert b"shishi_writer_commit_seconds" in answer.read()
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


async def test_calls_are_counted_by_endpoint_and_code(wechat_client: WeChatClient, platform: Platform) -> None:
    calls, menu = "shishi_platform_calls_total", "/cgi-bin/menu/get"
    platform.faults.busy = 1
    await wechat_client.call("POST", GET, json={"cgi_path": menu})  # its token fetch was too busy at first
    before = {code: of(calls, endpoint=menu, errcode=code) for code in ("0", "-1", "unanswered")}
    retried, took = of("shishi_platform_retries_total", endpoint=menu), "shishi_platform_call_seconds_count"
    timed = of(took, endpoint=menu)
    platform.faults.busy = 1
    await menus.current(wechat_client)
    platform.faults.lost_answers = 1
    await menus.current(wechat_client)
    after = {code: of(calls, endpoint=menu, errcode=code) - before[code] for code in before}
    assert after == {"0": 2, "-1": 1, "unanswered": 1}
    assert of("shishi_platform_retries_total", endpoint=menu) - retried == 2
    assert of(took, endpoint=menu) - timed == 4


async def test_a_code_we_do_not_know_is_another(wechat_client: WeChatClient, platform: Platform) -> None:
    with pytest.raises(PlatformError):
        await wechat_client.call("POST", GET, json={"cgi_path": "/sns/x"})
    assert of("shishi_platform_calls_total", endpoint=GET, errcode="76022") > 0


async def test_token_refreshes_are_counted(wechat_client: WeChatClient, platform: Platform) -> None:
    name = "shishi_token_refreshes_total"
    renewed, failed = of(name, outcome="renewed"), of(name, outcome="failed")
    await menus.current(wechat_client)
    platform.faults.token_revoked = True
    await menus.current(wechat_client)
    assert (of(name, outcome="renewed") - renewed, of(name, outcome="failed") - failed) == (2, 0)


async def test_what_is_left_of_a_quota_that_is_used(wechat_client: WeChatClient, platform: Platform) -> None:
    watch = QuotaWatch(wechat_client)
    await watch.look()
    assert platform.quotas.used(GET) == 0  # who is idle asks nothing
    person = platform.add_person("王建国", following=True)
    await platform.say(person.openid, "你好")
    platform.quotas.per_day[CUSTOM] = 10
    await messages.send_text(wechat_client, person.openid, "您好")
    await watch.look()
    assert of("shishi_quota_left", endpoint=CUSTOM) == 9
    assert of("shishi_quota_limit", endpoint=CUSTOM) == 10


async def test_a_quota_the_platform_does_not_tell_of_is_asked_for_once(
    wechat_client: WeChatClient, platform: Platform
) -> None:
    watch = QuotaWatch(wechat_client)
    for _ in range(2):
        with pytest.raises(CallFailed):
            await wechat_client.call("POST", "/cgi-bin/no/such", json={})
        await watch.look()
    assert of("shishi_quota_limit", endpoint="/cgi-bin/no/such") == 0


@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        (Accepted(), "accepted"),
        (Refused("不在关注", 43004), "refused"),
        (Lost("没有回应"), "lost"),
        (TryLater(Reaction.QUOTA, "用完了", 45009), "quota"),
    ],
)
def test_an_outcome_is_one_word(outcome: Outcome, word: str) -> None:
    assert word_of(outcome) == word


def test_the_gravest_reaction_says_why_sending_rests() -> None:
    busy, used_up = TryLater(Reaction.RETRY, "忙", -1), TryLater(Reaction.QUOTA, "用完了", 45009)
    assert gravest([Accepted(), busy, used_up]) == "quota"
    assert gravest([Accepted(), Refused("不在关注", 43004)]) is None
