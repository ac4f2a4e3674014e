"""Makes and their models as people write them: data alone. What is not here is kept as the site publishes it."""

MAKES = (
    "Abarth", "Acura", "Aixam", "Alfa Romeo", "Alpina", "Alpine", "AM General", "American Motors", "Aston Martin",
    "Audi", "Austin", "Autobianchi", "BAIC", "Bentley", "BMW", "Borgward", "Brilliance", "Bugatti", "Buick", "BYD",
    "Cadillac", "Caterham", "Changan", "Changhe", "Chery", "Chevrolet", "Chrysler", "Citroën", "Cupra", "Dacia",
    "Daewoo", "Daihatsu", "Datsun", "DeLorean", "DeSoto", "DFSK", "Dodge", "DongFeng", "DS", "Eagle", "FAW", "Ferrari",
    "FIAT", "Fisker", "Ford", "Foton", "FPV", "GAC", "Geely", "Genesis", "Geo", "GMC", "Great Wall", "GWM", "Hanteng",
    "Haval", "Hino", "Holden", "Honda", "Hongqi", "HSV", "Hummer", "Hyundai", "INEOS", "INFINITI", "International",
    "Isuzu", "Iveco", "JAC", "Jaecoo", "Jaguar", "Jeep", "Jetour", "JMC", "Karma", "Karry", "KGM", "Kia", "Koenigsegg",
    "Lada", "Lamborghini", "Lancia", "Land Rover", "Landwind", "LDV", "Leapmotor", "Lexus", "Lifan", "Lincoln",
    "Lotus", "Lucid", "Lynk & Co", "Mahindra", "Maserati", "Maxus", "Maybach", "Mazda", "McLaren", "Mercedes-Benz",
    "Mercury", "MG", "MINI", "Mitsubishi", "Morgan", "NIO", "Nissan", "Oldsmobile", "Omoda", "Opel", "Packard",
    "Pagani", "Peugeot", "Plymouth", "Polestar", "Pontiac", "Porsche", "Proton", "RAM", "Renault", "Rivian",
    "Rolls-Royce", "Rover", "Saab", "Saturn", "Scion", "SEAT", "Shineray", "Simca", "Škoda", "smart", "Soueast",
    "SsangYong", "Studebaker", "Subaru", "Suzuki", "Talbot", "Tata", "Tesla", "Toyota", "Trabant", "Triumph", "TVR",
    "Vauxhall", "VGV", "VinFast", "Volkswagen", "Volvo", "Wartburg", "Wiesmann", "Wuling", "XPeng", "Zeekr", "Zotye",
    "ZXAUTO",
)  # fmt: skip

MAKE_ALIASES = {
    "Alfa": "Alfa Romeo", "Chana": "Changan", "Chevy": "Chevrolet", "Citroen": "Citroën", "DS Automobiles": "DS",
    "Infinity": "INFINITI", "Landrover": "Land Rover", "Mercedes": "Mercedes-Benz", "Mercedez": "Mercedes-Benz",
    "Mercedez-Benz": "Mercedes-Benz", "Merc": "Mercedes-Benz", "Morris Garages": "MG", "SAIC Wuling": "Wuling",
    "Skoda": "Škoda", "Ssang Yong": "SsangYong", "Volkswagon": "Volkswagen", "VW": "Volkswagen",
}  # fmt: skip

