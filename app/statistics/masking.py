"""What in free words tells who wrote them or how to reach them: taken out. Pure."""

import re

# Telephone, identity card, bank card, chat account. An amount of so many digits is rare, and no loss.
NUMBER = re.compile(
    r"(?<!\d)(?:\d{3}[-－ ]\d{4}[-－ ]\d{4}|\d{4}(?:[-－ ]\d{3,4}){3,4}"
    r"|[(（]?\d{3,4}[)）－ -]\s?\d{7,8}|\d{7,}[xX]?)(?!\d)"
)
SPELT = re.compile(r"[零〇一二三四五六七八九幺]{7,}")
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
ACCOUNT = re.compile(
    r"((?:微信|[wv]x|qq)(?:号码?)?\s*[:：是]?\s*)(?=[a-z]*[\d_-])[a-z\d][a-z\d_-]{4,}", re.IGNORECASE | re.ASCII
)
OPENID = re.compile(r"(?<![\w-])o[\w-]{27}(?![\w-])", re.ASCII)
HIDDEN = "〔号码略〕"
NAMELESS = "〔姓名略〕"

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖"
    "邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路"
    "岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜肖詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋甘景薄单包柏宁柯阮桂闵柴华车冉房边吉饶刁瞿"
    "戚"
)
COMPOUND = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|夏侯|司徒|端木|南宫|独孤|长孙|宇文|轩辕"
NAME = rf"(?:{COMPOUND}|[{SURNAMES}])[一-鿿]{{1,2}}"
END = r"(?=$|[\s，。,.!！;；、:：（(~～…]|来自|在|的|今年)"
# A trade or a home begins like many a name.
NO_NAME = r"(?!安[全保]|文员|车[工间]|高[工管]|钟点|党员|单[身位]|管[工理]|华侨|包工|成[员年]|万分|白天|.{2}人)"
INTRODUCED = (
    re.compile(rf"((?:我名?叫|名字[叫是]|姓名|联系人|署名|签名)\s*[:：是]?\s*){NAME}"),
    re.compile(rf"((?:我是|本人)[:：]?\s*){NO_NAME}{NAME}{END}"),
)


def masked(words: str) -> str:
    """Names only where somebody introduces themselves: others cannot be told from words."""
    words = OPENID.sub(HIDDEN, MAIL.sub("〔邮箱略〕", words))
    words = SPELT.sub(HIDDEN, NUMBER.sub(HIDDEN, ACCOUNT.sub(rf"\g<1>{HIDDEN}", words)))
    for introduced in INTRODUCED:
        words = introduced.sub(rf"\g<1>{NAMELESS}", words)
    return words
