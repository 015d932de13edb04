"""How the action log's verbs are said in Chinese. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

VERBS: Mapping[str, str] = MappingProxyType(
    {
        "announcement.release": "公布实事项目",
        "announcement.submit": "提交公告",
        "announcement.take_back": "收回公告",
        "announcement.write": "写公告",
        "campaign.load": "载入活动",
        "campaign.phase": "改阶段",
        "candidate.compose": "组成候选项目",
        "candidate.drop": "去掉候选项目",
        "candidate.freeze": "候选项目定稿编号",
        "candidate.edit": "改候选项目",
        "candidate.reorder": "排候选项目的顺序",
        "database.migrate": "升级数据库",
        "followers.sync": "读取关注者",
        "forms.import": "导入表格",
        "forms.undo": "撤销导入",
        "log.export": "导出操作日志",
        "menu.publish": "发布菜单",
        "operator.add": "开账号",
        "operator.disable": "停用账号",
        "operator.enable": "启用账号",
        "operator.password": "改密码",
        "operator.revoke": "收回接口令牌",
        "operator.roles": "改角色",
        "operator.sign_in": "登录",
        "operator.sign_in_failed": "登录没有成功",
        "operator.sign_out": "退出",
        "operator.token": "发接口令牌",
        "operator.totp_off": "关掉两步登录",
        "operator.totp_on": "打开两步登录",
        "operator.unit": "改操作员的单位",
        "operator.unlock": "解锁",
        "person.erase": "删除个人资料",
        "person.export": "导出个人资料",
        "project.choose": "列为实事项目",
        "project.drop": "去掉实事项目",
        "project.edit": "改实事项目",
        "project.reorder": "排实事项目的顺序",
        "projects.export": "导出实事项目",
        "proposal.assess": "评审",
        "proposal.decide": "公布答复",
        "proposal.decision_taken_back": "撤回没公布的答复",
        "proposal.merge": "合并提案",
        "proposal.prepare_decision": "写好答复，待公布",
        "proposal.second_look": "请人再看一次",
        "proposal.sort": "归类、分派",
        "proposal.unmerge": "撤销合并",
        "proposals.export": "导出提案",
        "register.add": "补登会员",
        "register.drop": "删掉会员名册",
        "register.import": "导入会员名册",
        "register.release": "解开会员绑定",
        "round.close": "截止投票",
        "round.compose": "组成一轮投票",
        "round.confirm": "确认投票结果",
        "round.drop": "取消一轮投票",
        "round.edit": "改一轮投票",
        "round.open": "打开投票",
        "round.publish": "公布投票结果",
        "view.drop": "删掉视图",
        "view.save": "存视图",
    }
)


def said(verb: str) -> str:
    """One that is not known (an older version wrote it) is shown as it stands."""
    return VERBS.get(verb, verb)
