"""What a car is, how it is and who offers it: the vocabularies as data.

The published words of four languages and what they mean; docs/vocabularies.md shows them. A word may stand twice: the
first entry that matches says it, so that an exception can go before its rule.
"""

from warehouse.normalize.vocabulary import Word

BODY_STYLE = (
    Word(
        "minivan", r"mini-?van|mini-?bus|people (?:mover|carrier)|monovolumen|\bmpv|monospace|grossraum|kleinbus",
        "three rows of seats in one volume",
        en="Minivan; Mini-van; MPV; People Mover; People Carrier",
        es="Monovolumen; Minivan; MPV compacto",
        de="Van/Kleinbus; Großraumlimousine; Minivan",
        fr="Monospace; Monospace compact; Minibus",
    ),
    Word(
        "convertible", r"convertible|cabrio|roadster|spyder|spider|de[s]?capotable|drop-?(?:top|head)",
        "the roof opens",
        en="Convertible; Cabriolet; Roadster; Spyder; Drophead",
        es="Descapotable; Cabrio; Convertible",
        de="Cabrio; Cabrio/Roadster; Cabriolet",
        fr="Cabriolet; Décapotable; Roadster",
    ),
    Word(
        "suv", r"\bsuv|sport utility|utilitario deportivo|crossover|gelande|todo ?terreno|tout[- ]terrain"
        r"|\boff-?road|\b4x4\b"
        r"|\bcampero",
        "high, with four or five doors, made for rough roads or to look so",
        en="SUV; Sport Utility; Sport Utility Vehicle; Crossover; Off-Road",
        es="SUV; Todoterreno; Todo terreno; Campero; 4x4",
        de="SUV; Geländewagen; SUV/Geländewagen/Pickup",
        fr="SUV; 4x4, SUV & Crossover; Tout-terrain",
    ),
    Word(
        "pickup", r"pick-?[ -]?up|truck|(?:crew|double|extended|regular|quad|mega) cab|super ?c(?:rew|ab)|\bute\b"
        r"|cabina (?:doble|simple|sencilla)|doble cabina|doppelkabine|double cabine",
        "an open bed behind the cab",
        en="Pickup; Pickup Truck; Crew Cab; SuperCrew; Ute / Tray",
        es="Pickup; Pick-up; Pick up doble cabina; Cabina doble",
        de="Pick-up; Pickup; Doppelkabine",
        fr="Pick-up; Pickup; Double cabine",
    ),
    Word(
        "van", r"\bvan\b|\bcargo\b|kastenwagen|transporter|lieferwagen|\bfurgo|fourgon|utilitaire|camionnette",
        "a closed box for goods or many passengers",
        en="Van; Cargo Van; Passenger Van; Panel Van",
        es="Furgoneta; Furgón; Van de carga",
        de="Kastenwagen; Transporter; Lieferwagen",
        fr="Fourgon; Fourgonnette; Utilitaire; Camionnette",
    ),
    Word(
        "hatchback", r"hatch|liftback|kleinwagen|kompakt|citadine|compact|schraghec|fliesshec|steilhec"
        r"|kombi-?limousine|hayon",
        "a tailgate that opens with the rear window",
        en="Hatchback; Hatch; Liftback; 5-Door Hatchback; Compact",
        es="Hatchback; Compacto; Hatchback 5 puertas",
        de="Kleinwagen; Kompaktwagen; Schrägheck; Fließheck; Kombilimousine",
        fr="Citadine; Compacte; Berline à hayon",
    ),
    Word(
        "wagon", r"wagon\b|kombi|estate|touring|\bbreak\b|familiar|ranchera|shooting brake",
        "a hatchback with a long roof",
        en="Wagon; Station Wagon; Estate; Sports Tourer/Touring; Shooting Brake",
        es="Familiar; Station wagon; Ranchera",
        de="Kombi; Sportkombi; Kombi/Touring",
        fr="Break; Break familial; Station wagon",
    ),
    Word(
        "coupe", r"coupe|\bcupe\b",
        "two doors and a sloping roof",
        en="Coupe; Coupé; 2-Door Coupe",
        es="Cupé; Coupé; Coupé 2 puertas",
        de="Coupé; Sportwagen/Coupé; Coupe",
        fr="Coupé; Coupé sportif; Coupe",
    ),
    Word(
        "sedan", r"sedan|saloon|limousine|limusina|stufenhec|berlin",
        "a boot of its own, four doors",
        en="Sedan; Saloon; 4dr Sedan",
        es="Sedán; Berlina; Sedán 4 puertas",
        de="Limousine; Stufenheck; Stufenheck-Limousine",
        fr="Berline; Berline 4 portes; Berline tricorps",
    ),
)  # fmt: skip
NOT_A_CAR = (
    r"\b(?:motorcycles?|motorbikes?|motorrad|motocicletas?|motos?|scooters?|atv|boats?|trailers?|anhanger|remolques?)\b"
)
MAKES_NO_CARS = r"can-?am|polaris|arctic cat"  # nor anything else that a car competes with: off-road buggies

