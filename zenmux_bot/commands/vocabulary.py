"""The words of sentences, in English and Chinese, and their meanings.

A word has one meaning, its *tag*; the shapes in :mod:`zenmux_bot.commands.sentences`
combine tags. A sentence with a word that is not here is not understood, and never
answered.
"""

from __future__ import annotations

_TAGS = """
small: like channel as by only sofar a an the of for in on at is are was were be been
  being it its that those these there so please pls show me give get got tell see can
  could would may you your want need know find look looks display list lets let's just
  and & do does did done have has had having what what's whats which how how's hows much
  many s hello hi hey ok okay currently now here also then really actually again quick
  quickly question wondering wonder curious i'd i'm im am into out go way it's they them
  their among across within during over bring pull put come back present view check
  exactly roughly about with this far get's kindly today's each's usd$ made make makes
  thing things one ones lately recently recent figures figure numbers number stats
  statistics data will've together altogether's overview current amount amounts latest
  seeing through scheduled where
own: we our ours us my mine i i've we've we're ourselves myself own
platform: everyone everybody everyone's everybody's zenmux zenmux's platform platform's
  platform-wide customers market's whole entire world global people others'
who: who who's whos provider providers provider's company companies vendor vendors lab
  labs author authors maker makers
model: model models model's llm llms
share: share shares marketshare market-share slice market markets
leaderboard: leaderboard leaderboards rank ranks ranked ranking rankings lb
  chart-toppers standings table-toppers
lead: lead leads leader leaders leading biggest largest bigger larger ahead popular
  dominant dominates dominating strongest winning top big main led
most: most highest more
doing: doing state behaves behave behaving faring fare performing perform goes going
  looking
rise: up rising rise rises rose growing grow grew grown growth gain gains gained gaining
  gainer gainers winner winners increase increased increasing climb climbed climbing
  climber climbers surge double doubled surged jump jumped jumping grows higher
fall: down falling fall falls fell drop drops dropped dropping lose loses lost losing
  loser losers decline declines declined declining decrease decreased decreasing shrink
  shrinking shrank sink sinking slump slumped lower faller fallers dip dipped crashed
  slipping slipped
move: moved moves move change changes changed changing shift shifts shifted
  happened happening
why: why reason reasons explain explains drivers driver drove driving cause caused
  causes because
compare: vs vs. versus against compare compares compared difference differences differ
  comparison comparing between or beside relative
than: than
new: new newcomer newcomers newest launched released launches releases entrant entrants
  enter enters entering
hot: trending hot hottest momentum buzzing breakout breakouts viral hype mover
  movers
trend: developing evolving trend trends evolve evolved evolution develop developed
  development history timeline over-time
price: price prices pricing priced priciest expensive pricey costly rate rates per-token
  per-million
cheap: cheap cheapest cheaper
spend: spend spends spent spending bill bills billed pay pays paid paying burn burned
  burnt burning expense expenses charged charge charges expenditure payments cover
  covers covered
money: earn earns earned earning money make makes made
usage: process processed processes handle handled handles serve served use uses used
  usage using consume consumed consuming consumption
requests: request requests calls
budget: budget budgets cap limit
set: set create add schedule
edit: remove delete raise lower edit update
account: credits credit balance plan quota quotas tier
left: remains-of left remaining remain remains
reset: reset resets
perf: fast fastest faster speed throughput quickest performance speedy
ttft: respond responds responding reply latency ttft latencies responsive delay
cache: cache caching cached hit hits cache-hit
host: host hosts endpoint endpoints hosted
app-name: app-name
apps: app apps application applications agent agents clients tools integrations
digest: digest digests report reports summary newsletter recap updates
subscribe: subscribe subscription subscriptions
stop: stop unsubscribe cancel
send: send post deliver sends posted delivered publish
every: every each daily weekly monthly
alert: alert alerts notify notification notifications warn warning ping notified alerted
if: if when whenever once
pass: pass passes passed overtake overtakes overtook overtaken beats beat
above: above over-level exceeds exceed exceeded tops surpasses crosses reaches
below: below under beneath
unusual: unusual unusually anomaly anomalies weird strange odd spike spikes strangely
  oddly weirdly abnormal abnormally
something: somebody someone anybody anyone something anything
total: total totals sum overall all-in altogether volume
csv: csv excel spreadsheet spreadsheets xlsx export exported download sheet file sheets
private: private privately secret confidential public visible
mean: mean means meaning stand stands definition define
calculate: calculate calculated computed compute source sources
fresh: fresh updated up-to-date newest-day data-until
status: status working healthy health online alive
help: help commands command
all: all any every-one
to: to
from: from
by: per by-each
key: key keys apikey api-key api-keys api
day-cut: per-day by-day day-by-day days
hour-cut: per-hour by-hour hourly
type-cut: by-type input output prompt completion
week-cut: per-week by-week
key-cut: per-key by-key
model-cut: per-model by-model
host-cut: per-host by-host
cost: cost costs costing usd dollar dollars $ revenue
tokens: token tokens
thanks: thanks thank thankyou thx ty cheers cool great nice awesome perfect helps
  helpful morning evening afternoon night bye goodbye good well appreciated
free: free
provider-cut: by-provider
best: best
allow: allow open access permit let
table: table
chart: chart graph plot
to-channel: to-channel publicly
to-me: to-me
per-request: per-request
split: split break breakdown broken distribution
break: detail details
"""


