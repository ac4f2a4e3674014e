"""Makes and their models as people write them: data alone. What is not here is kept as the site publishes it."""

MAKES = (
    "Abarth", "Acura", "Alfa Romeo", "Alpina", "Alpine", "AM General", "Aston Martin", "Audi", "Austin", "BAIC",
    "Bentley", "BMW", "Bugatti", "Buick", "BYD", "Cadillac", "Changan", "Chery", "Chevrolet", "Chrysler", "Citroën",
    "Cupra", "Dacia", "Daewoo", "Daihatsu", "DFSK", "Dodge", "DongFeng", "DS", "Eagle", "FAW", "Ferrari", "FIAT",
    "Fisker", "Ford", "Foton", "FPV", "GAC", "Geely", "Genesis", "Geo", "GMC", "Great Wall", "GWM", "Hanteng", "Haval",
    "Holden", "Honda", "HSV", "Hummer", "Hyundai", "INEOS", "INFINITI", "Isuzu", "Iveco", "JAC", "Jaguar", "Jeep",
    "Jetour", "JMC", "Karma", "Kia", "Koenigsegg", "Lada", "Lamborghini", "Lancia", "Land Rover", "LDV", "Lexus",
    "Lincoln", "Lotus", "Lucid", "Mahindra", "Maserati", "Maybach", "Mazda", "McLaren", "Mercedes-Benz", "Mercury",
    "MG", "MINI", "Mitsubishi", "Morgan", "Nissan", "Oldsmobile", "Opel", "Pagani", "Peugeot", "Plymouth", "Polestar",
    "Pontiac", "Porsche", "Proton", "RAM", "Renault", "Rivian", "Rolls-Royce", "Rover", "Saab", "Saturn", "Scion",
    "SEAT", "Shineray", "Škoda", "smart", "Soueast", "SsangYong", "Subaru", "Suzuki", "Tata", "Tesla", "Toyota", "TVR",
    "Vauxhall", "VinFast", "Volkswagen", "Volvo", "Zotye",
)  # fmt: skip

MAKE_ALIASES = {
    "Alfa": "Alfa Romeo", "Chevy": "Chevrolet", "Citroen": "Citroën", "Landrover": "Land Rover",
    "Mercedes": "Mercedes-Benz", "Merc": "Mercedes-Benz", "Skoda": "Škoda", "VW": "Volkswagen",
}  # fmt: skip

