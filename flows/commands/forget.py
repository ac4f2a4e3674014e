"""`tasador forget`: a listing's or a seller's personal fields leave every file of the data folder."""

import click

from crawler.home import Home


@click.command()
@click.option("--listing", help="The listing_id, as the table listings has it.")
@click.option("--seller", help="The seller's whole name.")
@click.option("--site", help="Only this site's listings of the seller. [default: every site]")
@click.option("--yes", is_flag=True, help="Do not ask back.")
@click.pass_obj
def forget(home: Home, listing: str | None, seller: str | None, site: str | None, yes: bool) -> None:
    """Forget a listing's or a seller's personal fields.

    Name and rating of the seller, town, postal code, what the site said beyond the known fields, contacts in the title
    and the kept pages leave landing files, archive, warehouse, published versions and training snapshots. The car
    stays: VIN, address on the site, prices. If it is still offered there, the next crawl reads it again.

    Example: tasador forget --seller "Riverbend Auto Sales" --site cars.com
    """
    from flows.progress import step
    from flows.steps.forget import find
    from flows.steps.forget import forget as forget_step

    if (listing is None) == (seller is None):
        raise click.UsageError("give either --listing or --seller")
    with step("Looking through what has landed"):
        subject = find(home, listing, seller, site)
    click.echo(f"{len(subject.listing_ids):,} listings")
    if not yes:
        click.confirm("Forget who sells them? This cannot be undone", abort=True)
    with step("Forgetting"):
        done = forget_step(home, subject, site)
    click.echo(f"{done.lines:,} landed lines, {done.payloads:,} payloads and {done.pages:,} kept pages")