def _words(table: str) -> dict[str, str]:
    """Return the tag of each word; an indented line continues its row."""
    rows = (
        row.partition(": ") for row in table.strip().replace("\n ", "").splitlines()
    )
    return {word: tag for tag, _, words in rows for word in words.split()}


TAGS = _words(_TAGS)
"""The meaning of each word; “small” words have none by themselves."""


def _pairs(table: str) -> tuple[tuple[str, str], ...]:
    """Return the patterns of a table, one per row, and their replacements."""
    rows = table.strip().replace("\n  ", "").splitlines()
    parted = (row.partition(" ->") for row in rows)
    return tuple((pattern, instead.strip()) for pattern, _, instead in parted)


def _answers(table: str) -> tuple[tuple[str, str], ...]:
    """Return patterns and replies; each pattern is indented below its reply."""
    found: list[tuple[str, str]] = []
    for row in table.strip().splitlines():
        if row.startswith("  "):
            pattern, said = found.pop()
            found.append((pattern + row.strip(), said))
        else:
            found.append(("", row))
    return tuple(found)


SETTLED = _pairs(
    r"""
\bwhen (will|do|does) (our|my|the) (credits?|balance) (run out|runs out|end|be (gone|
  used up)) -> our credits left
\b(by|(?<=share )of) (spend|spending|revenue|money|dollars)\b -> \1 cost
\b(wk|wks)\b -> week
\b(is|are|were|been) set( ?up)?\b ->
\bset(ting)? up\b -> set
\b(our|my|what|which) subscription\b(?! to) -> our plan
\bhow (?:do|does) (?:the )?(alert|digest|budget)s? work\b -> help \1
\bhow long (will|do|does) (our|my|the) (credits?|balance) last\b -> our credits
\bbudgets? (for )?this month\b -> budget
\bwhere (?:do|does) (?:the |this |your )?(?:data|figures) come from\b -> source
\b(is|are) (this|it|these|the data) (real[- ]?time|live)\b -> fresh
\bnext digests?\b -> digest
\bmonth[ -]over[ -]month\b|\bmom\b(?= (change|growth)) -> last month
\bweek[ -]over[ -]week\b|\bwow\b(?= (change|growth)) -> last week
\byear[ -]over[ -]year\b|\byoy\b -> ytd
\b(fewer|less)\b(?=.*\bthan (last|this|the|in|yesterday|q\d)\b) -> more
\bhow (do|can|would|should) (i|we|you) (set up|create|make|add|schedule|get|use|
  set) (an? |the )?(new )?(alert|digest|budget)s?\b -> help \6
^\s*(我们)?公司(?=\s*(花|的花|用|的账单|本|上|这|昨|今)) -> 我们
比(?=\s*(上|去年|昨|20)) -> than
\b(my|our|the) (own )?(team|company|org|organi[sz]ation|account)('s)?\b -> our
\bwithout (a |any )?comparisons?\b|\buncompared\b -> no-comparison
\bnot (our own|ours|our|mine|just us|only us|us)\b -> platform
\bnot only (our own|ours|us)\b -> platform
\bwithout (a )?(key|limit)\b ->
\b(lowest|shortest|smallest|least) (latency|delay|ttft|response time|wait)\b -> ttft
\b(lowest|smallest|least) (price|cost|costs)\b -> cheapest
\bclaude code\b|\bcodex\b|\bcursor\b|\bcline\b|\bopencode\b -> app-name
"""
)
"""Replacements before the search for what does not exist (``ABSENT``)."""