# Models by make. Needed for names of several words, which would else be cut after the first; single words are here
# for their spelling ("sonata", "SONATA"). A hyphen or a space in a name may be either, or nothing.
MODELS = {
    "Acura": "CL, ILX, Integra, MDX, MDX Sport Hybrid, NSX, RDX, RL, RLX, RSX, TL, TLX, TSX, ZDX",
    "Alfa Romeo": "4C, Giulia, Giulietta, MiTo, Stelvio, Tonale",
    "Aston Martin": "DB7, DB9, DB11, DB12, DBS, DBX, Rapide, Vanquish, Vantage, V8 Vantage, V12 Vantage",
    "Audi": "100, 80, A1, A2, A3, A4, A4 allroad, A5, A6, A6 allroad, A7, A8, allroad, e-tron, e-tron GT, Q2, Q3, "
            "Q4 e-tron, Q5, Q7, Q8, Q8 e-tron, R8, RS 3, RS 4, RS 5, RS 6, RS 7, RS e-tron GT, RS Q3, RS Q8, S1, "
            "S3, S4, S5, S6, S7, S8, SQ2, SQ5, SQ7, SQ8, TT, TT RS, TTS",
    "BMW": "1 Series, 2 Series, 3 Series, 4 Series, 5 Series, 6 Series, 7 Series, 8 Series, Active Hybrid, i3, i4, "
           "i5, i7, i8, iX, iX1, iX3, M2, M3, M4, M5, M6, M8, X1, X2, X3, X3 M, X4, X4 M, X5, X5 M, X6, X6 M, X7, "
           "XM, Z3, Z4",
    "Bentley": "Arnage, Azure, Bentayga, Continental, Continental Flying Spur, Continental GT, Continental GTC, "
               "Flying Spur, Mulsanne",
    "Buick": "Cascada, Century, Enclave, Encore, Encore GX, Envision, Envista, LaCrosse, LeSabre, Lucerne, "
             "Park Avenue, Rainier, Regal, Regal TourX, Regal Sportback, Rendezvous, Roadmaster, Verano",
    "Cadillac": "ATS, ATS-V, CT4, CT4-V, CT5, CT5-V, CT6, CT6-V, CTS, CTS-V, DeVille, DTS, ELR, Escalade, "
                "Escalade ESV, Escalade EXT, LYRIQ, SRX, STS, XLR, XT4, XT5, XT6, XTS",
    "Chevrolet": "Astro, Avalanche, Aveo, Blazer, Bolt EUV, Bolt EV, C10, Camaro, Caprice, Caprice Classic, "
                 "Captiva, Captiva Sport, Cavalier, Cobalt, Colorado, Corvette, Cruze, D-Max, Equinox, "
                 "Express 1500, Express 2500, Express 3500, Grand Blazer, Grand Vitara, HHR, Impala, LUV, "
                 "LUV D-Max, Malibu, Malibu Limited, Monte Carlo, S-10, Sail, Silverado, Silverado 1500, "
                 "Silverado 1500 LD, Silverado 1500 Limited, Silverado 2500, Silverado 3500, Sonic, Spark, SSR, "
                 "Suburban, Super Carry, Tahoe, Tracker, TrailBlazer, Traverse, Trax, Uplander, Volt",
    "Chrysler": "200, 300, 300C, 300M, Aspen, Crossfire, Pacifica, PT Cruiser, Sebring, Town & Country, Voyager",
    "Citroën": "Berlingo, C-Elysee, C-Zero, C1, C2, C3, C3 Aircross, C3 Picasso, C3 Pluriel, C4, C4 Cactus, "
               "C4 Picasso, C4 SpaceTourer, C5, C5 Aircross, C5 X, C6, C8, DS3, DS4, DS5, Grand C4 Picasso, "
               "Grand C4 SpaceTourer, Jumper, Jumpy, Xsara, Xsara Picasso",
    "Dodge": "Avenger, Caliber, Caravan, Challenger, Charger, Dakota, Dart, Durango, Grand Caravan, Hornet, "
             "Intrepid, Journey, Magnum, Neon, Nitro, Ram 1500, Ram 2500, Ram 3500, Ram 700, Ram Van, "
             "Sprinter 2500, Stratus, Viper",
    "FIAT": "124 Spider, 500, 500C, 500e, 500L, 500X, Doblo, Grande Punto, Panda, Punto, Punto Evo, Tipo",
    "Ferrari": "296 GTB, 360 Modena, 458 Italia, 458 Spider, 488 GTB, 488 Spider, 488 Pista, 599 GTB Fiorano, "
               "812 Superfast, 812 GTS, California, California T, F430, F8 Tributo, F8 Spider, FF, GTC4Lusso, "
               "GTC4Lusso T, LaFerrari, Portofino, Portofino M, Roma, SF90 Stradale",
    "Ford": "B-MAX, Bronco, Bronco Sport, C-MAX, Crown Victoria, E150, E250, E350, E350 Super Duty, EcoSport, Edge, "
            "Escape, Escort, Everest, Excursion, Expedition, Expedition EL, Expedition Max, Explorer, "
            "Explorer Sport Trac, F-100, F-150, F-150 Heritage, F-150 Lightning, F-250, F-350, F-450, Falcon, "
            "Fiesta, Five Hundred, Flex, Focus, Freestyle, Fusion, Galaxy, Grand C-MAX, Grand Tourneo, "
            "Grand Tourneo Connect, GT, Ka, Ka+, Kuga, Maverick, Mondeo, Mustang, Mustang Mach-E, Puma, Ranger, "
            "S-MAX, Shelby GT350, Shelby GT350R, Shelby GT500, Sport Trac, Streetka, Taurus, Taurus X, Territory, "
            "Thunderbird, Tourneo Connect, Tourneo Custom, Transit, Transit Connect, Transit Courier, "
            "Transit Custom, Transit Tourneo, Transit-150, Transit-250, Transit-350, Utility Police Interceptor, "
            "Windstar, ZX2",
    "GMC": "Acadia, Acadia Limited, Canyon, Envoy, HUMMER EV, Jimmy, Savana 1500, Savana 2500, Savana 3500, "
           "Sierra 1500, Sierra 1500 Limited, Sierra 2500, Sierra 3500, Sonoma, Suburban, Terrain, Yukon, Yukon XL",
    "Genesis": "G70, G80, G90, GV60, GV70, GV80",
    "Honda": "Accord, Accord Crosstour, City, Civic, Clarity, CR-V, CR-Z, Crosstour, Element, Fit, HR-V, Insight, "
             "Jazz, Odyssey, Passport, Pilot, Prelude, Prologue, Ridgeline, S2000",
    "Hummer": "H1, H2, H3, H3T",
    "Hyundai": "Accent, Amica, Azera, Creta, Elantra, Elantra GT, Equus, Genesis, Genesis Coupe, Getz, Grand i10, "
               "Grand Santa Fe, H-1, H350, i10, i20, i30, i40, i800, iLoad, iMax, IONIQ, IONIQ 5, IONIQ 6, ix20, "
               "ix35, Kona, Nexo, Palisade, Santa Cruz, Santa Fe, Santa Fe Sport, Santa Fe XL, Sonata, Staria, "
               "Terracan, Tiburon, Tucson, Veloster, Venue, Veracruz",
    "Jaguar": "E-PACE, F-PACE, F-TYPE, I-PACE, S-TYPE, X-TYPE, XE, XF, XJ, XJ6, XJ8, XJR, XK, XK8, XKR",
    "Jeep": "Cherokee, Commander, Compass, Gladiator, Grand Cherokee, Grand Cherokee L, Grand Cherokee 4xe, "
            "Grand Cherokee WK, Grand Wagoneer, Grand Wagoneer L, Liberty, New Compass, Patriot, Renegade, Wagoneer, "
            "Wagoneer L, Wrangler, Wrangler JK, Wrangler JK Unlimited, Wrangler Unlimited, Wrangler 4xe",
    "Kia": "Amanti, Cadenza, Carens, Carnival, Ceed, Cerato, Cerato Forte, Cerato Koup, EV6, EV9, Forte, "
           "Forte Koup, Forte5, Grand Carnival, K2500, K2700, K4, K5, K900, Niro, Optima, Picanto, ProCeed, Rio, "
           "Sedona, Seltos, Sorento, Soul, Soul EV, Spectra, Sportage, Sportage R, Stinger, Stonic, Telluride, "
           "Venga, XCeed",
    "Lamborghini": "Aventador, Aventador S, Aventador SVJ, Gallardo, Huracan, Huracan EVO, Huracan STO, "
                   "Huracan Tecnica, Murcielago, Urus",
    "Land Rover": "Defender, Defender 90, Defender 110, Defender 130, Discovery, Discovery Sport, Freelander, LR2, "
                  "LR3, LR4, Range Rover, Range Rover Evoque, Range Rover Sport, Range Rover Velar",
    "Lincoln": "Aviator, Continental, Corsair, LS, Mark LT, MKC, MKS, MKT, MKX, MKZ, Nautilus, Navigator, "
               "Navigator L, Town Car, Zephyr",
    "Lucid": "Air, Gravity",
    "MINI": "Clubman, Convertible, Cooper, Cooper Clubman, Cooper S, Cooper S Clubman, Countryman, Coupe, Hardtop, "
            "John Cooper Works, One, Paceman, Roadster",
    "Maserati": "Coupe, Ghibli, GranSport, GranTurismo, GranCabrio, Grecale, Levante, MC20, Quattroporte, Spyder",
    "Mazda": "BT-50, CX-3, CX-30, CX-5, CX-50, CX-60, CX-7, CX-8, CX-9, CX-90, Mazda2, Mazda3, Mazda5, Mazda6, "
             "Mazdaspeed3, Mazdaspeed Miata MX-5, MX-30, MX-5, MX-5 Miata, MX-5 Miata RF, Protege, RX-7, RX-8, "
             "Tribute, MPV",
    "Mercedes-Benz": "A-Class, AMG GT, B-Class, C-Class, Citan, CL-Class, CLA, CLA-Class, CLC-Class, CLE, CLK, "
                     "CLK-Class, CLS, CLS-Class, E-Class, EQA, EQB, EQC, EQE, EQS, EQV, G-Class, GL-Class, GLA, "
                     "GLA-Class, GLB, GLB-Class, GLC, GLC-Class, GLE, GLE-Class, GLK-Class, GLS, GLS-Class, "
                     "M-Class, Metris, R-Class, S-Class, SL, SL-Class, SLC, SLK, SLK-Class, SLR McLaren, SLS AMG, "
                     "Sprinter, Sprinter 1500, Sprinter 2500, Sprinter 3500, Sprinter 3500XD, Sprinter 4500, "
                     "T-Class, V-Class, Viano, Vito, X-Class",
    "Mercury": "Capri, Cougar, Grand Marquis, Marauder, Mariner, Milan, Montego, Mountaineer, Sable, Villager",
    "Mitsubishi": "3000GT, ASX, Challenger, Diamante, Eclipse, Eclipse Cross, Eclipse Spyder, Endeavor, Galant, "
                  "L200, Lancer, Lancer Evolution, Lancer Sportback, Mirage, Mirage G4, Montero, Montero IO, "
                  "Montero Sport, Outlander, Outlander Sport, Pajero, Pajero Sport, Raider, Space Star, Triton",
    "Nissan": "240SX, 300ZX, 350Z, 370Z, Altima, Ariya, Armada, Cube, Frontier, GT-R, Juke, Kicks, Leaf, Maxima, "
              "Micra, Murano, Navara, Note, NP300, NV Cargo, NV Passenger, NV200, Pathfinder, Patrol, Pick Up, "
              "Pickup Truck, Pulsar, Qashqai, Quest, Rogue, Rogue Select, Rogue Sport, Sentra, Titan, Titan XD, "
              "Versa, Versa Note, X-Trail, Xterra, Z",
    "Opel": "Adam, Adam Rocks, Agila, Ampera, Antara, Astra, Cascada, Combo, Combo Life, Corsa, Crossland, "
            "Crossland X, Grandland, Grandland X, GTC, Insignia, Karl, Meriva, Mokka, Mokka X, Tigra, Vectra, Viva, "
            "Vivaro, Zafira, Zafira Life, Zafira Tourer",
    "Pontiac": "Aztek, Bonneville, Firebird, G5, G6, G8, Grand Am, Grand Prix, GTO, Montana, Solstice, Sunfire, Vibe",
    "Porsche": "718 Boxster, 718 Cayman, 718 Spyder, 911, 918 Spyder, 928, 944, 968, Boxster, Carrera GT, Cayenne, "
               "Cayenne Coupe, Cayman, Macan, Panamera, Panamera Sport Turismo, Taycan, Taycan Cross Turismo",
    "RAM": "1500, 1500 Classic, 2500, 3500, 4500, 5500, 700, C/V, Dakota, ProMaster 1500, ProMaster 2500, "
           "ProMaster 3500, ProMaster City",
    "Rolls-Royce": "Cullinan, Dawn, Ghost, Phantom, Phantom Coupe, Phantom Drophead Coupe, Silver Seraph, Silver Spur, "
                   "Spectre, Wraith",
    "Saturn": "Astra, Aura, Ion, Outlook, Sky, Vue",
    "Subaru": "Ascent, Baja, BRZ, Crosstrek, Forester, Impreza, Impreza WRX, Legacy, Liberty, Levorg, Outback, "
              "Solterra, Tribeca, WRX, WRX STI, XV, XV Crosstrek",
    "Suzuki": "Alto, Baleno, Grand Vitara, Ignis, Jimny, Kizashi, S-Cross, Super Carry, Swift, SX4, Vitara, "
              "Wagon R, Wagon R+, XL7",
    "Tesla": "Cybertruck, Model 3, Model S, Model X, Model Y, Roadster",
    "Toyota": "4Runner, 86, Auris, Avalon, Avensis, Aygo, bZ4X, C-HR, Camry, Camry Solara, Celica, Corolla, "
              "Corolla Cross, Corolla Hatchback, Corolla iM, Corolla Verso, Crown, Echo, FJ Cruiser, Fortuner, "
              "GR Corolla, GR Supra, GR86, Grand Highlander, GT86, HiAce, Highlander, Hilux, iQ, Kluger, "
              "Land Cruiser, Land Cruiser Prado, Matrix, Mirai, MR2, MR2 Spyder, Prado, Prius, Prius c, "
              "Prius Prime, Prius v, PROACE, PROACE City, PROACE Verso, RAV4, RAV4 Prime, Sequoia, Sienna, Supra, "
              "Tacoma, Tundra, Urban Cruiser, Venza, Verso, Verso-S, Yaris, Yaris Cross, Yaris iA",
    "Volkswagen": "Amarok, Arteon, Atlas, Atlas Cross Sport, Beetle, Caddy, Caddy Life, Caddy Maxi, "
                  "Caddy Maxi Life, California, Caravelle, CC, e-Golf, Eos, Eurovan, Fox, Golf, Golf Alltrack, "
                  "Golf GTI, Golf Plus, Golf R, Golf Sportsvan, Golf SportWagen, Golf SV, Golf Variant, GTI, "
                  "ID. Buzz, ID.3, ID.4, ID.5, ID.7, Jetta, Jetta GLI, Jetta SportWagen, New Beetle, Passat, "
                  "Passat Alltrack, Passat CC, Passat Variant, Polo, Polo Classic, Rabbit, Routan, Scirocco, "
                  "Sharan, Shuttle, T-Cross, T-Roc, Taos, Tiguan, Tiguan Allspace, Tiguan Limited, Touareg, Touran, "
                  "Transporter, Up",
    "Volvo": "850, C30, C40, C70, EX30, EX90, S40, S60, S60 Cross Country, S80, S90, V40, V50, V60, V60 Cross Country, "
             "V70, V90, V90 Cross Country, XC40, XC60, XC70, XC90",
    "smart": "ForTwo, ForFour, #1",
    "Changan": "Alsvin, CS15, CS35, CS35 Plus, CS55, CS55 Plus, CS75, CS75 Plus, CS85, UNI-K, UNI-T",
    "Chery": "Arrizo 3, Arrizo 5, Tiggo 2, Tiggo 2 Pro, Tiggo 3, Tiggo 4, Tiggo 4 Pro, Tiggo 5, Tiggo 5x, Tiggo 7, "
             "Tiggo 7 Pro, Tiggo 8, Tiggo 8 Pro",
    "DongFeng": "Rich 6",
    "Great Wall": "Haval H2, Haval H3, Haval H5, Haval H6, Haval H9, Hover H3, Hover H5, Voleex C30, Wingle 3, "
                  "Wingle 5, Wingle 7",
    "Lexus": "CT 200h, ES 250, ES 300, ES 300h, ES 330, ES 350, GS 250, GS 300, GS 300h, GS 350, GS 400, GS 430, "
             "GS 450h, GS 460, GS F, GX 460, GX 470, GX 550, HS 250h, IS 200, IS 200t, IS 220d, IS 250, IS 250C, "
             "IS 300, IS 300h, IS 350, IS 500, IS F, LC 500, LC 500h, LFA, LM 350h, LS 400, LS 430, LS 460, LS 500, "
             "LS 500h, LS 600h, LX 450, LX 450d, LX 470, LX 500d, LX 570, LX 600, NX 200t, NX 250, NX 300, NX 300h, "
             "NX 350, NX 350h, NX 450h+, RC 200t, RC 300, RC 350, RC F, RX 300, RX 330, RX 350, RX 350h, RX 350L, "
             "RX 400h, RX 450h, RX 450h+, RX 450hL, RX 500h, RZ 450e, SC 300, SC 400, SC 430, TX 350, TX 500h, "
             "UX 200, UX 250h, UX 300e",
    "Mahindra": "Pick Up, XUV500",
    "Peugeot": "206 SW, 207 CC, 207 SW, 307 CC, 307 SW, 308 CC, 308 SW, 407 SW, 508 SW, Expert, Partner, "
               "Partner Tepee, Rifter, Traveller",
    "Renault": "Clio, Grand Espace, Grand Modus, Grand Scenic, Kangoo, Megane, Sandero, Sandero Stepway, Scenic",
    "SEAT": "Alhambra, Altea, Altea XL, Arona, Ateca, Exeo, Ibiza, Leon, Leon ST, Mii, Tarraco, Toledo",
    "Škoda": "Citigo, Enyaq, Fabia, Felicia, Kamiq, Karoq, Kodiaq, Octavia, Rapid, Roomster, Scala, Superb, Yeti, "
             "Yeti Outdoor",
    "Haval": "H1, H2, H6, H6 GT, H9, Jolion",
    "Vauxhall": "Adam, Adam Rocks, Agila, Ampera, Antara, Astra, Cascada, Combo, Combo Life, Corsa, Crossland, "
                "Crossland X, Grandland, Grandland X, GTC, Insignia, Karl, Meriva, Mokka, Mokka X, Tigra, Vectra, "
                "Viva, Vivaro, Zafira, Zafira Life, Zafira Tourer",
}  # fmt: skip

