"""`shishi serve` and `shishi worker`: the processes that stay."""

import gc
import os
import socket
from contextlib import suppress
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from fastapi import FastAPI
    from uvicorn import Config

    from app.errors import ShishiError
    from app.settings import Settings

BACKLOG = 2048
KEEP_ALIVE_SECONDS = 75  # longer than nginx keeps an idle connection (60), or a request may meet one being closed
SHUTDOWN_SECONDS = 15
YOUNG = 50_000  # objects more than before, until the collector looks for circles among them; Python's own is 700


def serve(
    host: Annotated[str, typer.Option(metavar="H", help="监听的地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="P", help="监听的端口", min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(metavar="N", help="进程数；多于 1 个要用 PostgreSQL", min=1)] = 1,
    no_background: Annotated[bool, typer.Option("--no-background", help="只接请求，不做后台工作")] = False,
) -> None:
    """启动网页服务；除非另有说明，同时做后台工作。"""
    from app.commands.opening import opened
    from app.errors import ConfigurationError

    with opened() as bench:
        if workers > 1 and bench.database.is_sqlite:
            raise ConfigurationError("SQLite 只能用一个进程；要用几个进程，请换成 PostgreSQL。")
    with _listening(host, port) as listener:
        typer.echo(f"正在 {host}:{listener.getsockname()[1]} 上提供服务，按 Ctrl-C 停止。")
        if workers > 1:
            _run_several(listener, bench.settings, workers, background=not no_background)
        else:
            _run_one(listener, bench.settings, background=not no_background)


def worker(
    metrics_port: Annotated[
        int, typer.Option(metavar="P", help="在本机的这个端口上给 Prometheus 看数字；0 不给", min=0, max=65535)
    ] = 0,
) -> None:
    """只做后台工作，不接请求。用 PostgreSQL 时可以同时运行几个。"""
    from app import metrics
    from app.commands.opening import opened
    from app.main import run_worker

    with opened() as bench:
        settings = bench.settings
    if metrics_port:
        try:
            metrics.serve(metrics_port)
        except OSError as error:
            raise _busy("127.0.0.1", metrics_port, error) from None
    _keep_what_is_built()
    run_worker(settings)


def with_background() -> "FastAPI":
    """What each of several processes runs."""
    return _application(background=True)


def without_background() -> "FastAPI":
    return _application(background=False)


def _application(*, background: bool) -> "FastAPI":
    from app.main import create_app
    from app.settings import Settings

    app = create_app(Settings.load(), background=background, ahead=True)
    _keep_what_is_built()
    return app


def _listening(host: str, port: int) -> socket.socket:
    """Listen before anything is built, so that a port in use is told at once and in our words."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise _busy(host, port, error) from None
    listener.set_inheritable(True)
    return listener


def _busy(host: str, port: int, error: OSError) -> "ShishiError":
    from app.errors import ConfigurationError

    return ConfigurationError(f"不能在 {host}:{port} 上监听：{error.strerror or error}。")


def _keep_what_is_built() -> None:
    """It lives as long as the process. Going through it again and again took the collector two fifths of the
    processor's time in a broadcast."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])


def _run_one(listener: socket.socket, settings: "Settings", *, background: bool) -> None:
    import uvicorn

    from app.errors import ShishiError
    from app.main import create_app

    server = uvicorn.Server(_config(create_app(settings, background=background, ahead=True), settings))
    _keep_what_is_built()
    with suppress(KeyboardInterrupt):  # it has shut down in order; Ctrl-C is how one stops it
        server.run(sockets=[listener])
    if not server.started:
        raise ShishiError("服务没有启动成功，原因在上面的日志里。")


def _run_several(listener: socket.socket, settings: "Settings", workers: int, *, background: bool) -> None:
    """They count in files of one folder, so that whichever is asked for /metrics answers for all."""
    from uvicorn.supervisors import Multiprocess

    from app.metrics import SHARED_FOLDER

    factory = with_background if background else without_background
    config = _config(f"{__name__}:{factory.__name__}", settings, factory=True, workers=workers)
    with TemporaryDirectory(prefix="shishi-metrics-") as folder:
        os.environ[SHARED_FOLDER] = folder
        Multiprocess(config, sockets=[listener]).run()


def _config(application: "FastAPI | str", settings: "Settings", **options: Any) -> "Config":
    import uvicorn

    return uvicorn.Config(
        application,
        loop="uvloop",
        http="app.joined_writes:Protocol",
        access_log=False,
        log_config=None,  # how to log is the application's to say
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        **options,
    )
