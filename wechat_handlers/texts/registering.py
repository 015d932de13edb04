"""What is said of registering for a vote in the chat. Pure."""

from app.wechat.speech import lines, tap

HOW = lines(
    (
        "请先登记：回复“登记”加会员卡号和姓名，例如“登记 12345 张三”，中间空一格。",
        "单位报名册时用的是工号或手机号的，就写工号或手机号。",
        "这两项只用来核对您在不在会员名册里，核对完都不留。",
    )
)
REGISTERED = f"登记好了，谢谢您。回复 {tap('投票')} 就能看到选票。"
ALREADY = f"您已经登记过了，回复 {tap('投票')} 就能看到选票。"