CONDITION = (
    Word("used", r"(?:not|non|un)[- ]?certified"),
    Word(
        "certified", r"certifi|\bcpo\b|zertifizi",
        "used, and warranted by a maker's or a site's programme",
        en="Certified; Certified Pre-Owned; CPO; Honda Certified",
        es="Certificado; Seminuevo certificado; Usado certificado",
        de="Zertifiziert; Zertifizierter Gebrauchtwagen; Gebraucht, zertifiziert",
        fr="Certifié; Occasion certifiée; Véhicule certifié",
    ),
    Word(
        "used", r"\bused|pre-?[ -]?owned|like new|nearly new|gebraucht|neuwertig|jahreswagen|tageszulassung|usad"
        r"|occasion|\bocasion"
        r"|\bdemo|vorfuhr|second[- ]?hand|segunda mano|seconde main|seminuev|casi nuevo|como nuevo|comme neu"
        r"|quasi neu|\bkm ?0\b"
        r"|\boldtimer",
        "somebody's before, also a dealer's own: demonstrators and registered cars without an owner",
        en="Used; USED; Pre-Owned; Second hand; Like New; Nearly New; Demo; https://schema.org/UsedCondition",
        es="Usado; De ocasión; Segunda mano; Seminuevo; Km 0; Casi nuevo",
        de="Gebraucht; Gebrauchtwagen; Vorführwagen; Jahreswagen; Tageszulassung; Neuwertig",
        fr="Occasion; D'occasion; Seconde main; Véhicule de démonstration; Comme neuf",
    ),
    Word(
        "new", r"\bnew(?:condition)?\b|\bneu|fabrikneu|\bnuev|\b0 ?km\b|cero k",
        "never registered",
        en="New; Brand New; New Car; NewCondition",
        es="Nuevo; Nueva; Coche nuevo; 0 km; Cero kilómetros",
        de="Neu; Neuwagen; Neufahrzeug; Fabrikneu",
        fr="Neuf; Neuve; Véhicule neuf; Voiture neuve",
    ),
)  # fmt: skip

SELLER_TYPE = (
    Word(
        "private", r"privat|privad|\bprive|particul|by owner|\bfsbo\b|^owner|\bdueno|propietario|proprietaire"
        r"|^individual",
        "a person",
        en="Private; Private Seller; For sale by owner; FSBO; Owner; Individual",
        es="Particular; Vendedor particular; Privado; Dueño; Dueño directo; Propietario",
        de="Privat; Privatanbieter; Von Privat; Privatverkauf; Privater Anbieter; Privatperson",
        fr="Particulier; Particuliers; Vendeur particulier; Vente de particulier; Propriétaire; Privé / Particulier",
    ),
    Word(
        "dealer", r"dealer|handler|conces+ion|profes+ion|garage|agencia|\bpro\b|autohaus|gewerb|compra-?venta"
        r"|revendeur|mandataire"
        r"|\btrade\b|franchise|organi[sz]ation|localbusiness",
        "a business",
        en="Dealer; Dealership; Trade; Franchise; AutoDealer; Organization",
        es="Concesionario; Concesionaria; Agencia; Profesional; Compraventa; Vendedor profesional",
        de="Händler; Autohaus; Gewerblich; Gewerblicher Anbieter; Vertragshändler; Autohändler",
        fr="Concessionnaire; Concession; Professionnel; Garage; Pro; Revendeur; Mandataire",
    ),
)  # fmt: skip