# Models by make. Needed for names of several words, which would else be cut after the first; single words are here
# for their spelling ("sonata", "SONATA"). A hyphen or a space in a name may be either, or nothing.
MODELS = {
    "Acura": "CL, ILX, Integra, MDX, MDX Sport Hybrid, NSX, RDX, RL, RLX, RSX, TL, TLX, TSX, ZDX",
    "Alfa Romeo": "4C, Giulia, Giulietta, MiTo, Stelvio, Tonale",
    "Aston Martin": "DB7, DB9, DB11, DB12, DBS, DBX, Rapide, Vanquish, Vantage, V8 Vantage, V12 Vantage",
    "Audi": "A1, A3, A4, A5, A6, A7, A8, A4 allroad, A6 allroad, allroad, e-tron, e-tron GT, Q2, Q3, Q4 e-tron, Q5, "
            "Q7, Q8, Q8 e-tron, R8, S1, S3, S4, S5, S6, S7, S8, SQ2, SQ5, SQ7, SQ8, TT, TTS",
    "BMW": "i3, i4, i5, i7, i8, iX, iX1, iX3, M2, M3, M4, M5, M6, M8, X1, X2, X3, X4, X5, X6, X7, XM, Z3, Z4",
    "Bentley": "Arnage, Azure, Bentayga, Continental, Continental Flying Spur, Continental GT, Continental GTC, "
               "Flying Spur, Mulsanne",
    "Buick": "Cascada, Century, Enclave, Encore, Encore GX, Envision, Envista, LaCrosse, LeSabre, Lucerne, "
             "Park Avenue, Rainier, Regal, Regal TourX, Regal Sportback, Rendezvous, Roadmaster, Verano",
    "Cadillac": "ATS, ATS-V, CT4, CT4-V, CT5, CT5-V, CT6, CT6-V, CTS, CTS-V, DeVille, DTS, ELR, Escalade, "
                "Escalade ESV, Escalade EXT, LYRIQ, SRX, STS, XLR, XT4, XT5, XT6, XTS",
    "Chevrolet": "Astro, Avalanche, Aveo, Blazer, Bolt EUV, Bolt EV, Camaro, Caprice, Caprice Classic, Captiva, "
                 "Captiva Sport, Cavalier, Cobalt, Colorado, Corvette, Cruze, Equinox, Express 1500, Express 2500, "
                 "Express 3500, HHR, Impala, LUV, LUV D-Max, Malibu, Malibu Limited, Monte Carlo, S-10, Sail, "
                 "Silverado 1500, Silverado 1500 Limited, Silverado 1500 LD, Silverado 2500, Silverado 3500, Sonic, "
                 "Spark, SSR, Suburban, Tahoe, Tracker, TrailBlazer, Traverse, Trax, Uplander, Volt, Grand Vitara",
    "Chrysler": "200, 300, 300C, 300M, Aspen, Crossfire, Pacifica, PT Cruiser, Sebring, Town & Country, Voyager",
    "Citroën": "Berlingo, C1, C3, C3 Aircross, C3 Picasso, C4, C4 Cactus, C4 Picasso, C4 SpaceTourer, C5, "
               "C5 Aircross, C5 X, Grand C4 Picasso, Grand C4 SpaceTourer",
    "Dodge": "Avenger, Caliber, Caravan, Challenger, Charger, Dakota, Dart, Durango, Grand Caravan, Hornet, Intrepid, "
             "Journey, Magnum, Neon, Nitro, Ram 1500, Ram 2500, Ram 3500, Ram Van, Sprinter 2500, Stratus, Viper",
    "FIAT": "124 Spider, 500, 500C, 500e, 500L, 500X, Doblo, Panda, Punto, Grande Punto, Tipo",
    "Ferrari": "296 GTB, 360 Modena, 458 Italia, 458 Spider, 488 GTB, 488 Spider, 488 Pista, 599 GTB Fiorano, "
               "812 Superfast, 812 GTS, California, California T, F430, F8 Tributo, F8 Spider, FF, GTC4Lusso, "
               "GTC4Lusso T, LaFerrari, Portofino, Portofino M, Roma, SF90 Stradale",
    "Ford": "B-MAX, Bronco, Bronco Sport, C-MAX, Crown Victoria, E150, E250, E350, E350 Super Duty, EcoSport, Edge, "
            "Escape, Everest, Excursion, Expedition, Expedition EL, Expedition Max, Explorer, Explorer Sport Trac, "
            "F-150, F-150 Heritage, F-150 Lightning, F-250, F-350, F-450, Falcon, Fiesta, Five Hundred, Flex, Focus, "
            "Freestyle, Fusion, Galaxy, Grand C-MAX, Grand Tourneo Connect, GT, Ka, Ka+, Kuga, Maverick, Mondeo, "
            "Mustang, Mustang Mach-E, Puma, Ranger, S-MAX, Shelby GT350, Shelby GT350R, Shelby GT500, Streetka, "
            "Taurus, Taurus X, Territory, Thunderbird, Tourneo Connect, Tourneo Custom, Transit, Transit Connect, "
            "Transit Custom, Transit-150, Transit-250, Transit-350, Utility Police Interceptor, Windstar, ZX2",
    "GMC": "Acadia, Acadia Limited, Canyon, Envoy, HUMMER EV, Jimmy, Savana 1500, Savana 2500, Savana 3500, "
           "Sierra 1500, Sierra 1500 Limited, Sierra 2500, Sierra 3500, Sonoma, Suburban, Terrain, Yukon, Yukon XL",
    "Genesis": "G70, G80, G90, GV60, GV70, GV80",
    "Honda": "Accord, Accord Crosstour, City, Civic, Clarity, CR-V, CR-Z, Crosstour, Element, Fit, HR-V, Insight, "
             "Jazz, Odyssey, Passport, Pilot, Prelude, Prologue, Ridgeline, S2000",
    "Hummer": "H1, H2, H3, H3T",
    "Hyundai": "Accent, Azera, Creta, Elantra, Elantra GT, Elantra N, Equus, Genesis, Genesis Coupe, Getz, iLoad, "
               "iMax, i10, i20, i30, i40, IONIQ, IONIQ 5, IONIQ 6, Kona, Kona N, ix20, ix35, Nexo, Palisade, "
               "Santa Cruz, Santa Fe, Santa Fe Sport, Santa Fe XL, Sonata, Staria, Terracan, Tiburon, Tucson, "
               "Grand Santa Fe, Veloster, Veloster N, Venue, Veracruz",
    "Jaguar": "E-PACE, F-PACE, F-TYPE, I-PACE, S-TYPE, X-TYPE, XE, XF, XJ, XJ6, XJ8, XJR, XK, XK8, XKR",
    "Jeep": "Cherokee, Commander, Compass, Gladiator, Grand Cherokee, Grand Cherokee L, Grand Cherokee 4xe, "
            "Grand Cherokee WK, Grand Wagoneer, Grand Wagoneer L, Liberty, New Compass, Patriot, Renegade, Wagoneer, "
            "Wagoneer L, Wrangler, Wrangler JK, Wrangler JK Unlimited, Wrangler Unlimited, Wrangler 4xe",
    "Kia": "Amanti, Cadenza, Carens, Carnival, Ceed, Cerato, EV6, EV9, Forte, Forte Koup, Forte5, K4, K5, K900, Niro, "
           "Optima, Picanto, ProCeed, Rio, Sedona, Seltos, Sorento, Soul, Soul EV, Spectra, Sportage, Sportage R, "
           "Stinger, Stonic, Telluride, Venga",
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
    "Mercedes-Benz": "A-Class, AMG GT, B-Class, C-Class, CL-Class, CLA, CLA-Class, CLE, CLK-Class, CLS, CLS-Class, "
                     "E-Class, EQA, EQB, EQC, EQE, EQS, EQV, G-Class, GL-Class, GLA, GLA-Class, GLB, GLC, GLC-Class, "
                     "GLE, GLE-Class, GLK-Class, GLS, GLS-Class, M-Class, R-Class, S-Class, SL, SL-Class, SLC, "
                     "SLK-Class, V-Class, X-Class, Metris, SLS AMG, SLR McLaren, Sprinter, Sprinter 1500, "
                     "Sprinter 2500, Sprinter 3500, Sprinter 3500XD, Sprinter 4500, Citan, Vito, Viano",
    "Mercury": "Capri, Cougar, Grand Marquis, Marauder, Mariner, Milan, Montego, Mountaineer, Sable, Villager",
    "Mitsubishi": "3000GT, ASX, Challenger, Diamante, Eclipse, Eclipse Cross, Eclipse Spyder, Endeavor, Galant, "
                  "Lancer, Lancer Evolution, Lancer Sportback, Mirage, Mirage G4, Montero, Montero Sport, Outlander, "
                  "Outlander Sport, Pajero, Pajero Sport, Raider, Triton",
    "Nissan": "240SX, 300ZX, 350Z, 370Z, Altima, Ariya, Armada, Cube, Frontier, GT-R, Juke, Kicks, Leaf, Maxima, "
              "Micra, Murano, Navara, Note, NV Passenger, NV Cargo, NV200, Pathfinder, Patrol, Pickup Truck, Pulsar, "
              "Qashqai, Quest, Rogue, Rogue Select, Rogue Sport, Sentra, Titan, Titan XD, Versa, Versa Note, X-Trail, "
              "Xterra, Z",
    "Opel": "Adam, Agila, Antara, Astra, Corsa, Crossland, Crossland X, Grandland, Grandland X, Insignia, Karl, "
            "Meriva, Mokka, Mokka X, Vectra, Zafira, Zafira Tourer",
    "Pontiac": "Aztek, Bonneville, Firebird, G5, G6, G8, Grand Am, Grand Prix, GTO, Montana, Solstice, Sunfire, Vibe",
    "Porsche": "718 Boxster, 718 Cayman, 718 Spyder, 911, 918 Spyder, 928, 944, 968, Boxster, Carrera GT, Cayenne, "
               "Cayenne Coupe, Cayman, Macan, Panamera, Panamera Sport Turismo, Taycan, Taycan Cross Turismo",
    "RAM": "1500, 1500 Classic, 2500, 3500, 4500, 5500, C/V, Dakota, ProMaster 1500, ProMaster 2500, ProMaster 3500, "
           "ProMaster City",
    "Rolls-Royce": "Cullinan, Dawn, Ghost, Phantom, Phantom Coupe, Phantom Drophead Coupe, Silver Seraph, Silver Spur, "
                   "Spectre, Wraith",
    "Saturn": "Astra, Aura, Ion, Outlook, Sky, Vue",
    "Subaru": "Ascent, Baja, BRZ, Crosstrek, Forester, Impreza, Impreza WRX, Legacy, Liberty, Levorg, Outback, "
              "Solterra, Tribeca, WRX, WRX STI, XV, XV Crosstrek",
    "Suzuki": "Alto, Baleno, Grand Vitara, Ignis, Jimny, Kizashi, S-Cross, Swift, SX4, Vitara, XL7",
    "Tesla": "Cybertruck, Model 3, Model S, Model X, Model Y, Roadster",
    "Toyota": "4Runner, 86, Avalon, Aygo, bZ4X, C-HR, Camry, Camry Solara, Celica, Corolla, Corolla Cross, "
              "Corolla Hatchback, Corolla iM, Crown, Echo, FJ Cruiser, Fortuner, GR Corolla, GR86, GR Supra, "
              "Grand Highlander, Highlander, Hilux, HiAce, Kluger, Land Cruiser, Land Cruiser Prado, "
              "Matrix, Mirai, MR2, MR2 Spyder, Prius, Prius c, Prius Prime, Prius v, RAV4, RAV4 Prime, Sequoia, "
              "Sienna, Supra, Tacoma, Tundra, Venza, Verso, Yaris, Yaris Cross, Yaris iA",
    "Volkswagen": "Amarok, Arteon, Atlas, Atlas Cross Sport, Beetle, Caddy, Caddy Maxi, California, Caravelle, CC, "
                  "e-Golf, Eos, Eurovan, Fox, Golf, Golf Alltrack, Golf GTI, Golf Plus, Golf R, Golf SportWagen, "
                  "Golf SV, GTI, ID.3, ID.4, ID.5, ID.7, ID. Buzz, Jetta, Jetta GLI, Jetta SportWagen, New Beetle, "
                  "Passat, Passat CC, Polo, Rabbit, Routan, Scirocco, Sharan, Shuttle, T-Cross, T-Roc, Taos, Tiguan, "
                  "Tiguan Allspace, Tiguan Limited, Touareg, Touran, Transporter, Up",
    "Volvo": "850, C30, C40, C70, EX30, EX90, S40, S60, S60 Cross Country, S80, S90, V40, V50, V60, V60 Cross Country, "
             "V70, V90, V90 Cross Country, XC40, XC60, XC70, XC90",
    "smart": "ForTwo, ForFour, #1",
}  # fmt: skip

