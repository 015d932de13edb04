"""The link to the running demonstration's ballot goes to everybody who follows: released by a second person."""

import time
from typing import Any

from driving import PHONE, SERVICE, WentWrong, call
from office import CAMPAIGN, Office

TEMPLATE = "DEMO_PROGRESS"
PATIENCE = 60.0  # seconds
BETWEEN = 0.5


def send_links(office: Office, round_id: str) -> None:
    """Everybody has one message, by the service's ledger and on the phones."""
    link = f"http://127.0.0.1:{SERVICE}/h5/vote/{round_id}"
    data = {"thing1": "实事项目征求意见", "phrase2": "请您投票", "time3": "2018年3月1日"}
    text = {"title": "请大家投票", "kind": "vote", "channel": "template", "audience": {"all": True}}
    content = {"template_id": TEMPLATE, "data": data, "url": link}
    broadcast: str = office.does("何伟", "/broadcasts", campaign=CAMPAIGN, **text, content=content)["id"]
    office.does("何伟", f"/broadcasts/{broadcast}/submit")
    office.does("罗静", f"/broadcasts/{broadcast}/approve")
    sent = _finished(office, broadcast)["sent"]
    following = [person for person in call(PHONE, "/phone/people")["people"] if person["following"]]
    if sent != len(following):
        raise WentWrong(f"{len(following)} follow, but {sent} messages were sent")
    for person in following:
        last = call(PHONE, f"/phone/people/{person['id']}/chat")["entries"][-1]
        if link not in str(last):
            raise WentWrong(f"{person['name']} has no link: {last}")


def _finished(office: Office, broadcast: str) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        told: dict[str, Any] = office.asks("何伟", f"/broadcasts/{broadcast}")
        if told["state"] == "done":
            return told
        time.sleep(BETWEEN)
    raise WentWrong(f"the broadcast does not end: {told}")
