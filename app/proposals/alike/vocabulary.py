"""What is known of words before any proposal has come: fillers, ways to say the same, common characters. Pure.

The lists are of the language and of a union's work, whatever the campaign; no proposals were counted for them.
"""

from collections.abc import Mapping
from types import MappingProxyType

# Said in any proposal, and saying nothing of what is proposed.
FILLERS = """
希望 盼望 建议 能不能 可不可以 有没有 请工会 工会 职工 可以 能够 我们 大家 一个 一下 老师你好
您好 你好 谢谢 实话实说 的 了 吧 呢 啊 吗 呀 们 就 也 都 和 与 及 等 是 在 不 有 好伐 阿拉 侪 勒 伊
"""

# Each line: ways to say the same, or so nearly the same that whoever says one may mean the other.
SAYINGS = """
孩子 小孩 娃 子女 小囡 儿童 小朋友 宝宝 儿女 幼儿
托班 托管 看护 看管 照看 暑托 晚托 照料 带娃 带孩子 看孩子
放假 假期 暑假 寒假 寒暑假 暑期
工资 工钱 薪 薪水 血汗钱 报酬
欠薪 讨薪 拖欠 要不到钱 欠钱 讨债
农民工 工友 务工 民工 打工 外来工 建筑工
食堂 餐厅 吃饭 用餐 饭菜 伙食 就餐 午餐 盒饭 热饭 午饭
体检 检查身体 筛查 查体 身体检查
心理 情绪 压力 倾诉 谈心 疏导 心事 说说 树洞
电话 热线
健身 锻炼 运动 体育
宿舍 住处 寝室 工棚 板房 集体宿舍
房租 租房 合租 租金
外卖 骑手 送餐 快递 配送员 小哥
司机 驾驶员 的哥 货车 网约车 出租车
母婴 哺乳 喂奶 妈妈 宝妈 孕妇 怀孕 背奶
老人 养老 父母 爸妈 长辈 老年
免费 不要钱 公益 不收费
便宜 价钿 价格 收费 优惠 平价 低价
夜里 晚上 半夜 夜班 夜间 凌晨 深夜 通宵
怎么 哪能 如何 怎样
图书 借书 书屋 看书 阅读 书籍
相亲 找对象 交友 联谊 单身 脱单 婚恋
洗澡 淋浴 冲澡 冲凉 沐浴
厕所 卫生间 洗手间 如厕 公厕
上学 就读 入学 念书
空调 冷气 降温 高温 中暑 防暑 闷热 电扇
找工作 求职 招聘 就业 失业
证书 考证 持证 资格证 证
打字 文字 微信聊
工伤 受伤 伤残
看病 就医 门诊 医院 挂号 看医生
律师 法律 法援 维权 打官司 咨询
骗 诈骗 防骗 反诈 上当
合同 签约 协议
加班 超时 打卡 考勤
戒烟 抽烟 吸烟 烟瘾
喝酒 戒酒 酒精 酗酒
手机 微信 小程序 线上 网上
保险 互助 保障 医保
培训 上课 课程 学习 讲座 培训班 班
志愿者 大学生 义工
场地 教室 地方 场所 活动室
帮扶 救助 困难 补助 补贴 救济 慰问
离婚 调解 家事 婚姻
电瓶车 电动车 充电 换电
停车 车位 泊车
理发 剪头发 剃头
缝补 修鞋 修补 磨刀
眼睛 视力 近视
牙 口腔 洗牙 看牙
腰 颈椎 腰椎 推拿 按摩 理疗
睡觉 午休 休息 打盹 歇脚
开水 热水 喝水 饮水
老家 家乡 返乡 回家 回乡
车票 火车票 包车 大巴
手语 听障 聋人
急救 心肺复苏 救护
英语 外语 日语
电脑 办公软件 表格
短视频 直播 剪辑 拍视频
唱歌 合唱 乐队 音乐 钢琴
跳舞 舞蹈 广场舞
下棋 象棋 棋牌
游泳 泳池
篮球 足球 羽毛球 球场 球馆
去世 过世 丧事 哀伤
"""

