"""A stand-in for the `shishi` command, as far as a demonstration uses it: it notes its calls and serves."""

import json
import os
import sys
from pathlib import Path

# Libraries are imported where they are used: most calls do nothing, and should take no time either.


def serve(port: int) -> None:
    import asyncio

    from tests.phone import __main__ as server

    asyncio.run(server.main(port))


def publish_menu() -> None:
    import httpx

    from tests.phone.service import MENU

    url, prefix = os.environ["SHISHI_WECHAT__API_URL"], "SHISHI_WECHAT__APP_"
    account = {"appid": os.environ[f"{prefix}ID"], "secret": os.environ[f"{prefix}SECRET"]}
    with httpx.Client(base_url=url, trust_env=False) as platform:
        answer = platform.post("/cgi-bin/stable_token", json={"grant_type": "client_credential", **account}).json()
        body = json.dumps({"button": MENU}, ensure_ascii=False)
        platform.post(
            "/cgi-bin/menu/create", params={"access_token": answer["access_token"]}, content=body.encode()
        )


def run(arguments: list[str]) -> None:
    with Path("calls.log").open("a", encoding="utf-8") as log:
        log.write(" ".join(arguments) + "\n")
    match arguments:
        case ["serve", "--port", port]:
            serve(int(port))
        case ["menu", "publish"]:
            publish_menu()
        case ["operator", "token", name]:
            sys.stdout.write(f"token-of-{name}\n")
        case ["migrate"] if Path("broken").exists():
            sys.stdout.write("数据库打不开。\n")
            sys.exit(1)


if __name__ == "__main__":
    run(sys.argv[1:])
