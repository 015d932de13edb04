"""What is said of a file that cannot be read. Pure."""

from app.proposals.intake.checks import SENTENCES
from app.proposals.intake.paper import Problem


class Unreadable(Exception):
    """Why, as one of the codes of SENTENCES, and where."""

    def __init__(self, code: str, place: str = "整份文件") -> None:
        super().__init__(code)
        self.problem = Problem(code, SENTENCES[code], place)
