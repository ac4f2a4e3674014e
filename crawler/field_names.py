"""Which listing field a source means by a name of its own, in four languages: a table's column, a feed's key."""

import unicodedata
from collections.abc import Mapping, Sequence

from crawler.items import FIELD_NAMES

# The names, besides the field's own, under which a column is recognised, in lower case without accents, spaces or
# punctuation. Where a table has several columns of one field, the earlier name here is read first.
SYNONYMS = {
    "source_id": "id listingid adid anzeigenid advertid reference ref",
    "url": "detailurl link href http listingurl permalink enlace lien",
    "title": "name headline heading titulo titre titel",
    "vin": "vehicleidentificationnumber fahrgestellnummer bastidor fin chassisnumber",
    "stock_number": "stock stockno stocknum stockid",
    "make": "brand manufacturer marca marke marque hersteller",
    "model": "modelo modell modele modelname",
    "trim": "trimlevel version variant variante ausstattung finition derivative",
    "model_year": "year ano annee baujahr jahr firstregistration erstzulassung yearofmanufacture registrationyear",
    "price": "askingprice listingprice sellingprice saleprice totalprice preis precio prix verkaufspreis priceusd",
    "currency": "pricecurrency currencycode wahrung moneda devise",
    "msrp": "newprice pricenew listpricenew neupreis precionuevo prixneuf",
    "mileage": (
        "milage miles odometer odometerreading kilometres kilometers km kms kilometros kilometraje recorrido "
        "kilometerstand laufleistung kilometrage mileagekm mileagemiles"
    ),
    "condition": "usednew newused usedornew neworused stocktype zustand estado etat condicion",
    "body_style": "bodytype body bodyshape bodystylename karosserie karosserieform carroceria carrosserie vehicletype",
    "drivetrain": "drivetype drive drivewheel drivewheelconfiguration wheeldrive traccion antrieb antriebsart",
    "transmission": "gearbox transmissiontype getriebe getriebeart transmision caja boite boitedevitesse",
    "engine": "enginename enginedescription motor moteur",
    "engine_displacement": "enginesize enginecapacity displacement engineliters enginecc hubraum cilindrada cylindree",
    "cylinders": "cylindersinengine cylindercount numcylinders zylinder cilindros cylindres",
    "power": "horsepower hp enginepower leistung potencia puissance ps kw",
    "fuel_type": "fuel fueltypename kraftstoff kraftstoffart combustible tipodecombustible carburant",
    "fuel_economy_city": "minmpg citympg mpgcity",
    "fuel_economy_highway": "maxmpg highwaympg mpghighway hwympg",
    "exterior_color": "extcol exteriorcolour extcolor color colour paintcolor colourextint farbe aussenfarbe couleur",
    "interior_color": "intcol interiorcolour intcolor innenfarbe colorinterior couleurinterieure",
    "doors": "numberofdoors doorcount turen puertas portes",
    "seats": "numberofseats seatingcapacity seatcount sitze asientos places",
    "owners": "ownercount numberofowners previousowners numowners vorbesitzer proprietaires",
    "accidents": "accident accidenthistory hasaccidents accidentsreported unfall accidentes",
    "title_status": "cleantitle titlestate",
    "seller_type": "sellerkind vendortype anbietertyp tipodevendedor typevendeur",
    "seller_name": "seller dealer dealername dealership vendor vendorname handler anbieter vendedor vendeur",
    "seller_rating": "dealerrating",
    "city": "town location ort stadt ciudad ville ubicacion localisation",
    "region": "state province bundesland provincia departamento county",
    "postal_code": "zipcode zip postcode plz codigopostal codepostal",
    "country": "countrycode land pais pays",
    "published_at": "listedat dateposted postdate postedat publishedon publicationdate listingdate",
}  # fmt: skip

# The names, likewise, of a column that says when a crawl saw the row; the earlier name is taken.
DATE_NAMES = (
    "scrapedat crawledat crawldate crawlcommitdate crawltime scrapedate scrapeddate scrapedon snapshotdate snapshotat "
    "collectedat collectedon observedat observationdate retrievedat fecha fechadecaptura fechaextraccion datum "
    "abrufdatum erfassungsdatum datedecollecte daterecolte"
)
DATE_RANK = {name: rank for rank, name in enumerate(DATE_NAMES.split())}


def recognise(columns: Sequence[str], mapping: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the columns of each field, the one to read first first."""
    sources = {field: [column] for field, column in mapping.items()}
    found: dict[str, list[tuple[int, str]]] = {}
    for column in columns:
        field, rank = KNOWN.get(plain(column)) or KNOWN.get(plain(column).rstrip("0123456789")) or ("", 0)
        if field and field not in mapping and column not in mapping.values():
            found.setdefault(field, []).append((rank, column))
    for field, ranked in found.items():
        sources[field] = [column for _, column in sorted(ranked, key=lambda entry: entry[0])]
    return {field: sources[field] for field in FIELD_NAMES if field in sources}


def plain(name: str) -> str:
    """Return a column's name in lower case, letters and digits only: "Único.dueño" is "unicodueno"."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", name).casefold() if letter.isalnum())


# A plain name: the field that it means, and its rank among the names of that field.
KNOWN = {
    name: (field, rank)
    for field, synonyms in SYNONYMS.items()
    for rank, name in enumerate((plain(field), *synonyms.split()))
}
