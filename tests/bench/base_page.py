"""The base of the vote page: FastAPI and Jinja2, rendering on each request, no database. Frozen."""

from dataclasses import dataclass
from pathlib import Path

from fastapi import Cookie, FastAPI, Request, Response
from fastapi.templating import Jinja2Templates

SUMMARY = (
    "在环卫道班、公园和路口，给环卫工、快递员、交警一个喝水热饭、歇脚充电的地方。先摸底选点，再和商户谈合作。"
)
OUTCOME = "一年建二十个，每天服务五百人次，职工满意率九成以上。"

app = FastAPI()
templates = Jinja2Templates(Path(__file__).parent)


@dataclass(frozen=True)
class Candidate:
    number: int
    title: str
    summary: str = SUMMARY
    expected_outcome: str = OUTCOME


CANDIDATES = [Candidate(number, f"候选项目{number}") for number in range(1, 21)]


@app.get("/h5/vote/1")
async def vote(request: Request, shishi_session: str = Cookie()) -> Response:
    context = {
        "title": "二〇一八年实事项目征求意见",
        "most": 10,
        "candidates": CANDIDATES,
        "chosen": {3, 5, len(shishi_session) % 20},
        "token": shishi_session[-40:],
    }
    return templates.TemplateResponse(request, "base_page.html", context)
