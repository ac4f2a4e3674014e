"""`tasador crawl`: one site's pages become landing files."""

import click

from crawler.home import Home


@click.command()
@click.argument("site", required=False)
@click.option(
    "--start-url", "--url", "start_urls", multiple=True, help="Start here instead of where tasador.toml says."
)
@click.option("--anew", is_flag=True, help="Start a new run even where the last one was killed and could be continued.")
@click.option("--partitions", type=click.IntRange(min=2), help="Crawl in so many processes, each a part of the site.")
@click.option("--partition", help="Crawl one part only, as 1/4; other machines crawl the others.")
@click.option("--run", help="The id that the parts of a crawl share.  [default: one of the day, UTC]")
@click.pass_obj
def crawl(
    home: Home,
    site: str | None,
    start_urls: tuple[str, ...],
    anew: bool,
    partitions: int | None,
    partition: str | None,
    run: str | None,
) -> None:
    """Crawl a site into landing files.

    The site is one of tasador.toml; `tasador refresh` loads what has landed. Without a site, --url tells
    what could be read at an address that no site has, and nothing lands.

    Example: tasador crawl cars.com
    """
    from flows.progress import step
    from flows.steps.crawl import crawl_site
    from flows.steps.crawl_parts import crawl_all_parts, crawl_part

    if site is None:
        _probe(start_urls)
        return
    if ((partition or partitions) and (start_urls or (partition and partitions))) or (run and not partition):
        raise click.UsageError("give one of --partition (and --run), --partitions and --start-url")
    with step(f"Crawling {site}") as update:

        def tell(seen: object) -> None:
            update(str(seen))

        if partition:
            manifest = crawl_part(home, site, partition, run=run, on_progress=tell)
        elif partitions:
            manifest = crawl_all_parts(home, site, partitions, anew=anew, on_progress=tell)
        else:
            manifest = crawl_site(home, site, start_urls=start_urls, anew=anew, on_progress=tell)
    complete = "complete" if manifest.is_complete else "not complete"
    click.echo(f"{manifest.rows} observations, {manifest.rejects} rejects, {complete}: {manifest.finish_reason}")
    click.echo(f"{manifest.stats['details_saved']} requests saved: those listings' own pages say nothing new")
    click.echo(f"{manifest.health}: {manifest.health_reason}")
    for line in manifest.stats.get("not_covered", ()):
        click.echo(f"not covered: {line}")
    click.echo(f"Landed in {home.landing}/{site}/{manifest.crawl_run_id}")


def _probe(urls: tuple[str, ...]) -> None:
    from flows.progress import step
    from flows.steps.sites import probe_url
    from flows.summaries.sites import tell_probe

    if len(urls) != 1:
        raise click.UsageError("name a site of tasador.toml, or one --url")
    with step(f"Reading a few pages of {urls[0]}") as update:
        probe = probe_url(urls[0], on_progress=lambda seen: update(str(seen)))
    tell_probe(probe)
