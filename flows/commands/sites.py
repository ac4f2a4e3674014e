"""`tasador sites`: which sites tasador.toml has, and what is read from one of them today."""

import click


@click.group(invoke_without_command=True)
@click.pass_context
def sites(context: click.Context) -> None:
    """List the sites of tasador.toml, or check one."""
    if context.invoked_subcommand is None:
        context.invoke(list_sites)


@sites.command("list")
def list_sites() -> None:
    """List the sites: market, access method, page class, where the crawl starts.

    Example: tasador sites list
    """
    from flows.summaries.sites import tell_sites

    tell_sites()


@sites.command()
@click.argument("name")
def check(name: str) -> None:
    """Fetch a few pages of a site and tell which fields were found.

    As politely as a crawl, with TASADOR_CONTACT set; nothing lands.

    Example: tasador sites check cars.com
    """
    from flows.progress import step
    from flows.steps.sites import probe_site
    from flows.summaries.sites import tell_probe

    with step(f"Reading a few pages of {name}") as update:
        probe = probe_site(name, on_progress=lambda seen: update(str(seen)))
    tell_probe(probe)
