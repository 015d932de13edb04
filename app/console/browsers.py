"""What a browser calls itself, in words an operator knows it again by. Pure."""

BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("QQBrowser", "QQ 浏览器"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "鸿蒙"),
    ("Android", "安卓"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_of(user_agent: str) -> str:
    """Such as "Chrome，Windows": chosen from a list, never what the browser sends."""
    known = [next((title for mark, title in among if mark in user_agent), "") for among in (BROWSERS, SYSTEMS)]
    return "，".join(filter(None, known)) or "别的程序"
