"""Drive the running demonstration once, as a hand would: one worker, from following to a number.

Exits 0, or 1 with what went wrong. DEMO_PORT says where the service listens (8000); the phone is one port further.
"""

import json
import os
import re
import sys
import time
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Any

SERVICE = int(os.environ.get("DEMO_PORT") or 8000)
PHONE = SERVICE + 1
PATIENCE = 300.0  # seconds until the demonstration must be up: the first time it installs and prepares
BETWEEN = 0.5

# What is said, and what the answer must hold. Each step waits for its answer.
TALK = (
    ("我要提案", "同意"),
    ("同意", "类别"),
    ("３", "实事项目名称"),
    ("为夜班护理员开设流动健康小屋", "简介"),
    ("请社区医生每月到养老院来一次，给夜班护理员量血压。", "记下了"),
    ("完", "预期目标或成效"),
    ("一年服务六百名护理员。", "评估"),
    ("5 4 4 5 3 4 5 4 3 4", "单位"),
    ("跳过", "姓名"),
    ("王师傅", "联系电话"),
    ("跳过", "提交"),
    ("提交", "提案编号"),
)
NUMBER = re.compile(r"SS\d{4}-\d{4,}")


class WentWrong(Exception):
    """What to tell whoever reads the log."""


def call(port: int, path: str, fields: dict[str, Any] | None = None) -> Any:
    """GET, or POST of a JSON object; the JSON that comes back, or the text where it is none."""
    body = None if fields is None else json.dumps(fields)
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET" if body is None else "POST", path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode()
    except (OSError, HTTPException) as error:
        raise WentWrong(f"{port}{path}: {error!r}") from None
    finally:
        connection.close()
    if answer.status != HTTPStatus.OK:
        raise WentWrong(f"{port}{path}: HTTP {answer.status} {text[:500]}")
    try:
        return json.loads(text)
    except ValueError:
        return text


def wait_until_up() -> list[dict[str, Any]]:
    """The people whose phones there are, as soon as some of them follow: then the demonstration is ready."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            call(SERVICE, "/healthz")
            people: list[dict[str, Any]] = call(PHONE, "/phone/people")["people"]
        except WentWrong as reason:
            problem = str(reason)
        else:
            if any(person["following"] for person in people):
                return people
            problem = "nobody follows the account"
        if time.monotonic() > deadline:
            raise WentWrong(f"not up after {PATIENCE:.0f} s: {problem}")
        time.sleep(BETWEEN)


def do(person: str, verb: str, **fields: str) -> str:
    """One deed on the phone; what the account answered to it."""
    entries = call(PHONE, f"/phone/people/{person}/{verb}", fields)["entries"]
    answers = [entry["text"] for entry in entries if entry["from"] == "account"]
    if len(answers) != 1:
        raise WentWrong(f"{verb} {fields}: {len(answers)} answers in {entries}")
    return str(answers[0])


def expect(part: str, answer: str, after: str) -> None:
    if part not in answer:
        raise WentWrong(f"after {after!r} there is no {part!r} in: {answer}")


def talk(person: str) -> str:
    """The whole dialogue; the number in the end."""
    expect("您好", do(person, "follow"), "following")
    for said, part in TALK:
        expect(part, answer := do(person, "say", text=said), said)
    found = NUMBER.search(answer)
    if found is None:
        raise WentWrong(f"no number in: {answer}")
    expect("已收到", do(person, "say", text=f"进度 {found[0]}"), "进度")
    expect(found[0], do(person, "click", key="MY_PROPOSALS"), "MY_PROPOSALS")
    return found[0]


def drive() -> str:
    people = wait_until_up()
    newcomer = next((person["id"] for person in people if not person["following"]), None)
    if newcomer is None:
        raise WentWrong("everybody follows already: start with a new DEMO_DIR")
    number = talk(newcomer)
    for path in ("/healthz", "/readyz"):
        call(SERVICE, path)
    return number


if __name__ == "__main__":
    try:
        sys.stdout.write(f"The demonstration works: {drive()}\n")
    except WentWrong as reason:
        sys.exit(f"The demonstration does not work: {reason}")
