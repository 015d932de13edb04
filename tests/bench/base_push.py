"""The usual way to write to many: wechatpy's own client in 32 threads, nothing stored.

`python -m tests.bench.base_push PORT RECIPIENTS` prints the seconds it took and the seconds of the processor.
"""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from requests.adapters import HTTPAdapter
from wechatpy import WeChatClient

from tests.bench.servers import FIRST

THREADS = 32
DATA = {"thing1": {"value": "请您投票"}, "time2": {"value": "2018年3月1日"}}


def main(port: int, recipients: int) -> None:
    os.sched_setaffinity(0, {FIRST})
    client = WeChatClient("wx0123456789abcdef", "unused", access_token="bench")
    client.API_BASE_URL = f"http://127.0.0.1:{port}/cgi-bin/"
    client.expires_at = int(time.time()) + 7200
    client._http.mount("http://", HTTPAdapter(pool_maxsize=THREADS))
    begun, cpu = time.perf_counter(), time.process_time()

    def send(number: int) -> None:
        client.message.send_template(f"oBench{number:022d}", "T-vote", DATA, url="https://x.test/")

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(send, range(recipients)))
    print(time.perf_counter() - begun, time.process_time() - cpu)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
