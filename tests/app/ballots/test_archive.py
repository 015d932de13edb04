"""The archive: whole as it comes, and whatever is changed in it is named by its line."""

import json
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import delete, update

from app.ballots import archive, verifying
from app.ballots.counting import BoxBroken
from app.ballots.lines import GENESIS, link, written
from app.ballots.rules import Sealed
from app.ballots.tally import Tally
from app.ballots.verifying import Wrong
from app.cli import run
from models import Ballot, Box, Round
from models.enums import InvalidReason
from tests.app.ballots.station import Station
from tests.app.ballots.test_doubts import struck

VOTES = {"张三": (1, 2), "李四": (2,), "王五": (2, 3), "赵六": (8,), "钱七": (1, 8)}


def voted(station: Station, **changes: object) -> Round:
    """张三 has changed their mind, 周八's and 吴九's ballots were made invalid; the round is closed."""
    round = station.opened(**changes)
    struck(station, round, *(station.votes(name, round, 4).receipt for name in ("周八", "吴九")))
    for name, numbers in VOTES.items():
        station.votes(name, round, *numbers)
    station.votes("张三", round, 3)
    return station.closed(round)


def lines_of(station: Station, round: Round) -> list[str]:
    return list(archive.lines(station.session, round, "2018"))


@pytest.fixture
def lines(station: Station) -> list[str]:
    return lines_of(station, voted(station))


@pytest.mark.parametrize("ballot_type", ["approval", "yes_no_abstain"])
def test_a_whole_archive_tells_the_result(station: Station, ballot_type: str) -> None:
    round = voted(station, ballot_type=ballot_type)
    assert round.tally is not None
    verdict = verifying.verify(lines_of(station, round), round.tally["head"])
    assert (verdict.cast, verdict.tally.ballots) == (8, 5)
    assert verdict.invalid == {InvalidReason.MACHINE: 2}
    assert verdict.tally == Tally.from_json(round.tally)
    assert verdict.box_head == station.session.get_one(Box, round.id).head
    assert verifying.verify(lines_of(station, round), verdict.head.upper()) == verdict
    with pytest.raises(verifying.Wrong, match="票箱的校验值"):
        verifying.verify(lines_of(station, round), verdict.box_head)


def test_it_stays_the_same_after_publication(station: Station) -> None:
    round = voted(station)
    before = lines_of(station, round)
    station.published(round)
    assert lines_of(station, round) == before


def test_it_is_sealed_until_the_close(station: Station) -> None:
    with pytest.raises(Sealed, match="截止以后才能存档"):
        lines_of(station, station.opened())


def test_an_empty_round_is_an_archive_too(station: Station) -> None:
    round = station.closed(station.opened())
    assert verifying.verify(lines_of(station, round)).tally.ballots == 0


def test_nothing_in_it_leads_to_a_person_or_from_receipt_to_choices(station: Station) -> None:
    round = voted(station)
    text = "".join(lines_of(station, round))
    for name in VOTES:
        person = station.person(name, round)
        voter = station.view(round).voter(person)
        assert voter is not None
        assert person.openid not in text
        assert voter.hex() not in text
    assert "cast_at" not in text
    choices = [line for line in map(json.loads, text.splitlines()) if "for" in line]
    assert all(line.keys() == {"for", "against", "hash"} for line in choices)


def kinds(lines: list[str]) -> dict[str, int]:
    """The place of the first line of each kind."""
    names = {"archive": "manifest", "ballot": "ballot", "invalid": "invalid", "for": "choices", "tally": "tally"}
    found: dict[str, int] = {}
    for place, line in enumerate(lines):
        for key, name in names.items():
            if key in json.loads(line):
                found.setdefault(name, place)
    return found


def rehashed(lines: list[str], start: int) -> list[str]:
    """As somebody would forge it who knows how the chain is made: all hashes from `start` on made anew."""
    head = json.loads(lines[start - 1])["hash"] if start else GENESIS
    forged = lines[:start]
    for text in lines[start:]:
        line = {key: value for key, value in json.loads(text).items() if key != "hash"}
        head = link(head, line)
        forged.append(written(line, head))
    return forged


