"""What drives a car: the vocabularies as data.

The published words of four languages and what they mean; docs/vocabularies.md shows them. A word may stand twice: the
first entry that matches says it, so that an exception can go before its rule.
"""

from warehouse.normalize.vocabulary import Word

DRIVETRAIN = (
    Word(
        "awd", r"\ball[- ]?wheel|awd\b|quattro|4 ?matic|\bx-?drive|\ball4\b|allrad|4 ?motion|integral|traccion total"
        r"|allgrip",
        "all four wheels, always or by itself",
        en="All-wheel Drive; AWD; SH-AWD; quattro; 4MATIC; xDrive; 4MOTION; ALL4",
        es="Tracción integral; Tracción total; Integral",
        de="Allrad; Allradantrieb; Allradantrieb permanent",
        fr="Transmission intégrale; Traction intégrale; Intégrale",
    ),
    Word(
        "4wd", r"\bfour[- ]?(?:wheel|by[- ]four)|\b4[- ]?wd|\b4[x*\x{d7}]4|4[- ]?wheel|(?:quatre|4) roues"
        r"|(?:cuatro|4) ruedas"
        r"|vierrad|doble traccion",
        "all four wheels when the driver says so; what sites call 4x4",
        en="Four-wheel Drive; 4WD; 4x4; Part-time 4WD; four-by-four",
        es="4x4; Doble tracción; Tracción a las cuatro ruedas; Tracción en las 4 ruedas",
        de="Vierradantrieb; 4x4; 4WD",
        fr="4 roues motrices; Quatre roues motrices; 4x4",
    ),
    Word(
        "fwd", r"\bfront|\bfwd|vorder|vorne|delanter|\bavant\b|^traction$",
        "the front wheels",
        en="Front-wheel Drive; Front Wheel Drive; FWD; Front; 2WD (front)",
        es="Tracción delantera; Delantera; Ruedas delanteras",
        de="Vorderradantrieb; Frontantrieb; Antrieb vorne",
        fr="Traction avant; Traction; Roues avant motrices; Avant",
    ),
    Word(
        "rwd", r"\brear|\brwd|hinter|\bheck|hinten|traser|arriere|propulsion",
        "the rear wheels",
        en="Rear-wheel Drive; Rear Wheel Drive; RWD; Rear",
        es="Tracción trasera; Trasera; Propulsión trasera; Propulsión",
        de="Hinterradantrieb; Heckantrieb; Antrieb hinten",
        fr="Propulsion; Propulsion arrière; Roues arrière motrices",
    ),
    Word(
        "2wd", r"\b2[- ]?wd|\b4[x*\x{d7}]2|\btwo[- ]?wheel|zweirad|(?:deux|2) roues|(?:dos|2) ruedas"
        r"|traccion (?:simple|sencilla)"
        r"|\bs-?drive",
        "two wheels, and the words do not say which: a pickup's 4x2, BMW's sDrive",
        en="2WD; 4x2; Two-wheel Drive; sDrive",
        es="4x2; Tracción simple; Tracción sencilla; Tracción a dos ruedas",
        de="Zweiradantrieb; 4x2; 2WD",
        fr="2 roues motrices; Deux roues motrices; 4x2",
    ),
)  # fmt: skip

