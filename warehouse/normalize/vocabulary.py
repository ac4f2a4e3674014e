"""The documented vocabularies: which published words, in four languages, mean which of ours. Data, and two readers."""

import polars as pl

from warehouse.normalize.text import plain

# (our word, pattern over plain text); the first pattern that matches says it
Vocabulary = tuple[tuple[str | bool, str], ...]

DRIVETRAIN: Vocabulary = (
    ("awd", r"\ball[- ]wheel|\bawd|quattro|4matic|x-?drive|\ball4\b|allrad|4motion|integral"),
    ("4wd", r"\bfour[- ]wheel|\b4[- ]?wd|\b4[x\x{d7}]4|4[- ]wheel|quatre roues|cuatro ruedas"),
    ("fwd", r"front|\bfwd|vorder|delanter|traction avant"),
    ("rwd", r"rear|\brwd|hinter|heck|traser|propulsion|\bs-?drive"),
)

FUEL_TYPE: Vocabulary = (
    ("plug_in_hybrid", r"plug-?[ -]?in|\bphev|enchufable|rechargeable"),
    ("flex_fuel", r"\bflex|\be-?85|\bffv|gas/ethanol"),
    ("hybrid", r"hybrid|hibrid|\bm?hev\b|(?:gas|gasoline|benzin|diesel)\s*/\s*(?:mild )?ele[ck]tr|ele[ck]tr\w*\s*/"),
    ("hydrogen", r"hydrogen|wasserstoff|hidrogeno|fuel cell"),
    ("electric", r"electri|elektr|\bstrom\b|\bbev\b"),
    ("diesel", r"diesel|gasoil|gazole|\btdi\b"),
    ("cng", r"\bcng|natural gas|erdgas|\bgnv\b|\bgnc\b"),
    ("lpg", r"\blpg|autogas|\bglp\b|\bgpl\b|propane"),
    ("gasoline", r"gasolin|petrol|\bgas\b|benzin|bencina|essence|unleaded|^leaded|^premium|^regular|^super\b|nafta"),
)

BODY_STYLE: Vocabulary = (
    ("minivan", r"mini-?van|people mover|monovolumen|\bmpv|monospace|grossraum"),
    ("convertible", r"convertible|cabrio|roadster|spyder|spider|descapotable"),
    ("suv", r"\bsuv|sport utility|crossover|gelande|todoterreno|off-?road"),
    ("pickup", r"pick-?up|truck|(?:crew|double|extended|regular|quad|mega) cab|super ?c(?:rew|ab)|\bute\b|camioneta"),
    ("van", r"\bvan\b|\bcargo\b|kastenwagen|transporter|furgon|fourgon|utilitaire"),
    ("wagon", r"wagon\b|kombi|estate|touring|\bbreak\b|familiar"),
    ("hatchback", r"hatch|liftback|kleinwagen|kompakt|citadine|compact"),
    ("coupe", r"coupe"),
    ("sedan", r"sedan|saloon|limousine|berlin"),
)
NOT_A_CAR = (
    r"\b(?:motorcycles?|motorbikes?|motorrad|motocicletas?|scooters?|atv|boats?|trailers?|anhanger|remolques?)\b"
)

CONDITION: Vocabulary = (
    ("certified", r"certified|\bcpo\b|zertifiziert|certificado"),
    ("used", r"\bused|pre-?owned|like new|nearly new|gebraucht|usad|occasion|\bdemo|vorfuhr|second hand|seminuev"),
    ("new", r"\bnew(?:condition)?\b|\bneu|nuevo|\bneuf|\bneuve"),
)

SELLER_TYPE: Vocabulary = (
    ("private", r"privat|particul|by owner"),
    ("dealer", r"dealer|handler|concession|professionn|garage|agencia|\bpro\b|autohaus|organi[sz]ation|localbusiness"),
)

HAS_ACCIDENTS: Vocabulary = (
    (False, r"^(?:no|none|false|0|nein|non)\b|accident[- ]free|unfallfrei|sin accidente|sans accident|\bno accident"),
    (True, r"^(?:yes|true|ja|oui|si|[1-9]\d?)\b|accident|damage|unfall|siniestr"),
)