@pytest.mark.parametrize("kind", ["manifest", "ballot", "invalid", "choices", "tally"])
@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.replace("1", "7", 1),
        lambda line: line[:-1] + " \n",
        lambda line: line.rstrip("\n"),
        lambda line: "[]\n",
        lambda line: "not json\n",
        lambda line: "[" * 50_000 + "\n",
    ],
)
def test_a_changed_line_is_named(lines: list[str], kind: str, change: Callable[[str], str]) -> None:
    place = kinds(lines)[kind]
    forged = [*lines[:place], change(lines[place]), *lines[place + 1 :]]
    with pytest.raises(Wrong) as found:
        verifying.verify(forged)
    assert found.value.line == place + 1
    assert f"第 {place + 1} 行" in found.value.message


@pytest.mark.parametrize("kind", ["manifest", "ballot", "invalid", "choices", "tally"])
def test_a_line_left_out_or_moved_is_named(lines: list[str], kind: str) -> None:
    place = kinds(lines)[kind]
    with pytest.raises(Wrong) as found:
        verifying.verify([*lines[:place], *lines[place + 1 :]])
    assert found.value.line == (0 if kind == "tally" else place + 1)
    with pytest.raises(Wrong) as found:
        verifying.verify([*lines[:place], lines[place], lines[place], *lines[place + 1 :]])
    assert found.value.line == place + 2


@pytest.mark.parametrize(
    ("kind", "change", "told"),
    [
        ("ballot", {"receipt": "AAAA-BBBB-CCCC-DDD1"}, "凭证号不对"),
        ("ballot", {"replaces": 1}, "不在前面"),
        ("ballot", {"ballot": 2}, "序号不连续"),
        ("ballot", {"extra": 1}, "不认识"),
        ("manifest", {"candidates": [{"number": 1}]}, "内容不对"),
        ("manifest", {"max_choices": float("inf")}, "内容不对"),
        ("manifest", {"ballot_type": "borda"}, "不认识这样的选票"),
        ("invalid", {"invalid": 3}, "本来就改过"),
        ("invalid", {"invalid": 9}, "不在前面"),
        ("invalid", {"invalid": 0}, "不在前面"),
        ("invalid", {"invalid": True}, "不在前面"),
        ("invalid", {"invalid": 2}, "只写一次"),
        ("invalid", {"invalid": [1]}, "不在前面"),
        ("invalid", {"reason": "because"}, "不认识这样的作废原因"),
        ("invalid", {"reason": "other"}, "校验值"),
        ("choices", {"for": [1, 2, 3, 4]}, "最多选 3 项"),
        ("choices", {"for": [99]}, "没有 99 号"),
        ("choices", {"against": [1]}, "出现了两次|反对票"),
        ("choices", {"for": "1"}, "内容不对|不是一张有效的选票"),
        ("tally", {"tally": {"ballots": 9, "counts": []}}, "和写着的结果不一样"),
        ("manifest", {"seed": "another"}, "和写着的结果不一样|校验值"),
        ("manifest", {"archive": 2}, "开头"),
    ],
)
def test_a_forger_who_makes_the_hashes_anew_is_found_by_what_is_said(
    lines: list[str], kind: str, change: dict[str, object], told: str
) -> None:
    """What is consistent in itself is still found by the hash that was made public."""
    place = kinds(lines)[kind]
    line = {**json.loads(lines[place]), **change}
    forged = rehashed([*lines[:place], json.dumps(line), *lines[place + 1 :]], place)
    public = json.loads(lines[-1])["hash"]
    with pytest.raises(Wrong, match=told):
        verifying.verify(forged, public)


