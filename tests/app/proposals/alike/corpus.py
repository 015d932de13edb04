"""Made-up proposals of which people have said what is the same, and how well an index finds that."""

import json
import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from pathlib import Path
from typing import NamedTuple

from app.proposals.alike.categories import Suggestion, profiles, ranked
from app.proposals.alike.features import Text, features
from app.proposals.alike.index import Index

FOLDER = Path(__file__).parents[3] / "data/corpus"
SECOND = Path(__file__).parents[3] / "data/corpus_second"

PairOf = tuple[int, int]


class Found(NamedTuple):
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall) if self.precision else 0.0


@dataclass(frozen=True)
class Made:
    """One proposal. `original` is the id of what it tells again, or its own."""

    id: str
    text: Text
    category: str
    original: str


@dataclass(frozen=True)
class Corpus:
    """Proposals, known by their place."""

    proposals: Sequence[Made]

    @cached_property
    def index(self) -> Index:
        index = Index()
        for place, made in enumerate(self.proposals):
            index.add(place, features(made.text))
        return index

    @cached_property
    def scores(self) -> Mapping[PairOf, float]:
        places = range(len(self.proposals))
        directions = [self.index.direction_of(place) for place in places]
        return {(a, b): self.index.cosine(directions[a], b) for a, b in combinations(places, 2)}

    @cached_property
    def halves(self) -> tuple[set[str], set[str]]:
        """The groups of the same, every other one in the order of their originals: no group is in both."""
        groups = sorted({made.original for made in self.proposals})
        return set(groups[0::2]), set(groups[1::2])

    def place(self, id: str) -> int:
        return next(place for place, made in enumerate(self.proposals) if made.id == id)

    def same(self, pair: PairOf) -> bool:
        first, second = pair
        return self.proposals[first].original == self.proposals[second].original

    def within(self, groups: Collection[str]) -> list[PairOf]:
        inside = {place for place, made in enumerate(self.proposals) if made.original in groups}
        return [pair for pair in self.scores if inside.issuperset(pair)]

    def found(self, pairs: Iterable[PairOf], threshold: float) -> Found:
        pairs = list(pairs)
        told = [pair for pair in pairs if self.scores[pair] >= threshold]
        right = sum(map(self.same, told))
        return Found(right / len(told) if told else 0.0, right / sum(map(self.same, pairs)))

    def best_threshold(self, pairs: Sequence[PairOf]) -> float:
        """Where F1 is highest: half-way to the next score below, so that it does not hang on one pair."""
        scores = sorted((self.scores[pair] for pair in pairs), reverse=True)[: 4 * sum(map(self.same, pairs))]
        middles = [(upper + lower) / 2 for upper, lower in pairwise(scores)]
        return max(middles, key=lambda threshold: self.found(pairs, threshold).f1)

    def recall_at(self, most: int) -> float:
        """Of how many duplicates the original is among the nearest `most`."""
        duplicates = [place for place, made in enumerate(self.proposals) if made.original != made.id]
        hits = 0
        for place in duplicates:
            near = self.index.near(self.index.direction_of(place), most + 1)
            others = [each.key for each in near if each.key != place][:most]
            hits += self.place(self.proposals[place].original) in others
        return hits / len(duplicates)

    def suggested(self) -> list[tuple[Suggestion, bool]]:
        """The first category for each, learned from all but its own duplicates; and whether it is right."""
        titles = {made.category: made.category for made in self.proposals}
        told = []
        for place, made in enumerate(self.proposals):
            others = [(n, one.category) for n, one in enumerate(self.proposals) if one.original != made.original]
            first = ranked(self.index.direction_of(place), profiles(self.index, titles, others))[0]
            told.append((first, first.key == made.category))
        return told


def load(folder: Path = FOLDER) -> Corpus:
    lines = (folder / "proposals.jsonl").read_text(encoding="utf-8").splitlines()
    return Corpus([_made(json.loads(line)) for line in lines])


def hard_negatives(folder: Path = FOLDER) -> list[tuple[str, str]]:
    """Pairs of ids that seem alike and are not."""
    notes = json.loads((folder / "notes.json").read_text(encoding="utf-8"))
    return [(pair["a"], pair["b"]) for pair in notes["hard_negatives"]]


def many(corpus: Corpus, count: int, seed: int = 1) -> list[Text]:
    """As many texts, put together from the clauses of the corpus and of single characters of it."""
    chance = random.Random(seed)
    clauses = [clause for made in corpus.proposals for clause in made.text.summary.split("，") if len(clause) > 3]
    characters = "".join(made.text.summary for made in corpus.proposals)
    return [
        Text(
            chance.choice(corpus.proposals).text.title,
            "，".join(chance.choices(clauses, k=chance.randint(3, 7))) + "".join(chance.choices(characters, k=25)),
            chance.choice(corpus.proposals).text.expected_outcome,
        )
        for _ in range(count)
    ]


def _made(row: Mapping[str, str]) -> Made:
    text = Text(row["title"], row["summary"], row["expected_outcome"])
    return Made(row["id"], text, row["category"], row["duplicate_of"] or row["id"])