# A column "clean title" that says yes is clean; one that says no does not say what it is instead.
TITLE_STATUS: Vocabulary = (
    ("salvage", r"salvage|junk|total loss|non-?repairable"),
    ("rebuilt", r"rebuilt|reconstruct|restored"),
    ("lemon", r"lemon|buy-?back"),
    ("clean", r"^(?:yes|true|clean|clear)\b"),
)

# Words for the colours themselves. Where a name has several, the last says it: "Silver Gray", "Black Forest Green".
COLORS = {
    "black": "black schwarz negro negra noir noire nero blk",
    "white": "white weiss blanco blanca blanc blanche bianco",
    "gray": "gray grey grau gris grigio",
    "silver": "silver silber plata plateado argent argento",
    "blue": "blue blau azul bleu blu bleue",
    "red": "red rot rojo roja rouge rosso",
    "green": "green grun verde vert verte",
    "brown": "brown braun marron brun cafe",
    "beige": "beige tan cream creme crema ivory khaki sand arena",
    "gold": "gold golden dorado",
    "orange": "orange naranja arancio",
    "yellow": "yellow gelb amarillo jaune giallo",
    "purple": "purple violet violett morado lila viola",
    "other": "other otro otra autre andere multi multicolor pink rosa custom",
}
# Makers' names of colours, asked only where no word above is there.
SHADES = {
    "black": "ebony onyx caviar obsidian raven carbon jet nero",
    "white": "snow frost blizzard starfire alabaster chalk snowflake porcelain",
    "gray": (
        "graphite granite gunmetal gun charcoal slate magnetic magnetite anthracite anthrazit tungsten titanium steel "
        "pewter cement ash smoke graystone"
    ),
    "silver": "platinum iridium quicksilver billet aluminum",
    "blue": "navy indigo cobalt sapphire aqua turquoise teal denim bluestone blueprint",
    "red": "burgundy maroon crimson scarlet ruby garnet claret vinotinto bordeaux sangria merlot cranberry redline",
    "green": "olive emerald jade moss sage",
    "brown": (
        "bronze copper mocha espresso cognac walnut saddle chestnut cocoa java tartufo nutmeg brandy mahogany truffle "
        "caramel cinnamon hazelnut nougat auburn chocolate coffee sepia redwood ginger teak"
    ),
    "beige": (
        "parchment cashmere camel almond macchiato oyster shale dune linen wheat latte champagne cappuccino ecru "
        "sandstone blond blonde birch"
    ),
    "orange": "mango tangerine",
    "purple": "amethyst plum mulberry",
}


def word(text: pl.Expr, vocabulary: Vocabulary) -> pl.Expr:
    """Return our word for the published ones, null where no pattern knows them."""
    words = plain(text)
    return pl.coalesce(
        words.str.contains(pattern).replace_strict({True: value, False: None}) for value, pattern in vocabulary
    )


def condition(text: pl.Expr, title: pl.Expr) -> pl.Expr:
    """Return new, used or certified, from the title only where it begins with the word and a year ("Used 2017 …")."""
    headline = plain(title).str.extract(r"^((?:new|used|certified(?: pre-?owned| used)?)) (?:19|20)\d\d\b")
    return pl.coalesce(word(text, CONDITION), word(headline, CONDITION))


def color(text: pl.Expr) -> pl.Expr:
    """Return the colour, of two-coloured things the first ("Red / Black")."""
    first = plain(text).str.extract(r"^(.*?)(?:\s*[/;,(\[]|\sw/|\swith\s|\sund\s|$)")
    return pl.coalesce(_last_of(first, COLORS), _last_of(first, SHADES))


def _last_of(words: pl.Expr, names: dict[str, str]) -> pl.Expr:
    colors = {name: color for color, listed in names.items() for name in listed.split()}
    found = words.str.extract_all(rf"\b(?:{'|'.join(colors)})\b").list.last()
    return found.replace_strict(colors, default=None, return_dtype=pl.String)