# Makes whose model names are codes: patterns, tried before the names above.
MODEL_CODES = {
    "Audi": r"RS ?Q?\d(?: Sportback)?|TT RS|RS e-tron GT|Q\d e-tron(?: Sportback)?",
    "BMW": r"[1-8] series|ALPINA [BX]+\d|X\d M|M\d gran coupe|[a-z]{0,2}\d{3}[a-z]{0,2}(?: gran (?:coup[eé]|turismo))?",
    "Lexus": r"(?:CT|ES|GS|GX|HS|IS|LC|LM|LS|LX|NX|RC|RX|RZ|SC|TX|UX)(?: ?\d{3}[a-z]{0,2}|[ -]F)",
    "Mercedes-Benz": r"(?:AMG )?[a-z]{1,3}[ -](?:class|klasse|classe)|G 550 4x4 Squared|(?:AMG|Maybach) [a-z]{1,3}"
                     r"(?: \d{2,3}[a-z+]?)?|(?:EQ)?[a-z]{1,3}[ -]?\d{2,3}[a-z]?\+?",
    "Polestar": r"(?:Polestar )?\d",
}  # fmt: skip

# Part of the model's name wherever it follows one: cars.com's "CR-V Hybrid", "Bolt EV".
POWERTRAIN_SUFFIX = (
    r"Recharge(?: Plug-In Hybrid| Pure Electric)?|Plug-In(?: Hybrid)?|E-Hybrid|Hybrid|Energi|PHEV|HEV|EV"
)
