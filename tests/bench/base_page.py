"""The base of the vote page: FastAPI and Jinja2, rendering on each request, no database. Frozen.

What a voter reads is what our page has, so that both send as much.
"""

from dataclasses import dataclass
from pathlib import Path

from fastapi import Cookie, FastAPI, Request, Response
from fastapi.templating import Jinja2Templates

app = FastAPI()
templates = Jinja2Templates(Path(__file__).parent)


@dataclass(frozen=True)
class Candidate:
    number: int
    title: str
    expected_outcome: str = "一年服务五百人次"
    indicators: tuple[tuple[str, str], ...] = (("服务人次", "500"),)

    @property
    def summary(self) -> str:
        return f"{self.title}怎么办，分三步走"

    @property
    def origins(self) -> list[tuple[str, str]]:
        return [(f"SS2018-{self.number:04}", self.title)]


CANDIDATES = [Candidate(number, f"候选项目{number}") for number in range(1, 21)]


@app.get("/h5/vote/1")
async def vote(request: Request, shishi_session: str = Cookie()) -> Response:
    context = {
        "title": "二〇一八年实事项目征求意见",
        "most": 10,
        "candidates": CANDIDATES,
        "chosen": {3, 5, len(shishi_session) % 20},
        "token": shishi_session[-40:],
        "code": shishi_session[-8:],
        "seed": "a75d8eb200490d71" * 4,
        "head": "f1e8fd0d7faaf795" * 4,
        "closing": "2018年3月30日24:00",
        "receipt": "TFXF-5RRG-RH5G-LD8G",
    }
    return templates.TemplateResponse(request, "base_page.html", context)
