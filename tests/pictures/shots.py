"""Which pictures there are, one a row: name, when, who, which page, what it is made of, what is done first."""

from tests.pictures.scenes import Scene
from tests.pictures.shot import LONG, Shot, Whoever, chat, desk, phone
from tests.pictures.steps import follow, hand_over, press, say, show, tick, unfold, wait_for, write
from tests.year.office import APPROVER, AUDITOR, CLERK, OWNER, PLANNER
from tests.year.show import DATA

COLLECTING, HANDED_IN, SIFTING, COMPOSING, VOTING, PUBLISHED = Scene
ADA, BEA, CAI = "周玉兰", "马小芳", "林书雅"  # the first two are only here, the third plays in the year
LUCKY = Whoever("写进了第")
WISH = (
    "请社区医生每月来养老院一次，给夜班护理员量血压、查腰颈。",
    "完",
    "一年到二十家养老院，服务六百名护理员。",
    "跳过",
    "殷行街道敬老院",
    "周玉兰",
    "跳过",
)
CHOSEN = [f"#n{number} input[type=checkbox]" for number in (1, 4, 7, 12)]
RESULTS, BALLOT = "/h5/results/2018", "/h5/vote/1"
SLIP = "vote vote_candidate vote_notice"
PROPOSAL = "td a[href*='/console/proposals/SS']"
CRITERION = "fieldset.criterion:nth-of-type"
QUESTION = "谢谢您替大家想着。请说说大约有多少同事用得上，放在哪里办比较方便？"
LETTER = (
    write("#title", "投票最后一天"),
    tick("input[name=kind][value=vote]", "input[name=channel][value=template]"),
    press("还没有投票的职工", role="radio"),
    write("#template_id", "DEMO_PROGRESS"),
    wait_for("#about-template:has-text('thing1')"),
    write("#data", "thing1=实事项目投票明天截止，等您来选\nphrase2=正在投票\ntime3=2018-01-28 20:00"),
    write("#url", "https://gonghui.example/h5/vote/1"),
)

WORKERS = (
    chat("chat-proposal", COLLECTING, ADA, say("我要提案", "同意", "3", "为夜班护理员开设流动健康小屋")),
    chat("chat-card", COLLECTING, ADA, say(*WISH)),
    phone("proposal-form", COLLECTING, CAI, "/h5/proposal", "proposal"),
    chat("chat-vote", VOTING, ADA, say("投票", "投 1 3 5 8")),
    phone("ballot", VOTING, BEA, BALLOT, SLIP, tick(*CHOSEN), show(".candidate:has(:checked)", 12)),
    phone("receipt", VOTING, BEA, BALLOT, SLIP, tick(*CHOSEN), press("提交选票")),
    chat("chat-news", PUBLISHED, LUCKY),
    phone("mine", PUBLISHED, LUCKY, "/h5/mine", "mine"),
    phone("results", PUBLISHED, CAI, RESULTS, "results", unfold(".ranked details"), show(".round-title", 12)),
    phone("results-votes", PUBLISHED, CAI, RESULTS, "results", show(".part-title", 12)),
)  # fmt: skip
OFFICE = (
    desk("dashboard", PUBLISHED, OWNER, "", "dashboard", view=LONG),
    desk("phase", SIFTING, APPROVER, "phase", "phase"),
    desk("operators", PUBLISHED, OWNER, "operators", "operators", view=LONG),
    desk("account", PUBLISHED, PLANNER, "account", "account", view=LONG),
    desk("board", SIFTING, CLERK, "board?sort=supported", "board"),
    desk("proposal", PUBLISHED, OWNER, "board?q=共享厕所地图&status=shortlisted", "proposal", follow(PROPOSAL)),
    desk(
        "forms", COLLECTING, CLERK, "forms", "forms_preview",
        hand_over("#files", *sorted((DATA / "forms").glob("A1[12]*"))), press("读取文件"), view=LONG,
    ),
    desk("alike", HANDED_IN, CLERK, "alike", "alike"),
    desk("merge", HANDED_IN, CLERK, "alike", "merge", follow(".alike-group:has-text('板房里') .btn-primary")),
    desk("merges", SIFTING, CLERK, "merges", "merges"),
    desk(
        "assess", SIFTING, CLERK, "assess", "assess",
        follow("main a[href*='/console/assess/SS']"),
        tick(f"{CRITERION}(1) input[value='5']", f"{CRITERION}(2) input[value='4']"),
        write(f"{CRITERION}(1) textarea", "一线职工都用得上，不分单位。"),
        write(f"{CRITERION}(2) textarea", "几家单位试过，反映很好。"),
    ),
    desk(
        "decide", SIFTING, CLERK, "board?sort=supported&status=submitted", "decide",
        follow(PROPOSAL), follow("a[href*='/decide?kind=return']"),
        write("#reason", QUESTION), wait_for("#told .bubble"), view=LONG,
    ),
    desk("decisions", PUBLISHED, OWNER, "decisions", "decisions", show(".answers", 130)),
    desk("candidates", COMPOSING, PLANNER, "candidates", "candidates", unfold(".candidate:first-child details")),
    desk(
        "candidate", COMPOSING, PLANNER, "candidates", "candidates_edit",
        follow("a[href*='/candidates/']:has-text('修改')"), view=LONG,
    ),
    desk("round", VOTING, APPROVER, "rounds/1", "round"),
    desk("doubts", VOTING, PLANNER, "rounds/1/doubts", "doubts"),
    desk("units", VOTING, PLANNER, "rounds/1/units", "units_said"),
    desk("round-result", PUBLISHED, APPROVER, "rounds/1", "round"),
    desk(
        "broadcast-write", VOTING, PLANNER, "broadcasts/new", "broadcasts_edit",
        *LETTER, show("body"), view=LONG,
    ),
    desk(
        "broadcast-plan", VOTING, PLANNER, "broadcasts/new", "broadcast",
        *LETTER, press("保存"), press("提交，请同事放行"),
    ),
    desk(
        "broadcast-sending", VOTING, APPROVER, "broadcasts", "broadcast",
        follow("a:has-text('投票最后一天')"), press("放行"), wait_for("[data-figure=sent]:not(:text-is('0'))"),
        faults={"slow": 0.5},
    ),
    desk("broadcast-done", PUBLISHED, OWNER, "broadcasts", "broadcast", follow("a:has-text('投票链接')")),
    desk("posters", VOTING, PLANNER, "posters", "posters"),
    desk("projects", PUBLISHED, PLANNER, "projects", "projects", unfold(".candidate:first-child details")),
    desk("announcement", PUBLISHED, PLANNER, "projects/announcement", "projects_announcement"),
    desk("last-year", PUBLISHED, OWNER, "last-year", "last_year"),
    desk("log", PUBLISHED, AUDITOR, "log?actor=%E5%BE%90%E4%BD%B3", "log", show(".log", 80)),
)  # fmt: skip
SHOTS: tuple[Shot, ...] = (*WORKERS, *OFFICE)