# A title of a category that has one of these words is about the rest of the line.
FIELDS = """
维权 合同 欠薪 讨薪 仲裁 律师 法律 加班 工伤 社保 劳动法 投诉 证据 权益 调解 裁员 保护
生活 食堂 吃饭 班车 停车 厕所 洗澡 理发 托班 快递 购物 租房 充电 缝补 便利
健康 体检 心理 医生 筛查 颈椎 牙 健身 推拿 戒烟 急救 看病 中医 职业病 视力
教育 培训 上课 学习 考证 证书 讲座 技能 英语 电脑 学历 读书 老师 课程
文体 篮球 足球 唱歌 舞蹈 电影 钢琴 书法 摄影 比赛 旅游 棋 演出 交友 联谊
帮扶 困难 补助 救助 大病 助学 失业 慰问 低收入 残疾 借款 互助 急难
农民工 工地 工友 板房 老家 外来 务工 宿舍 返乡 民工 项目部 建筑
"""

TRADITIONAL = (
    "個們來時對說這裡還過後開關門問間聞電話請讓給經結網絡線細終級約統維綠紅紙組織習書會從東車輛輪軟轉進遠"
    "連運達邊發變處務動勞勝區醫師學覺寫實寶導將專尋層屬島廠應廣庫張強當復態懇懷戲戶擔據換擇擊數斷舊晝條樣"
    "標機樓樂樹歡歲歷殘決沒況測減滬準漁溫濕灣為爾牆獎獨獻環現產畢畫異療癢皺盡監盤眾著礙禮種積窮競筆簡類糧"
    "紀純綜總績繳繼續罷義聯聽職腦腳臉與舉藝節範術藥補裝規視親觀計訂討訓記設許訴診評詞試該詳認誤課調談論證"
    "識譯護讀負財責貨貧費貼資賣質贈趕輕較輔農迴週遊適選遷釋針鈴銀銷鋪錢錯鐘鐵長閉閒陽陰隊階際隨險難靜韻頁"
    "項順須預領頭顧題願飯飲館餘駕驗體髮點齊齡"
)
SIMPLIFIED = (
    "个们来时对说这里还过后开关门问间闻电话请让给经结网络线细终级约统维绿红纸组织习书会从东车辆轮软转进远"
    "连运达边发变处务动劳胜区医师学觉写实宝导将专寻层属岛厂应广库张强当复态恳怀戏户担据换择击数断旧昼条样"
    "标机楼乐树欢岁历残决没况测减沪准渔温湿湾为尔墙奖独献环现产毕画异疗痒皱尽监盘众着碍礼种积穷竞笔简类粮"
    "纪纯综总绩缴继续罢义联听职脑脚脸与举艺节范术药补装规视亲观计订讨训记设许诉诊评词试该详认误课调谈论证"
    "识译护读负财责货贫费贴资卖质赠赶轻较辅农回周游适选迁释针铃银销铺钱错钟铁长闭闲阳阴队阶际随险难静韵页"
    "项顺须预领头顾题愿饭饮馆余驾验体发点齐龄"
)  # The characters of Chinese, the most common first.
COMMON = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里"
    "用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实"
    "日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政"
    "美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员"
    "解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件"
    "计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象"
    "完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运"
)


def _each(lines: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split()) for line in lines.split("\n") if line)


SAYING_BY_WORD: Mapping[str, int] = MappingProxyType(
    {word: number for number, words in enumerate(_each(SAYINGS)) for word in words}
)
FIELD_BY_WORD: Mapping[str, str] = MappingProxyType({words[0]: " ".join(words) for words in _each(FIELDS)})
RANK: Mapping[str, int] = MappingProxyType({character: rank for rank, character in enumerate(COMMON)})
SIMPLER: Mapping[int, int] = MappingProxyType(str.maketrans(TRADITIONAL, SIMPLIFIED))