PHRASES = _pairs(
    r"""
\b(show|share|post|send|give)\b(.*)\b(to|with|for|in) (everyone|everybody|all of us|
  (the|this)( whole)? channel)( (in )?here)?\b -> \1\2 to-channel
^(.*)\bpost\b(.*)\bhere\b -> \1 \2 to-channel
^(?!is|are|who)(.*\b(share|top|leaderboard|trend)\b.*) public$ -> \1 to-channel
\b(,? ?but )?(keep (it|this) (private|to me)|privately|(just|only) (for|
  to) me)\b -> to-me
\b(?:on )?(mon|tues|wednes|thurs|fri|satur|sun)days\b -> every \1day
^(.*\b(?:digest|send|post|report)s?\b.*?)\b(?:on )?(week|work)days\b -> \1 every \2day
^(?!.*\b(zenmux|platform|every\w+)\b)(.*)\baverage (cost|price|spend) (per|of a|
  of each) (request|call)s?\b -> \2 spend
\bper (request|call)\b -> per-request
\b(which|what) hours?\b -> by-hour
\b(most expensive|costliest) day\b -> by-day expensive
\b(which|what) day\b -> by-day
\bbest (?=cache|throughput|speed) ->
\blast full (?=week|month|quarter|year) -> last
^\s*what(?:'s| is| are)?(?: an?| the)? (tokens?|pp|ttft|throughput|list[- ]prices?|
  others|percentage points?|market shares?)(?: mean| here)*\s*\??$ -> mean \1
\b(pay|paid|paying|spend|spent)( to| with| on| at)? zenmux\b -> spend
\b(compared? (to|with) |than |vs\.? |versus )?(the )?((week|month|quarter|day|
  period) before|previous (week|month|quarter|day|period))( that)?\b ->
\bsince (it|they|its) (was |were )?(launch|launched|release|released)\b -> all-time
\btokens? in( and| vs\.?| versus| or|,) (tokens? )?out\b -> by-type
\b(gain|gains|gained|gaining|catching) (up )?on\b -> vs
\b(newest|latest|last|most recent) day\b -> fresh
\bon track\b -> left
\bcan (my|the|our) \w+ see\b -> private
\bfastest growth\b -> growth most
time to first token -> ttft
time to (the )?first -> ttft
tokens (per|a|/) ?sec(ond)? -> throughput
(cost|price|usd|dollars?) per (million|m|mio|1m) ?(tokens?)? -> per-million
per (million|m|1m) tokens? -> per-million
per tokens? -> per-token
answers? (the )?(quickest|fastest) -> fastest
fastest[ -]growing -> gained most
growth rates? -> growth
fastest[ -](falling|shrinking) -> lost most
(grew|grow|growing|rose|climbed|gained) (the )?(fastest|quickest) -> gained most
(fell|falling|dropped|lost|shrank) (the )?(fastest|quickest) -> lost most
(number|no\.?|nr\.?|#) ?(one|1)\b -> leader
in (the )?first place -> leader
\bon top\b -> leader
tak(ing|e|es) off -> hot
right now|at the moment|these days|as of now ->
of all time|all[- ]time -> all-time
since (the )?(beginning|start|day one) -> all-time
(so far|to date|until now|till now) this (\w+) -> this \2
this (week|month|quarter|year) (so far|to date) -> this \1
so far -> sofar
over time -> over-time
market[ -]shares? -> share
list[ -]prices? -> list-price
happen(s|ed|ing)? (to|with)\b -> happened
api[ -]?keys? -> key
\b(by|per|for each|for every|across|each) (api )?keys?\b -> by-key
\b(by|per|for each|for every|across|each) models?\b -> by-model
\b(by|per|for each|for every|across|each) (hosts?|endpoints?)\b -> by-host
\b(by|per|for each|across|each) (provider|vendor|compan(y|ie)|lab)s?\b -> by-provider
\b(on )?(the )?(last|\d{1,2}(?:st|nd|rd|th)|first)( day)? of (each|every|the|
  a) month\b -> monthly-on \3
\bmonthly (?=(budget|cap|limit|spend(ing)? (cap|limit))\b) -> a-month
\b(by|per) (the )?hour\b|hour by hour|\bhourly\b -> by-hour
\b(by|per|each) (the )?day\b|day by day|\ba day\b -> by-day
\b(by|per) (the )?week\b|week by week -> by-week
\b(by|per) (token )?types?\b -> by-type
input (and|vs\.?|versus|or) output|(input|output) tokens? -> by-type
\bdaily (?=trend|spend|cost|usage|bill|burn|share|breakdown|figures|tokens) -> by-day
\bweekly (?=share|trend|market|breakdown|figures) -> by-week
(let|tell|alert|notify|warn|ping|inform|message) (me|us|everyone|
  (?:in )?(<#[^>]+>))?( know)? ?(if|when|whenever|once|as soon as)\b -> alert-me \3
(let|alert|notify|warn|ping|inform) (me|us)( know)?\b -> alert-me
(more|greater|higher|bigger) than (?=[\$\d]) -> above
(less|lower|fewer|smaller) than (?=[\$\d]) -> below
\b(goes|go|gets|get|rises|rise|climbs|jumps|is) (above|over|beyond)\b -> above
\b(goes|go|gets|get|falls|fall|drops|drop|dips|is) (below|under)\b -> below
\bover (?=[\$\d][\d.,]*(%|k\b|usd|dollars| dollars| usd| percent)) -> above
\bpercent(age)? points?\b -> pp
\bpercent\b -> %
(?<=\d) % -> %
(?<=\d) *(dollars|bucks|usd|us\$)\b -> usd
\b(a|per) month\b -> a-month
(?<=\d)((?:usd|k|\$)?(?: for [\w.-]+)?) (?:every|each) month\b -> \1 a-month
\bevery month(?= \d) -> a-month
(how|what) (fresh|recent|up to date|current) -> fresh
up[ -]to[ -]date -> fresh
(updated|refreshed) -> fresh
up and running -> working
\bare you (up|there|ok|okay|alive|down)\b -> status
\b(is|are) (everything|it|the bot|zenmux|all) (up|down|working|ok|okay|fine)\b -> status
what (can|do|could) (you|i|we) (do|ask|say|type)( you)?( for)?( me| us)?( here)? -> help
how (do|can|does) (i|we|one|this|you|it) (use|work)( (this|it|you|the bot))? -> help
(want|like|need|love|able|have|used) to (see|know|get|look at|view|check|compare) -> see
\b(who|whoever|(can )?(anyone|others)|everyone|anybody|everybody)( else)? (can |
  could )?sees?\b -> private
\bvisible to\b.* -> private
compared? (to|with|against)|in comparison (to|with)|relative to -> vs
(bigger|larger|ahead|more popular) (than|of) -> vs
more (popular|used) -> lead
most (popular|used|common|widely used) -> lead
most (expensive|costly|pricey) -> expensive
least expensive -> cheapest
\bhow big\b -> total
\bin total\b -> total
\b(spend|spent|pay|paid|paying|spending) (on|for) tokens?\b -> spend
\bgo(es|ing)? through\b|\bwent through\b ->
\bbreak (it )?down\b -> split
\blooks? like\b -> doing
\bover the\b ->
\bhow about|what about\b ->
\bdoing (?=(this|last|in|since|lately|over)) -> doing
\bhow (?:did|does|do) (?=[^ ]+( [^ ]+){0,3} (do|perform|fare)\b) ->
(?<=[\w\d]) (do|perform|fare)\b(?=\s*(\?|$|last|this|in|over|since|yesterday|today|q\d|
  20)) ->  doing
"""
)
"""Regular expressions for phrases in lower case, and their replacements."""