HAS_ACCIDENTS = (
    Word(True, r"nicht unfallfrei|not accident[- ]free"),
    Word(
        False, r"^(?:no|none|false|0|nein|non|aucun|ningun[oa]?|nunca|jamais|never|kein\w*)\b|accident[- ]free"
        r"|unfallfrei"
        r"|sin (?:accident|siniest|choque)|sans (?:accident|sinistre)|\bno accident|un(?:damaged|beschadigt)",
        "none is told of",
        en="None reported; No accidents reported; No; 0; Accident free; Never in an accident; Undamaged",
        es="Sin accidentes; Ninguno; Sin siniestros; Nunca chocado; No; Sin choques",
        de="Unfallfrei; Nein; Keine Unfälle; Kein Unfall; Unbeschädigt; Keine Schäden",
        fr="Sans accident; Aucun accident; Non; Jamais accidenté; Non accidenté; Sans sinistre",
    ),
    Word(
        True, r"^(?:yes|true|ja|oui|si|[1-9]\d?)\b|accident|damage|unfall|siniestr|sinistre|chocad|beschadigt"
        r"|endommage|danad",
        "at least one, or damage",
        en="At least 1 accident or damage reported; 1 accident; 2; Yes; Damaged; Accident reported",
        es="Sí; Chocado; Siniestrado; Accidentado; 1 accidente; Dañado",
        de="Ja; Unfallwagen; Unfallfahrzeug; Nicht unfallfrei; Unfallschaden; Beschädigt",
        fr="Oui; Accidenté; Sinistré; 1 accident; Accident signalé; Endommagé",
    ),
)  # fmt: skip

# A column "clean title" that says yes is clean; one that says no does not say what it is instead.
TITLE_STATUS = (
    Word(
        "salvage", r"salvage|salvamento|junk|total loss|perdida total|siniestro total|perte totale|totalschaden"
        r"|non-?repairable"
        r"|irreparable|write-?off|\bcat(?:egory)? [sn]\b|\bepave",
        "written off by an insurer",
        en="Salvage; Salvage title; Junk; Total loss; Non-repairable; Category S; Write-off",
        es="Salvamento; Pérdida total; Siniestro total; Título de salvamento",
        de="Totalschaden; Wirtschaftlicher Totalschaden",
        fr="Épave; Perte totale; Économiquement irréparable",
    ),
    Word(
        "rebuilt", r"rebuilt|re[ck]onstru|restor|restaur|wiederaufgebaut|recuperado",
        "written off, and repaired",
        en="Rebuilt; Rebuilt title; Reconstructed; Restored",
        es="Reconstruido; Restaurado; Recuperado; Título reconstruido",
        de="Wiederaufgebaut; Restauriert; Rekonstruiert",
        fr="Reconstruit; Restauré; Véhicule reconstruit",
    ),
    Word(
        "lemon", r"lemon|buy-?back|\blimon\b",
        "bought back by its maker",
        en="Lemon; Manufacturer buyback; Lemon law buy-back",
        es="Ley limón",
    ),
    Word(
        "clean", r"^(?:yes|true|clean|clear|si|ja|oui)\b|\blimpio",
        "none of these",
        en="Yes; Clean; Clear; Clean title; True",
        es="Sí; Limpio; Título limpio",
        de="Ja",
        fr="Oui",
    ),
)  # fmt: skip