FUEL_TYPE = (
    Word("hybrid", r"non[- ]rechargeable|no enchufable|nicht aufladbar"),
    Word(
        "plug_in_hybrid", r"plug[- ]?in|\bphev|enchufable|rechargeable|aufladbar",
        "a hybrid that charges from a socket",
        en="Plug-In Hybrid; Plugin Hybrid; PHEV; Plug-In Electric/Gas",
        es="Híbrido enchufable; Híbrido enchufable (PHEV)",
        de="Plug-in-Hybrid; Hybrid aufladbar; Plug-in Hybrid (Benzin/Elektro)",
        fr="Hybride rechargeable; Hybride essence rechargeable",
    ),
    Word(
        "flex_fuel", r"\bflex|\be-?85\b|\bffv|ethanol|etanol",
        "gasoline and ethanol in any mixture",
        en="E85 Flex Fuel; Flexible Fuel; Flex Fuel Capability; Gas/Ethanol; FFV",
        es="Flex; Flex Fuel; Etanol; Gasolina/Etanol",
        de="Ethanol (E85); Bioethanol; Flexfuel",
        fr="Superéthanol E85; Bioéthanol; Essence/Éthanol",
    ),
    Word(
        "hybrid", r"hybrid|hibrid|\bm?hev\b|(?:gas|gasoline|gasolina|petrol|benzin|bencina|essence|diesel)"
        r"\s*(?:/|\by\b|\band\b|\bund\b|\bet\b|\+|-)\s*(?:mild )?ele[ck]tr"
        r"|ele[ck]tr\w*\s*(?:/|[-+]\s*(?:gas|petrol|benzin|bencina|essence|diesel))",
        "an engine and an electric motor, mild hybrids too; not charged from a socket, or the words do not say it",
        en="Hybrid; Full Hybrid; Mild Hybrid; HEV; MHEV; Gasoline/Mild Electric Hybrid",
        es="Híbrido; Híbrida; Microhíbrido; Híbrido no enchufable; Gasolina/Eléctrico",
        de="Hybrid; Mild-Hybrid; Hybrid (Benzin/Elektro); Elektro/Benzin; Elektro/Diesel",
        fr="Hybride; Hybride légère; Hybride non rechargeable; Essence/Électrique; Électrique-Diesel",
    ),
    Word(
        "hydrogen", r"hydrogen|wasserstoff|hidrogeno|fuel cell|\bfcev|brennstoffzelle|pil[ae] (?:a|de) combustible",
        "hydrogen, in a fuel cell",
        en="Hydrogen; Hydrogen Fuel Cell; FCEV",
        es="Hidrógeno; Pila de combustible",
        de="Wasserstoff; Brennstoffzelle",
        fr="Hydrogène; Pile à combustible",
    ),
    Word(
        "electric", r"electri|ele[ck]tro|elektri|\bstrom\b|\bb?ev\b",
        "a battery alone",
        en="Electric; Electric Fuel System; Battery Electric; BEV; EV",
        es="Eléctrico; Eléctrica; 100% eléctrico",
        de="Elektro; Elektrisch; Strom",
        fr="Électrique; 100 % électrique",
    ),
    Word(
        "cng", r"\bcng|natural gas|gas natural|gaz naturel|erdgas|\bgn[vc]\b|\bngv\b|biogas|methan|\bmetano",
        "natural gas, with gasoline or without",
        en="CNG; Compressed Natural Gas; Natural Gas; NGV",
        es="GNC; GNV; Gas natural; Gas natural (GNC)",
        de="Erdgas; Erdgas (CNG); CNG",
        fr="GNV; Gaz naturel; Essence/GNV",
    ),
    Word(
        "lpg", r"\blpg|autogas|\bglp\b|\bgpl\b|propan|petroleum gas|gas licuado|flussiggas|gaz de petrole",
        "liquefied petroleum gas, with gasoline or without",
        en="LPG; Autogas; Propane; Liquefied Petroleum Gas",
        es="GLP; Gas licuado; Gasolina/GLP",
        de="Autogas; Autogas (LPG); Flüssiggas; Benzin/LPG",
        fr="GPL; Essence/GPL; Bicarburation essence / GPL",
    ),
    Word(
        "bi_fuel", r"\bbi-?fuel|bivalent|bicarbur|bi-?combustible|dual[- ]fuel"
        r""
        r""
        r""
        r"|(?:gasolina|bencina|nafta|benzin|essence|gasoline|petrol)\s*(?:/|\by\b|\band\b|\bund\b|\bet\b|\+|-)\s*ga[sz]\b",
        "gasoline and a gas, and the words do not say which gas",
        en="Bi-fuel; Dual Fuel; Petrol/Gas",
        es="Gasolina y gas; Gasolina/Gas; Bicombustible",
        de="Bivalent; Benzin/Gas; Benzin und Gas",
        fr="Bicarburation; Essence/Gaz; Essence et gaz",
    ),
    Word(
        "diesel", r"diesel|gas-?oil|gasoleo|gazole|\btdi\b|\bacpm\b|petroleo",
        "diesel fuel",
        en="Diesel; Diesel Fuel; Turbodiesel; Biodiesel",
        es="Diésel; Gasóleo; ACPM; Petróleo",
        de="Diesel; Dieselkraftstoff; Bio-Diesel",
        fr="Diesel; Gazole; Gasoil; Gas-oil",
    ),
    Word(
        "gasoline", r"gasolin|\bpetrol\b|\bgas\b|benzin|bencina|essence|unleaded|^leaded|^premium|^regular|^super\b"
        r"|nafta"
        r"|sans plomb|\bsp ?9[58]\b|sin plomo|bleifrei",
        "gasoline, leaded or not",
        en="Gasoline; Gasoline Fuel; Gas; Petrol; Unleaded; Premium Unleaded; Regular",
        es="Gasolina; Bencina; Nafta; Gasolina sin plomo",
        de="Benzin; Super; Super Plus; Normalbenzin; Super bleifrei",
        fr="Essence; Sans plomb; Sans plomb 95; SP98",
    ),
)  # fmt: skip