NUMBERS = {
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "ten": "10",
    "twelve": "12",
    "fifteen": "15",
    "twenty": "20",
    "thirty": "30",
    "fifty": "50",
    "fourteen": "14",
}

_CHINESE: dict[str, str] = {
    "last month": "上个月 上月",
    "this month": "这个月 本月 当月",
    "last week": "上周 上个星期 上星期",
    "this week": "这周 本周 这个星期",
    "today": "今天 今日",
    "yesterday": "昨天 昨日",
    "last year": "去年",
    "ytd": "今年 本年",
    "last quarter": "上季度 上个季度",
    "qtd": "本季度 这个季度",
    "all-time": "全部时间 有史以来",
    "sofar": "至今 目前为止 到目前为止 迄今",
    "our": "我们的 本公司 我司",
    "we": "我们 咱们 咱",
    "my": "我的",
    "i": "我",
    "own": "自己的 自己",
    "company": "公司",
    "provider": "厂商 供应商 提供商 服务商 各家",
    "which provider": "哪家",
    "who": "谁",
    "platform": "平台 全平台",
    "everyone": "大家 所有人",
    "model": "模型 大模型",
    "which": "哪个 哪些",
    "share": "市场份额 市场占有率 市占率 占有率 份额 占比",
    "leaderboard": "排行榜 排行 排名 榜单",
    "trend": "趋势 走势 变化趋势",
    "trending": "热门 热榜 上升最快 黑马",
    "hot": "最热 最火 火",
    "popular": "流行 最流行 最受欢迎",
    "new model": "新模型",
    "new": "新 新上线 新发布",
    "in": "进 进入",
    "when": "什么时候 何时",
    "publicly": "公开",
    "leads": "领先",
    "leader": "第一 第一名 龙头 老大",
    "bigger": "更大 更高 更多",
    "biggest": "最大",
    "most": "最多 最高",
    "doing": "怎么样 如何 表现 表现怎么样 情况 怎样",
    "compare": "对比 比较 相比 比 环比",
    "and": "和 与 跟",
    "or": "还是",
    "gained": "涨幅 涨 上涨 上升 增长 增加 涨得",
    "lost": "跌幅 跌 跌得 下跌 下降 下滑 减少",
    "gained most": "增长最快 涨得最快 上涨最快 上升得最快",
    "lost most": "跌得最快 下跌最快",
    "more": "多",
    "input": "输入",
    "output": "输出",
    "to-channel": "发到频道 发到群里 发给大家",
    "changed": "变化 变 变动",
    "why": "为什么 为何 原因 怎么回事",
    "spent": "花了多少钱 花了多少 花多少钱",
    "spend": "花费 花销 开销 支出 消费 花钱 花",
    "bill": "账单",
    "cost": "费用 成本 金额 按费用 按成本 按金额",
    "usd": "美元",
    "best": "最好",
    "": "列表 系统 一份 一个 "
    "钱 按 分 各 到 早上 上午 时 如果 当 哪天 的 了 吗 呢 吧 啊 是 在 有 "
    "请 给 看 看看 看一下 一下 查 查看 查询 显示 想 要 知道 告诉 多少 几 什么 都 个 "
    "得 这 那 里 中 家 次 列出 帮 能 可以 你 上 把 名 并",
    "usage": "用量 使用量 使用 用了 消耗",
    "use": "用",
    "requests": "请求数 请求 调用",
    "tokens": "令牌 按token 按tokens",
    "by-key": "按密钥 每个密钥",
    "key": "密钥",
    "by-model": "按模型 各模型 每个模型",
    "by-hour": "按小时 每小时",
    "by-day": "按天 按日 逐日",
    "by-week": "按周 逐周",
    "by-type": "按类型",
    "balance": "余额",
    "credits": "额度",
    "plan": "套餐",
    "quota": "配额",
    "reset": "重置",
    "topup": "充值",
    "budget": "预算",
    "set": "设置 设定 设为 设",
    "budget a-month": "每月预算",
    "left": "用完 剩 剩余 还剩 还有",
    "above budget": "超支",
    "fastest": "最快",
    "fast": "快",
    "speed": "速度",
    "throughput": "吞吐量 吞吐",
    "ttft": "首字延迟最低 延迟最低 首 首字延迟 首token延迟",
    "latency": "延迟",
    "cache": "缓存命中率 缓存 命中率",
    "responsive": "响应",
    "performance": "性能",
    "price": "价格 单价 多少钱 定价",
    "cheapest": "最便宜",
    "cheap": "便宜",
    "expensive": "最贵 贵",
    "apps": "应用 客户端",
    "which apps": "哪些应用",
    "tools": "工具",
    "every day": "每天早上 每天 每日",
    "every monday": "每周一 每星期一",
    "every tuesday": "每周二",
    "every wednesday": "每周三",
    "every thursday": "每周四",
    "every friday": "每周五",
    "every saturday": "每周六",
    "every sunday": "每周日",
    "every week": "每周",
    "every month": "每个月 每月",
    "oclock": "点",
    "send": "发送 发 推送",
    "digest": "日报 摘要",
    "digest weekly": "周报",
    "digest monthly": "月报",
    "digests": "订阅",
    "report": "报告",
    "stop": "取消 停止 暂停",
    "unsubscribe": "退订",
    "alert-me": "提醒我 通知我",
    "alert": "提醒 通知 告警 警报 报警",
    "above": "超过 高于 大于",
    "below": "低于 小于 跌破",
    "unusual": "异常",
    "passes": "反超 超越",
    "help": "你是谁 帮助 你能做什么 能做什么 怎么用 有什么命令",
    "commands": "命令",
    "status": "状态",
    "working": "正常吗",
    "fresh": "数据是什么时候的 数据更新到哪天 数据更新到什么时候 更新到什么时候 "
    "更新到 更新",
    "data": "数据",
    "source": "来源",
    "export": "导出",
    "spreadsheet": "表格",
    "download": "下载",
    "private": "谁能看到 谁可以看到 谁看得到 保密 私密",
    "mean": "是什么意思 什么意思 意思 含义 指什么",
    "what mean": "是什么",
    "pp": "百分点",
    "others": "其他",
    "thanks": "谢谢 多谢 感谢",
    "hello": "你好 您好 早上好",
    "@qwen": "通义千问 阿里通义千问 千问 阿里巴巴 阿里",
    "@google": "谷歌",
    "@z-ai": "智谱",
    "@moonshotai": "月之暗面",
    "@baidu": "百度 文心",
    "@xiaomi": "小米",
    "@bytedance": "字节跳动 字节 豆包",
    "@tencent": "腾讯 混元",
    "@deepseek": "深度求索",
    "@nvidia": "英伟达",
    "@amazon": "亚马逊",
    "@stepfun": "阶跃星辰 阶跃",
    "recently": "最近 近期",
    "now": "现在 目前 当前",
    "total": "总共 一共 总 总量 合计",
    "top": "前",
    "we use": "我们用",
}
CHINESE: dict[str, str] = {
    word: english for english, words in _CHINESE.items() for word in words.split()
}
"""Chinese words in English; the longest match wins."""

