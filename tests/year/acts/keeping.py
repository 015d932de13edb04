"""What stays: an archive that anybody can count again, the lists, the log, and a piece of next year's file."""

import tempfile
from pathlib import Path

from tests.year.show import CAMPAIGN, Show

WHOLE, BROKEN = 0, 1


async def play(show: Show) -> None:
    with tempfile.TemporaryDirectory(prefix="shishi-year-") as folder:
        await _archive(show, Path(folder) / "archive.jsonl")
        await _export(show, Path(folder))
    ran = await show.stage.shishi("log", "verify")
    assert ran.code == WHOLE, ran.said
    show.tell(f"操作日志：{ran.said.splitlines()[0]}")


async def _archive(show: Show, file: Path) -> None:
    shishi, tale = show.stage.shishi, show.tale
    ran = await shishi("round", "archive", tale.round, "--to", str(file))
    assert ran.code == WHOLE, ran.said
    assert tale.head in ran.said
    ran = await shishi("round", "verify", str(file), "--head", tale.head)
    assert ran.code == WHOLE, ran.said
    counted = len(tale.ballots) - len(tale.struck_out)
    assert f"一共投出 {tale.cast_ballots} 张选票" in ran.said, ran.said
    assert f"有效 {counted} 张" in ran.said, ran.said
    written = file.read_text("utf-8")
    missing = [receipt for receipt in tale.receipts.values() if receipt not in written]
    assert not missing, f"{len(missing)} receipts are not in the archive"
    assert not any(one.id in written for one in show.cast.everyone), "nobody is named in it"
    lines = written.splitlines(keepends=True)
    lines[100] = lines[100].replace("1", "2", 1)
    file.write_text("".join(lines), "utf-8")
    ran = await shishi("round", "verify", str(file), "--head", tale.head)
    assert ran.code == BROKEN
    assert "101" in ran.said, ran.said
    show.tell(f"投票存档 {len(lines)} 行，重新数过一遍分毫不差；改动一个字就指出在第几行")


async def _export(show: Show, folder: Path) -> None:
    shishi = show.stage.shishi
    for ending in ("csv", "xlsx", "docx"):
        ran = await shishi("proposals", "export", "--campaign", CAMPAIGN, "--to", str(folder / f"all.{ending}"))
        assert ran.code == WHOLE, ran.said
    table = (folder / "all.csv").read_text("utf-8-sig")
    for number in (*show.tale.authors, *show.tale.of_forms):
        assert number in table
    assert not any(one.telephone in table for one in show.cast.workers), "no telephone is in it"
    for command in (
        ("projects", "docx", CAMPAIGN, "--to", str(folder / "plenary.docx")),
        ("projects", "toml", CAMPAIGN),
        ("results", "export", CAMPAIGN, "--to", str(folder / "results.html")),
    ):
        ran = await shishi(*command)
        assert ran.code == WHOLE, ran.said
    page = (folder / "results.html").read_text("utf-8")
    assert all(one["title"] in page for one in show.tale.projects)
    show.tell("汇总表、Word 征集表、大会材料、结果网页都导出来了，里面没有电话")
