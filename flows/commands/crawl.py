"""`tasador crawl`: one site's pages become landing files."""

import click

from crawler.home import Home


@click.command()
@click.argument("site")
@click.option("--start-url", "start_urls", multiple=True, help="Start here instead of where tasador.toml says.")
@click.pass_obj
def crawl(home: Home, site: str, start_urls: tuple[str, ...]) -> None:
    """Crawl a site into landing files.

    The site is one of tasador.toml; `tasador refresh` loads what has landed.

    Example: tasador crawl cars.com
    """
    from flows.progress import step
    from flows.steps.crawl import crawl_site

    with step(f"Crawling {site}") as update:
        manifest = crawl_site(home, site, start_urls=start_urls, on_progress=lambda seen: update(str(seen)))
    complete = "complete" if manifest.is_complete else "not complete"
    click.echo(f"{manifest.rows} observations, {manifest.rejects} rejects, {complete}: {manifest.finish_reason}")
    click.echo(f"Landed in {home.landing}/{site}/{manifest.crawl_run_id}")