NUMERALS = {
    "一": "1",
    "二": "2",
    "两": "2",
    "三": "3",
    "四": "4",
    "五": "5",
    "六": "6",
    "七": "7",
    "八": "8",
    "九": "9",
    "十": "10",
    "十一": "11",
    "十二": "12",
    "二十": "20",
    "三十": "30",
    "五十": "50",
}

_FAMILIES = {
    "openai": "gpt chatgpt",
    "anthropic": "claude",
    "google": "gemini",
    "x-ai": "grok xai",
    "moonshotai": "kimi moonshot",
    "z-ai": "glm zhipu zai",
    "meta": "llama facebook",
    "qwen": "alibaba",
    "mistralai": "mistral",
    "bytedance": "doubao",
}
FAMILIES = {word: slug for slug, words in _FAMILIES.items() for word in words.split()}
"""Common names of one provider's models, used if the catalogue has the provider."""

FORECASTS = "Forecasts are shown with budgets."

ABSENT = _answers(
    r"""
Defaults are set on the app's Home tab.
  ^(show |list |set |change |edit )?(the |my |our )?(defaults?|settings|preferences)$
Budgets are for a calendar month: “budget set $500”.
  ^(?=.*\b(budgets?|cap|limit|spend\w*|spent|tokens|block|
  stop)\b)(?=.*\d)(?=.*\b(budget|cap|limit|block|stop|alert|tell|warn|ping|notify|
  let (me|us) know)\b).*\b(daily|weekly|quarterly|yearly|annual(ly)?|(a|per|each|every|
  this|in a) (day|week|quarter|year|key|model)|today|yesterday('s)?)\b|
  预算.*(每天|每日|每周|每年|每季)|(每天|每日|每周|每年|每季).*(预算|提醒|通知)
ZenMux doesn't rank its customers.
  \b(do|does|did) (we|i) rank\b|\b(our|my) rank\b|\bspenders?\b
I have figures, no advice.
  \bshould (we|i|our)\b|该不该|应该
Models are ranked from the best down: “performance ttft”.
  \b(lowest|worst|poor\w*) (throughput|speed|cache|hit)|\bslow(est|er)?\b|\b(high(est)?|
  long(est)?|worst|most|biggest|larg\w+) (latency|latencies|delay|ttft|
  time to (the )?first|wait|response)|最慢|延迟最(高|长|大|久)|命中率最低
Figures are not ordered from the lowest up.
  最小|最少|最差|不到|掉出|倒数
Ask me for figures: “help” shows what there is.
  ^\s*(what'?s|what is) up\b|^\s*how are you\b|\bwho (made|built|created|are) you\b
ZenMux's statistics have no error rates or uptime of the platform.
  ^\s*is (?!zenmux\b|everything\b|it\b|the bot\b|all\b|anything\b)\S+( [\d.]+)? (up|
  down|slow)( today| now)?\s*\??\s*$|挂了
I have no price lists.
  \b(does|do|did) (?!we\b|i\b|our\b|my\b|the\b)\S+ charge\b|\bhow much (is|are) (?!we\b|
  i\b|our\b|my\b)\S+( [\d.]+)? per (million|1m|m)\b
I have figures of ZenMux and of your account, and do nothing else.
  \b(do|did|does|can|could|will|would) you (use|spend|cost|charge|pay|consume|burn|earn|
  call|text|see|think|remind)\b(?! me (what|how|the|our))|\bcall (me|us|him|her|them)\b
Your own figures can't be limited to models that lead on the platform.
  \b(our|we|us|my)\b.*\b(in|on|of|from|among|with) the top \d+|\b(our|we|us|
  my)\b.*\b(trending|hot) models
Name those to be compared: “share google anthropic”.
  \b(who|which \w+|what) (is |are |has |have |was )?(gain(ed|s|ing)?|
  catch\w*) (up )?(on|with)\b
Forecasts are shown with budgets.
  \bwill (we|our|i|my)\b.*\b(spend|cost|pay|bill)|\b(our|my|own|spend|spending|budgets?|
  bill)\b.*\b(forecast|predict|prediction|projection)\b|\b(forecast|predict|prediction|
  projection)\b.*\b(our|my|own|spend|spending|budgets?|bill)\b
There is no forecast for all of ZenMux. Figures end yesterday (UTC).
  \b(forecast|predict|prediction|will|next (week|month|quarter|year)|tomorrow|going to|
  expect(ed)? (to|for)|projection|future)\b|明年|下个月|下周|预测|预计|将来
I can't leave names out of an answer, only limit it to some.
  \b(without|except|excluding|excludes?|minus|ignoring|other than|but not|apart from|
  besides|outside( of)?|excl|leaving out|aside|not counting|ignore|net of|everyone but|
  everything but)\b|\bw/o\b|\bnon-\w+|除|不含|排除|不包括|不算|以外|之外
All amounts are in US dollars.
  \b(euros?|eur|gbp|pounds?|yen|yuan|rmb|cny|€|£|¥)\b|人民币|欧元
ZenMux doesn't say where requests come from.
  \b(countr(y|ies)|regions?|continents?|languages?|geograph\w*|cit(y|ies))\b|国家|地区|语言
Figures aren't split by person, team or project; API keys come nearest: spend by key.
  \b(users?|employees?|persons?|colleagues?|members?|departments?|projects?|teams?|
  customer|client'?s)\b|员工|用户|部门|项目
I have no invoices; they are in the ZenMux console.
  \b(invoices?|receipts?|refunds?|vat|tax(es)?)\b|发票
I only read figures; payments are made in the ZenMux console.
  \b(pay (the|our|my)|top up( our| my| the)?|recharge|buy credits)\b|充值|付款
I never show or change keys; they are in the ZenMux console.
  \b(create|make|add|rotate|delete|revoke|print|reveal|leak|show|give)( (me|us|a|an|the|
  our|my|new|your|this|management|api|secret))* (keys?|secrets?|passwords?)\b|
  显示密钥|密钥是
I have figures of use, cost and speed, not of what models can do.
  \b(context (window|length)|modalit\w+|images?|vision|open[- ]?source|benchmarks?|
  smart(er|est)?|intelligen\w*|quality|accura\w+|should i use|recommend\w*|good at|
  best (for|at)|better)\b|写代码|推荐
ZenMux's statistics have no error rates or uptime of the platform.
  \b(error rates?|errors?|uptime|availability|outages?|incidents?|downtime)\b
I never see prompts or answers, only counts and amounts.
  \b(prompts?|conversations?|messages?|content|chats?) (did|do|have|we|i|sent)\b
ZenMux doesn't tell what other customers use or spend.
  \b(competitors?|competition|rivals?|other (customers|companies))\b|竞争对手
ZenMux has no figures of energy.
  \b(carbon|co2|energy|electricity|footprint|emissions?)\b
"""
)
"""Patterns of questions that have no answer, and the reply to each."""

_REFUSED = (
    "not no don't dont never nothing neither nor isn't aren't wasn't cannot can't "
    "without except excluding minus unless instead rather least worst smallest lowest "
    "bottom fewer fewest less slowest rarest unpopular nobody none aside w/o excl "
    "non before after until unless didn't doesn't haven't hasn't never won't"
)
REFUSED = frozenset(_REFUSED.split())
"""Words that negate or change a question; a sentence with one is never answered."""
