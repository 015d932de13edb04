"""How fast proposals of the same are found among made-up ones; `python -m tests.bench.alike`: how well."""

import statistics
import time
from collections.abc import Iterator

from app.proposals.alike.features import Text, features
from app.proposals.alike.index import Index
from app.proposals.alike.queries import CERTAIN, LIKELY, POSSIBLE
from tests.app.proposals.alike import corpus
from tests.app.proposals.alike.corpus import Corpus
from tests.bench.measuring import Row, grown, milliseconds

FEW, MANY = 1_000, 10_000
QUERIES = 300


def main() -> None:
    known = corpus.load()
    tell_pairs(known)
    tell_second(corpus.load(corpus.SECOND))
    tell_hard_negatives(known)
    tell_categories(known)


def tell_pairs(known: Corpus) -> None:
    pairs = list(known.scores)
    print(f"{len(known.proposals)} made-up proposals, {sum(map(known.same, pairs))} pairs of the same")
    print(f"recall@5 of the original            {known.recall_at(5):.3f}   (to reach 0.95)")
    first, second = known.halves
    for name, learned, told in (("one half, on the other", first, second), ("the other way round", second, first)):
        threshold = known.best_threshold(known.within(learned))
        there, here = (known.found(known.within(half), threshold) for half in (learned, told))
        print(
            f"threshold of {name:<24}{threshold:.3f}: "
            f"F1 {here.f1:.3f} (to reach 0.85; where chosen {there.f1:.3f})"
        )
    for name, threshold in (("queue of duplicates", LIKELY), ("hint to who writes", CERTAIN)):
        found = known.found(pairs, threshold)
        print(
            f"{name}, {threshold}: precision {found.precision:.3f}, recall {found.recall:.3f}, F1 {found.f1:.3f}"
        )


def tell_second(known: Corpus) -> None:
    """Nothing was chosen by it: all is told quite anew, beside texts of the same words that mean another thing."""
    pairs = list(known.scores)
    print(
        f"a second set, of retellings only: {sum(map(known.same, pairs))} pairs, recall@5 {known.recall_at(5):.3f}"
    )
    for threshold in (LIKELY, POSSIBLE):
        found = known.found(pairs, threshold)
        print(f"    at {threshold}: precision {found.precision:.3f}, recall {found.recall:.3f}, F1 {found.f1:.3f}")


def tell_hard_negatives(known: Corpus) -> None:
    scores = {
        pair: known.scores[min(places), max(places)]
        for pair in corpus.hard_negatives()
        if (places := [known.place(id) for id in pair])
    }
    mistaken = [f"{a}-{b} {score:.2f}" for (a, b), score in scores.items() if score >= LIKELY]
    print(f"seem alike and are not: {len(scores)} pairs, taken for the same: {', '.join(mistaken) or 'none'}")


def tell_categories(known: Corpus) -> None:
    told = known.suggested()
    sure = sorted(told, key=lambda each: -each[0].lead)[: len(told) // 2]
    print(
        f"category, never having seen the text: right for {statistics.mean(right for _, right in told):.0%}"
        f", of the surer half {statistics.mean(right for _, right in sure):.0%}"
    )


def rows() -> Iterator[Row]:
    """In seconds of the processor, of what the worker process does beside everything else."""
    known, times, built = corpus.load(), dict[int, float](), dict[int, float]()
    texts = corpus.many(known, MANY + QUERIES)
    for count in (FEW, MANY):
        index, begun = Index(), time.process_time()
        for key, text in enumerate(texts[:count]):
            index.add(key, features(text))
        built[count] = time.process_time() - begun
        taken = sorted(_seconds(index, text) for text in texts[MANY:])
        times[count] = statistics.median(taken)
    yield grown("similarity, one more proposal taken in", built)
    yield grown("similarity, what a query costs for each that is known", times)
    yield Row(f"alike among {MANY:,}, the slowest hundredth", milliseconds(taken[-QUERIES // 100]), "", "< 20 ms")


def _seconds(index: Index, text: Text) -> float:
    began = time.process_time()
    index.near(index.direction(features(text)), 10)
    return time.process_time() - began


if __name__ == "__main__":
    main()
