"""The evaluation of last year's projects: scores in one message, one by one, or in free words. Pure.

The stored answer is {"ratings": [{"project": number, "rating": 1..5, "remark": str}], "text": str}; the word
STEPWISE asks for the projects one after another instead.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from app.campaigns.definition import LastYearProject
from app.conversation.form import Answers, InvalidAnswer, Option, Question
from app.conversation.parsers import choice, clean, compact, text

STEPWISE = "stepwise"
STEPWISE_WORDS = ("逐项评分", "逐项", "一项一项", "逐个评分", "打分", "评分")
REMARK_LIMIT = 2000

SCORES = (
    Option("5", "5 很好", ("很好", "非常好", "非常满意", "很满意")),
    Option("4", "4 好", ("好", "满意", "不错")),
    Option("3", "3 一般", ("一般", "还行", "还可以")),
    Option("2", "2 差些", ("差些", "不太好", "不满意")),
    Option("1", "1 不好", ("不好", "很差", "差", "很不满意")),
)
SCORE_BY_NUMBER = tuple(sorted(SCORES, key=lambda option: option.value))
LINE = re.compile(r"^(?:第|项目)?\s*(\d{1,2})\s*[项号]?\s*[.、:：=\s]\s*([1-5])\s*分?(?:[\s,，:：;；。]+(.*))?$")


def parse_evaluation(said: str, count: int) -> Any:
    """`count` scores in a row, lines like "3：5 场地太远", the word for one by one, or free words."""
    if compact(said) in STEPWISE_WORDS:
        return STEPWISE
    scores = _scores_in_a_row(said, count)
    if scores is not None:
        return _answer([_rating(number, score) for number, score in enumerate(scores, start=1)])
    lines = [line for line in re.split(r"[\n;；]+", unicodedata.normalize("NFKC", clean(said))) if line.strip()]
    matches = [LINE.match(line.strip()) for line in lines]
    if matches and all(matches):
        return _answer(
            [_rating(_project(found[1], count), int(found[2]), found[3] or "") for found in matches if found]
        )
    return _answer([], text(1, REMARK_LIMIT)(said))


def _scores_in_a_row(said: str, count: int) -> list[int] | None:
    digits = re.sub(r"[\s,，、;；.。]+", "", unicodedata.normalize("NFKC", clean(said)))
    if not re.fullmatch(r"\d+", digits) or len(digits) < 2:
        return None
    if len(digits) != count or not re.fullmatch(r"[1-5]+", digits):
        raise InvalidAnswer(
            f"要一次打分，请按顺序写 {count} 个数字，每个是 1 到 5，例如：{'5 4 ' * (count // 2)}".rstrip()
        )
    return [int(digit) for digit in digits]


def _project(number: str, count: int) -> int:
    if not 1 <= int(number) <= count:
        raise InvalidAnswer(f"去年的项目是 1 到 {count} 号，没有 {number} 号。")
    return int(number)


def _rating(project: int, rating: int, remark: str = "") -> dict[str, Any]:
    return {"project": project, "rating": rating, "remark": remark.strip()}


def _answer(ratings: list[dict[str, Any]], words: str = "") -> dict[str, Any]:
    by_project = {rating["project"]: rating for rating in ratings}  # said twice: the last counts
    return {"ratings": [by_project[number] for number in sorted(by_project)], "text": words}


def show_evaluation(answers: Answers) -> str:
    ratings, words = evaluation_of(answers)
    said = [f"{r['project']}号 {r['rating']}分{'，' + r['remark'] if r['remark'] else ''}" for r in ratings]
    return "；".join([*said, *([words] if words else [])])


def rating_questions(projects: Sequence[LastYearProject]) -> tuple[Question, ...]:
    """A question for each of last year's projects, asked of those who chose one by one, and room for words."""
    score = choice(SCORE_BY_NUMBER)
    steps = tuple(
        Question(
            key=rating_key(project.number),
            name=f"第 {project.number} 项评分",
            prompt=f"（{project.number}/{len(projects)}）{project.title}\n您打几分？5 最好，1 最差。",
            parse=score,
            options=SCORE_BY_NUMBER,
            optional=True,
            on_card=False,
            step_of="evaluation",
            ask_if=_chose_stepwise,
        )
        for project in projects
    )
    remark = Question(
        key="evaluation_remark",
        name="想说的话",
        prompt="谢谢您逐项打分。对去年的项目还有想说的话吗？",
        parse=text(1, REMARK_LIMIT),
        optional=True,
        on_card=False,
        step_of="evaluation",
        ask_if=_chose_stepwise,
    )
    return (*steps, remark)


def rating_key(number: int) -> str:
    return f"rating_{number}"


def evaluation_of(answers: Answers) -> tuple[list[dict[str, Any]], str]:
    """What is stored with a proposal: the ratings and the free words, whichever way they were given."""
    value = answers.get("evaluation")
    if value == STEPWISE:
        keys = (key for key in answers if key.startswith("rating_") and answers[key] is not None)
        ratings = [_rating(int(key.removeprefix("rating_")), int(answers[key])) for key in keys]
        return sorted(ratings, key=lambda rating: rating["project"]), answers.get("evaluation_remark") or ""
    return (value["ratings"], value["text"]) if value else ([], "")


def evaluation_parser(count: int) -> Callable[[str], Any]:
    return partial(parse_evaluation, count=count)


def _chose_stepwise(answers: Answers) -> bool:
    return answers.get("evaluation") == STEPWISE
