"""A broadcast as it is composed over the API."""

from typing import Any


def broadcast(**changes: Any) -> dict[str, Any]:
    composed = {
        "campaign": "2018",
        "title": "请投票",
        "kind": "vote",
        "channel": "template",
        "audience": {"all": True},
        "content": {"template_id": "T-vote", "data": {"thing1": "请您投票"}, "url": "https://x.test/h5/vote/1"},
    }
    return composed | changes
