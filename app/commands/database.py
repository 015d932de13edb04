"""`shishi migrate`."""

import typer


def migrate() -> None:
    """建立数据库，或升级到当前版本。"""
    import migrations
    from app.clock import Clock
    from app.commands.opening import connected, system_actor
    from app.operators import log
    from app.settings import Settings

    with connected(Settings.load()) as database:
        before, head = migrations.current(database.write), migrations.head()
        if before == head:
            typer.echo("数据库已经是最新的，不用升级。")
            return
        migrations.upgrade(database.write)
        detail = {"from": before, "to": head}
        with database.writing() as session:
            log.record(
                session,
                actor=system_actor(),
                verb="database.migrate",
                subject="database",
                detail=detail,
                clock=Clock(),
            )
    typer.echo("数据库已升级。" if before else "数据库已建好。")
