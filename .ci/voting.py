"""Carry one proposal of the running demonstration through to a published result: two workers vote on phones."""

import json
import re
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from broadcasting import send_links
from driving import PHONE, SERVICE, WentWrong, do, expect
from office import CAMPAIGN, Office

TITLE = "流动健康小屋进养老院"
LINK = re.compile(r"http[^\s\"<>]*/h5/vote/\d+")
TOKEN = re.compile(r'name="token" value="([^"]+)"')


def vote(number: str, first: str, second: str) -> None:
    """`first` and `second` are phones of people who follow the account."""
    office = Office()
    round_id = _put_up(office, number)
    send_links(office, round_id)
    _vote_on_the_page(first)
    _vote_in_the_chat(second)
    _publish(office, round_id)


def _put_up(office: Office, number: str) -> str:
    """From the proposal to an open round, whose id is given."""
    _enter(office, "screening")
    criteria = [one["key"] for one in office.asks("郑敏", f"/campaigns/{CAMPAIGN}")["criteria"]]
    card = {"scores": dict.fromkeys(criteria, 4), "reasons": dict.fromkeys(criteria, "职工很需要")}
    for reviewer in ("徐佳", "何伟"):
        office.does(reviewer, f"/proposals/{number}/assessments", **card, conclusion="recommend")
    office.does("徐佳", f"/proposals/{number}/decision", decision="shortlist", reason="职工很需要，做得成")
    texts = {
        "title": TITLE,
        "summary": "社区医生每月到养老院来一次。",
        "expected_outcome": "一年服务六百名护理员。",
    }
    candidate = office.does("何伟", "/candidates", campaign=CAMPAIGN, proposals=[number], **texts)
    _enter(office, "opinion")
    rules = {"min_choices": 1, "max_choices": 1, "closes_at": "2099-01-01T00:00:00+08:00"}
    ballot = {"campaign": CAMPAIGN, "title": "实事项目征求意见", "candidates": [candidate["id"]]}
    round_id: str = office.does("何伟", "/rounds", **ballot, **rules)["id"]
    office.does("罗静", f"/rounds/{round_id}/open")
    return round_id


def _enter(office: Office, phase: str) -> None:
    office.does("罗静", f"/campaigns/{CAMPAIGN}/phase", phase=phase, reason="演示")


def _vote_on_the_page(person: str) -> None:
    link = LINK.search(json.dumps(do(person, "say", text="投票")))
    if link is None:
        raise WentWrong("投票 gives no link")
    phone = build_opener(HTTPCookieProcessor(CookieJar()))
    opening = f"http://127.0.0.1:{PHONE}/phone/people/{person}/open?{urlencode({'url': link[0]})}"
    with phone.open(opening, timeout=30) as opened:
        page, address = opened.read().decode(), opened.url
    token = TOKEN.search(page)
    if token is None:
        raise WentWrong(f"no ballot at {address}: {page[:500]}")
    with phone.open(address, urlencode({"token": token[1], "c1": "for"}).encode(), timeout=30) as counted:
        expect("已计票", counted.read().decode(), "the ballot")
    expect("已计票", do(person, "say", text="我的选票"), "我的选票")


def _vote_in_the_chat(person: str) -> None:
    expect("已计票", do(person, "say", text="投 1"), "投 1")


def _publish(office: Office, round_id: str) -> None:
    for name, step in (("罗静", "close"), ("郑敏", "confirm"), ("罗静", "publish")):
        office.does(name, f"/rounds/{round_id}/{step}")
    results = office.asks("方正", f"/rounds/{round_id}/results")
    if (results["total_ballots"], results["candidates"][0]["votes"]) != (2, 2):
        raise WentWrong(f"two voted, but the result is {results}")
    with build_opener().open(f"http://127.0.0.1:{SERVICE}/h5/results/{CAMPAIGN}", timeout=30) as page:
        expect(TITLE, page.read().decode(), "publication")
