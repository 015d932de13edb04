"""Runs the tiny service as a process, for the browser."""

import asyncio
import os
import sys

import httpx
import uvicorn

from tests.phone.service import Service


async def main(port: int) -> None:
    async with httpx.AsyncClient(base_url=os.environ["SHISHI_WECHAT__API_URL"], trust_env=False) as platform:
        service = Service(os.environ, platform)
        await uvicorn.Server(uvicorn.Config(service.app, port=port, log_level="warning")).serve()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
