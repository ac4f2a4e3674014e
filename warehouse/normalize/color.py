"""Colours: which published words, in four languages, and which makers' names mean which of fourteen."""

import polars as pl

from warehouse.normalize.text import plain

# The colours themselves, by language. Where a name has several, the last says it: "Silver Gray", "Black Forest Green".
COLORS = {
    "black": {"en": "black blk blck", "es": "negro negra", "de": "schwarz", "fr": "noir noire"},
    "white": {"en": "white", "es": "blanco blanca", "de": "weiss", "fr": "blanc blanche"},
    "gray": {"en": "gray grey", "es": "gris", "de": "grau", "fr": "gris grise"},
    "silver": {"en": "silver", "es": "plata plateado plateada", "de": "silber silbern",
               "fr": "argent argente argentee"},
    "blue": {"en": "blue", "es": "azul celeste", "de": "blau", "fr": "bleu bleue"},
    "red": {"en": "red", "es": "rojo roja granate", "de": "rot", "fr": "rouge"},
    "green": {"en": "green lime", "es": "verde", "de": "grun", "fr": "vert verte"},
    "brown": {"en": "brown", "es": "marron cafe castano castana", "de": "braun", "fr": "marron brun brune"},
    "beige": {"en": "beige biege tan cream ivory khaki sand", "es": "beige crema arena marfil",
              "de": "beige creme elfenbein", "fr": "beige creme ivoire sable"},
    "gold": {"en": "gold golden", "es": "dorado dorada oro", "de": "gold golden", "fr": "dore doree"},
    "orange": {"en": "orange", "es": "naranja", "de": "orange", "fr": "orange"},
    "yellow": {"en": "yellow", "es": "amarillo amarilla", "de": "gelb", "fr": "jaune"},
    "purple": {"en": "purple violet", "es": "morado morada violeta lila purpura", "de": "violett lila",
               "fr": "violet violette mauve"},
    "other": {"en": "other pink", "es": "otro otra rosa", "de": "andere rosa", "fr": "autre rose"},
}  # fmt: skip
# Makers' names of colours, asked only where no word above is there.
SHADES = {
    "black": "ebony onyx caviar obsidian raven carbon jet nero negru",
    "white": "snow frost blizzard starfire alabaster chalk snowflake porcelain bianco icecap windchill",
    "gray": (
        "graphite granite gunmetal gun charcoal slate magnetic magnetite anthracite anthrazit antracita tungsten "
        "titanium steel pewter cement ash smoke graystone grigio galvanized leadfoot lunarrock"
    ),
    "silver": "platinum iridium quicksilver billet aluminum",
    "blue": "navy indigo cobalt sapphire aqua turquoise turquesa turkis teal denim bluestone blueprint blu marino",
    "red": (
        "burgundy maroon crimson scarlet ruby garnet claret vinotinto bordeaux burdeos sangria merlot cranberry "
        "redline burgandy rosso cherry cabernet"
    ),
    "green": "olive emerald jade moss sage oliva forest rainforest",
    "brown": (
        "bronze bronce copper mocha espresso cognac walnut saddle chestnut cocoa java tartufo nutmeg brandy mahogany "
        "truffle caramel cinnamon hazelnut nougat auburn chocolate chocolat coffee sepia redwood ginger teak "
        "umber acorn"
    ),
    "beige": (
        "parchment cashmere camel almond macchiato oyster shale dune linen wheat latte champagne champan champana "
        "cappuccino ecru sandstone blond blonde birch flaxen sabbia macadamia"
    ),
    "orange": "mango tangerine arancio",
    "yellow": "giallo",
    "purple": "amethyst plum mulberry prune viola",
    "other": "multi multicolor multicolour multicolore mehrfarbig bunt custom",
}
# Names of several words that mean as a whole what no word of them does.
PHRASES = {"ice cap": "icecap", "wind chill": "windchill", "lead foot": "leadfoot", "lunar rock": "lunarrock"}

# German writes a colour and its shade as one word: "Dunkelblau", "Perlweiß", "Weinrot".
COMPOUND = (
    r"\b[a-z]*?(schwarz|weiss|grau|silber|blau|grun|braun|gelb|(?:wein|feuer|dunkel|hell|rubin|kirsch|tornado)rot)"
    r"(?:e[rs]?)?(?:-?metall?ic)?\b"
)
SECOND_COLOR = r"^(.*?)(?:\s*[/;,(\[+&]|\s-\s|\sw/|\s(?:with|mit|con|avec|and|und|y|et|w)\b|$)"


def color(text: pl.Expr) -> pl.Expr:
    """Return one of COLORS, of two-coloured things the first ("Red / Black")."""
    first = plain(text).str.extract(SECOND_COLOR).str.replace_many(PHRASES)
    named = (
        first.str.replace("^or$", "dore")
        .str.replace_all(COMPOUND, "$1")
        .str.replace(r"\b(?:wein|feuer|dunkel|hell|rubin|kirsch|tornado)rot\b", "rot")
    )
    return pl.coalesce(_last_of(named, _BY_WORD), _last_of(named, _BY_SHADE))


def _last_of(words: pl.Expr, colors: dict[str, str]) -> pl.Expr:
    found = words.str.extract_all(rf"\b(?:{'|'.join(colors)})\b").list.last()
    return found.replace_strict(colors, default=None, return_dtype=pl.String)


_BY_WORD = {
    word: color for color, languages in COLORS.items() for listed in languages.values() for word in listed.split()
}
_BY_SHADE = {shade: color for color, listed in SHADES.items() for shade in listed.split()}