# Makes whose model names are codes: patterns, tried before the names above, after the spellings below.
MODEL_CODES = {
    "Audi": r"RS ?Q?\d Sportback|Q\d e-tron Sportback",
    "BMW": r"ALPINA [BX]+\d|M\d gran coupe|M?\d{3}(?: gran (?:coup[eé]|turismo))?",
    "Lexus": r"[A-Z]{2} \d{3}[a-z]{0,2}",
    "Mercedes-Benz": r"[a-z]{1,3}-class|G 550 4x4 Squared|(?:AMG|Maybach) [a-z]{1,3}(?: \d{2,3}\+?)?"
                     r"|[a-z]{1,3} \d{2,3}\+?|\d{3} [a-z]{1,3}",
    "Polestar": r"(?:Polestar )?\d",
}  # fmt: skip

# What comes before a model's name and is none of it, and the ways to write a code, by make: pattern and replacement.
# A letter after a number is the engine, so that it belongs to the trim: "320d" is a 320, as some sites publish it.
MODEL_SPELLINGS = {
    "BMW": (
        (r"^(\d)(?:er|[ -]?s[eé]ries?)(?: reihe)?\b", "${1} Series"),
        (r"^(?:s[eé]ries?|reihe)[ -]?(\d)\b", "${1} Series"),
        (r"^(M?) ?(\d{3})-?([a-z]{1,3})\b( gran (?:coup[eé]|turismo)\b)?", "${1}${2}${4} ${3}"),
    ),
    "Lexus": ((r"^([a-z]{2})[ -]?(\d{3})", "${1} ${2}"),),
    "Mazda": ((r"^mazda[ -]?([2356])\b|^([2356])\b", "Mazda${1}${2}"),),
    "Mercedes-Benz": (
        (r"^(?:clase|classe|klasse|class)[ -]([a-z]{1,3})\b", "${1}-Class"),
        (r"^([a-z]{1,3})[ -]?(?:klasse|classe|clase|class)\b", "${1}-Class"),
        (r"^(AMG|Maybach) (?:AMG|Maybach)\b", "${1}"),
        (r"^((?:(?:AMG|Maybach) )?[a-z]{1,3})[ -]?(\d{2,3}\+?)([a-z]{1,2}\b)?", "${1} ${2} ${3}"),
        (r"^(\d{3})-?([a-z]{1,3})\b", "${1} ${2}"),
    ),
    "Hyundai": ((r"^gran i", "Grand i"),),
    "Suzuki": ((r"^gran vitara\b", "Grand Vitara"),),
}
NEW_MODEL = r"(?i)^(?:all[ -])?(?:new|nuev[oa]|nouve(?:au|lle))\s+(\S)"
NAMED_NEW = r"(?i)^new (?:beetle|compass|yorker)\b"
# Codes that are written in capitals, "<make>|<model>".
CAPITALS = r"(?i)^(?:BMW\|M?\d{3}|Mercedes-Benz\|(?:AMG )?[a-z]{1,3} \d{2,3}\+?|Lexus\|[a-z]{2})$"

# Part of the model's name wherever it follows one: cars.com's "CR-V Hybrid", "Bolt EV".
POWERTRAIN_SUFFIX = (
    r"Recharge(?: Plug-In Hybrid| Pure Electric)?|Plug-In(?: Hybrid)?|E-Hybrid|Hybrid|Energi|PHEV|HEV|EV"
)