def test_an_invalid_ballot_is_neither_hidden_nor_invented(lines: list[str]) -> None:
    """With every hash made anew the numbers still tell that one more, or one less, was struck out."""
    place = kinds(lines)["invalid"]
    one_more = json.dumps({"invalid": 4, "reason": "other"})
    for forged in ([*lines[:place], *lines[place + 1 :]], [*lines[: place + 2], one_more, *lines[place + 2 :]]):
        with pytest.raises(Wrong, match="数目对不上"):
            verifying.verify(rehashed(forged, place))


def test_what_is_struck_out_stands_between_ballots_and_choices(lines: list[str]) -> None:
    first, choices = kinds(lines)["invalid"], kinds(lines)["choices"]
    struck_out, ballot = lines[first], lines[first - 1]
    for forged in (
        [*lines[: first - 1], struck_out, ballot, *lines[first + 1 :]],
        [*lines[:first], *lines[first + 1 : choices + 1], struck_out, *lines[choices + 1 :]],
    ):
        with pytest.raises(Wrong, match="前面"):
            verifying.verify(rehashed(forged, first - 1))


def test_a_vote_taken_away_with_all_that_belongs_to_it_is_found_by_the_public_hash(lines: list[str]) -> None:
    """The last ballot and a choice gone, counted anew, every hash right: only the public head tells."""
    place = kinds(lines)["choices"]
    taken = json.loads(lines[place])
    tally = json.loads(lines[-1])["tally"]
    counts = [
        {**each, "votes": each["votes"] - (each["number"] in taken["for"]), "abstain": each["abstain"]}
        for each in tally["counts"]
    ]
    last = json.dumps({"tally": {"ballots": tally["ballots"] - 1, "counts": counts}})
    ballot = kinds(lines)["invalid"] - 1
    others = [*lines[:ballot], *lines[ballot + 1 : place], *lines[place + 1 : -1]]
    forged = rehashed([*others, last], ballot)
    with pytest.raises(Wrong):
        verifying.verify(forged, json.loads(lines[-1])["hash"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(some.data())
def test_no_byte_can_be_changed(lines: list[str], data: some.DataObject) -> None:
    whole = "".join(lines)
    at = data.draw(some.integers(0, len(whole) - 1))
    other = data.draw(some.characters(codec="utf-8").filter(lambda one: one != whole[at]))
    forged = whole[:at] + other + whole[at + 1 :]
    with pytest.raises(Wrong):
        verifying.verify(forged.splitlines(keepends=True))


def test_a_ballot_taken_out_of_the_database_stops_the_count(station: Station) -> None:
    round = station.opened()
    for name, numbers in VOTES.items():
        station.votes(name, round, *numbers)
    station.session.execute(delete(Ballot).where(Ballot.seq == 2))
    with pytest.raises(BoxBroken, match="对不上"):
        station.closed(round)


def test_a_receipt_changed_in_the_database_is_named(station: Station) -> None:
    round = voted(station)
    station.session.execute(update(Ballot).where(Ballot.seq == 3).values(receipt="2222-3333-4444-5555"))
    with pytest.raises(Wrong):
        verifying.verify(lines_of(station, round), (round.tally or {})["head"])


def test_the_command_verifies_without_a_database(
    lines: list[str],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(folder)
    file = folder / "archive.jsonl"
    file.write_text("".join(lines), encoding="utf-8")
    head = json.loads(lines[-1])["hash"]
    assert run(["round", "verify", str(file), "--head", head]) == 0
    said = capsys.readouterr().out
    assert "有效 5 张" in said
    assert "没有计票的：2 张由程序投出" in said
    assert "2 号 户外职工接力站：2 票" in said
    assert run(["round", "verify", str(file), "--head", "0" * 64]) == 1
    assert "和公布的校验值对不上" in capsys.readouterr().err
    file.write_text("".join([lines[0], lines[2]]), encoding="utf-8")
    assert run(["round", "verify", str(file)]) == 1
    assert capsys.readouterr().err.startswith("第 2 行")
    assert run(["round", "verify", str(folder / "nothing")]) == 1
    assert "读不了文件" in capsys.readouterr().err