# The first that matches: an automatic with a manual mode is an automatic. Both offered ("AT/MT") is not understood.
TRANSMISSION = (
    Word(
        "single_speed", r"single[- ]speed|\b1[- ]?(?:speed|spd|gang|velocidad\b|vitesse\b|rapport\b)|fixed[- ]gear"
        r"|direct[- ]drive"
        r"|reduction gear|reduktionsgetriebe|eingang|una velocidad|velocidad unica|une vitesse|rapport unique"
        r"|mono-?rapport",
        "one gear, as electric cars have",
        en="Single-Speed; 1-Speed Automatic; Single-Speed Fixed Gear; Direct Drive",
        es="1 velocidad; Una velocidad; Velocidad única",
        de="1-Gang; Eingang-Automatik; Reduktionsgetriebe",
        fr="Boîte à une vitesse; 1 rapport; Rapport unique",
    ),
    Word(
        "dual_clutch", r"(?:dual|double|twin)[- ]clutch|doppelkuppl|doble (?:embrague|clutch)|double embrayage|\bpdk"
        r"|\bdct|\bdsg"
        r"|\bdkg|\bedc\b|\bs[ -]?tronic\b",
        "two clutches that shift for the driver",
        en="7-Speed DCT; Dual-Clutch; 7-Speed Automatic with Auto-Shift DSG; S tronic; PDK",
        es="Doble embrague; Automático de doble embrague; DSG 7 velocidades",
        de="Doppelkupplungsgetriebe; 7-Gang-DSG; DKG; Automatik (Doppelkupplung)",
        fr="Double embrayage; Boîte à double embrayage; EDC; DSG 7 rapports",
    ),
    Word(
        "cvt", r"\be?-?cvt|\bivt\b|continuous|continua|variable|variation continue|variador|stufenlos|xtronic"
        r"|lineartronic"
        r"|multitronic",
        "no steps between the gears",
        en="CVT; Automatic CVT; e-CVT; Continuously Variable; Xtronic; Lineartronic",
        es="Variador continuo; Transmisión continuamente variable; Automática CVT",
        de="Stufenlos; Stufenloses Automatikgetriebe; CVT-Automatik",
        fr="Variation continue; Boîte à variation continue; Automatique CVT",
    ),
    Word(
        "semi_automatic", r"semi-?[ -]?auto|halbautomat|automated[- ]manual|automanual|automatisiert|robotise"
        r"|robotiza|easytronic",
        "no clutch pedal, and a manual gearbox behind; British sites say it of many automatics too",
        en="Semi-Auto; Semi-automatic; Automated Manual",
        es="Semiautomático; Semi-automática; Robotizada",
        de="Halbautomatik; Automatisiertes Schaltgetriebe",
        fr="Semi-automatique; Boîte robotisée",
    ),
    Word(
        "automatic", r"auto(?:matic|matik|matique|matico|matica|mat)?\b|automatikgetr|wandlerautomat|\ba/t\b"
        r"|\bat(?:[^/\w]|$)|^a$"
        r"|tiptronic|steptronic|shiftronic|geartronic|selectshift|shiftable|g[- ]?tronic|dual shift mode"
        r"|overdrive switch"
        r"|\bbva\d?\b|\beat[68]\b",
        "shifts by itself, through a torque converter or the words do not say",
        en="Automatic; 8-Speed Automatic; 6-Speed A/T; Automatic, 8-Spd w/Sport & Manual Modes; Tiptronic",
        es="Automático; Automática; Transmisión automática; Caja automática",
        de="Automatik; Automatikgetriebe; 9G-Tronic; Wandlerautomatik",
        fr="Automatique; Boîte automatique; BVA8; EAT8",
    ),
    Word(
        "manual", r"manual|manuell|mecanic[ao]?|mecanique|schalt|\bm/t\b|(?:^|[^/\w])mt\b|^m$|stick shift|estandar"
        r"|sincronic"
        r"|\bbvm\d?\b",
        "the driver shifts",
        en="Manual; 6-Speed Manual; 6-Speed M/T; 5-Speed Manual w/OD; Stick Shift",
        es="Manual; Mecánica; Mecánico; Estándar; Sincrónica; Caja manual de 5 velocidades",
        de="Manuell; Schaltgetriebe; 6-Gang-Schaltgetriebe; Handschaltung",
        fr="Manuelle; Mécanique; Boîte manuelle; BVM6",
    ),
)  # fmt: skip
