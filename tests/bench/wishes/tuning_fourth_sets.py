"""The data sets that the paragraphs of `tuning_fourth.toml` speak of: five tables, one folder of pictures.

Each function fills an empty folder; the target of each follows from its features, with some noise.
"""

from pathlib import Path

import numpy as np

from tests.bench.wishes.making import days, likely, numbers, picture, some_missing, thirds, words, write_table

ROSE, AMBER, PALE = (210, 70, 120), (220, 160, 40), (180, 180, 190)


def pigeons(folder: Path, seed: int) -> None:
    """Homing pigeons racing, Names With Blanks: Came Home Y/N, Mood in three words, Speed; -1 in Head Wind."""
    draw = np.random.default_rng(seed)
    n = 360
    age, wind = draw.integers(1, 9, n), numbers(draw, 14, 6, n, 0)
    far, weight = numbers(draw, 310, 110, n, 0), numbers(draw, 440, 35, n, 0)
    weight = (weight + 6 * age).astype(int)
    moods = thirds(draw, 0.2 * wind - 0.8 * age + 0.01 * (weight - 440), ["calm", "edgy", "fierce"])
    home = likely(draw, 0.5 * age - 0.006 * far - 0.08 * wind, 0.66)
    lost = days("2021-03-09", n, 4)
    columns = {
        "Ring No": np.arange(5011, 5011 + n),
        "Loft": words(draw, ["Mill Lane", "Gasworks", "Heath", "Canal Side", "Vicarage", "Quarry Top"], n),
        "Race Day": days("2021-03-01", n, 4),
        "Handler": words(draw, ["Doris", "Hamid", "Jules", "Petra"], n),
        "Strain": words(draw, ["Janssen", "Delbar", "Busschaert"], n),
        "Age": age,
        "Distance km": np.maximum(60, far),
        "Head Wind": some_missing(draw, wind, -1, 0.1),
        "Weight g": weight,
        "Supper g": numbers(draw, 38, 7, n),
        "Speed": np.maximum(400, 1320 - 14 * wind - 0.4 * far + 9 * age + draw.normal(0, 60, n)).round(1),
        "Reported Lost": [None if back else day for back, day in zip(home, lost, strict=True)],
        "Mood": moods,
        "Came Home": ["Y" if back else "N" for back in home],
    }
    write_table(folder / "pigeons.csv", columns)


def falls(folder: Path, seed: int) -> None:
    """Stays on hospital wards, German CAPITALS, semicolons and decimal commas: STURZ 0/1, ENTL_NACH, LIEGETAGE."""
    draw = np.random.default_rng(seed)
    n = 380
    age = np.clip(numbers(draw, 71, 13, n, 0), 19, 99)
    drugs = np.clip(numbers(draw, 6, 3, n, 0), 0, 18)
    barthel = np.clip(((125 - 0.7 * age - 1.5 * drugs + draw.normal(0, 9, n)) / 5).round() * 5, 0, 100).astype(int)
    risk = 0.04 * age + 0.15 * drugs - 0.03 * barthel
    fell = likely(draw, risk, 0.22)
    stay = np.maximum(1, 6.5 + 0.08 * age + 0.5 * drugs - 0.04 * barthel + draw.normal(0, 2, n)).round().astype(int)
    columns = {
        "FALLNR": np.arange(880101, 880101 + n),
        "STATION": words(draw, ["Chirurgie", "Innere", "Neurologie", "Geriatrie"], n),
        "ZIMMER": draw.integers(101, 131, n),
        "AUFN_DAT": days("2022-01-03", n, 2, "%d.%m.%Y"),
        "SCHICHT": words(draw, ["Früh", "Spät", "Nacht"], n),
        "ALTER": age,
        "GESCHL": words(draw, ["m", "w"], n),
        "PFLEGEGRAD": some_missing(draw, np.clip((risk - risk.min()) * 1.6, 0, 5).astype(int), "k.A.", 0.1),
        "MEDIK_ANZ": drugs,
        "HB": numbers(draw, 12.6, 1.7, n),
        "RR_SYST": some_missing(draw, numbers(draw, 134, 17, n, 0), 999, 0.08),
        "BARTHEL": barthel,
        "LIEGETAGE": stay,
        "STURZPROT": [f"P{i:03d}" if down else None for i, down in enumerate(fell)],
        "ENTL_NACH": thirds(draw, risk, ["Hause", "Reha", "Heim"]),
        "STURZ": [1 if down else 0 for down in fell],
    }
    write_table(folder / "pflege.csv", columns, separator=";", comma=True)


def cheeses(folder: Path, seed: int) -> None:
    """Cheeses ripening, in French without accents, names with dots: defaut in four words, note.jury, prix.vente."""
    draw = np.random.default_rng(seed)
    n = 340
    acid, salt, damp = numbers(draw, 5.2, 0.25, n, 2), numbers(draw, 1.7, 0.35, n, 2), numbers(draw, 91, 3.5, n)
    ripe = np.clip(numbers(draw, 120, 55, n, 0), 21, 400)
    milk = words(draw, ["cru", "thermisé", "pasteurisé"], n)
    raw = np.array([("pasteurisé", "thermisé", "cru").index(m) for m in milk])
    mark = np.clip(11 + 1.4 * raw + 0.015 * ripe - 6 * abs(acid - 5.2) + draw.normal(0, 1.3, n), 0, 20).round(1)
    trouble = 5 * (acid - 5.2) + 0.15 * (damp - 91) - 0.8 * (salt - 1.7)
    fault = thirds(draw, trouble, ["aucun", "amer", "gonflé", "moisi"])
    columns = {
        "lot": [f"L{2000 + i}" for i in range(n)],
        "cave": words(draw, ["Nord", "Sud", "Tunnel", "Chapelle"], n),
        "date.fabrication": days("2021-01-04", n, 4),
        "fromager": words(draw, ["Aubert", "Colin", "Maret", "Tissot"], n),
        "ferme": [f"ferme {i}" for i in draw.integers(1, 25, n)],
        "lait": milk,
        "ph": acid,
        "sel.pct": salt,
        "humidite.pct": some_missing(draw, damp, "-", 0.08),
        "temp.cave": numbers(draw, 10.5, 1.4, n),
        "jours.affinage": ripe,
        "rebut": ["oui" if f != "aucun" and draw.random() < 0.6 else "non" for f in fault],
        "prix.vente": np.maximum(6, 9 + 0.03 * ripe + 0.5 * mark + draw.normal(0, 1.5, n)).round(2),
        "note.jury": mark,
        "defaut": fault,
    }
    write_table(folder / "affinage.csv", columns, separator=";", comma=True)


def catches(folder: Path, seed: int) -> None:
    """Fish landed, Spanish NamesInOne, a file for 2022 and one for 2023: Rechazado sí/no, Especie, PrecioKg."""
    draw = np.random.default_rng(seed)
    kinds = ["jurel", "caballa", "merluza", "rape"]
    for year, n in ((2022, 220), (2023, 160)):
        hours, swell, warm = numbers(draw, 30, 12, n), numbers(draw, 1.8, 0.7, n), numbers(draw, 15.5, 2.2, n)
        hours = np.maximum(3, hours)
        deep = np.maximum(10, numbers(draw, 160, 70, n, 0))
        fish = thirds(draw, deep, kinds)
        rank = np.array([kinds.index(f) for f in fish])
        spoiled = likely(draw, 0.05 * hours + 0.3 * warm, 0.24)
        columns = {
            "Marea": [f"M{year % 100}-{i + 1:04d}" for i in range(n)],
            "Barco": words(draw, ["Nueva Elisa", "Siempre Juntos", "Rocío", "Monte Faro", "Virgen del Mar", "Illa"], n),
            "FechaDesembarco": days(f"{year}-01-04", n, 2 if year == 2023 else 1),
            "Puerto": words(draw, ["Burela", "Cariño", "Celeiro", "Muros"], n),
            "Patron": words(draw, ["Lago", "Otero", "Piñeiro", "Seoane"], n),
            "Arte": words(draw, ["arrastre", "cerco", "palangre", "nasas"], n),
            "HorasMar": hours,
            "Prof": deep,
            "Oleaje": swell,
            "TempAgua": some_missing(draw, warm, "s.m.", 0.09),
            "Especie": fish,
            "Kilos": np.maximum(20, 90 + 24 * hours - 110 * swell + draw.normal(0, 90, n)).round().astype(int),
            "PrecioKg": np.maximum(0.5, 1.6 + 1.9 * rank + 0.4 * swell + draw.normal(0, 0.5, n)).round(2),
            "MotivoRechazo": [draw.choice(["olor", "temperatura", "talla"]) if bad else None for bad in spoiled],
            "Rechazado": ["sí" if bad else "no" for bad in spoiled],
        }
        write_table(folder / f"capturas_{year}.csv", columns)


def lifts(folder: Path, seed: int) -> None:
    """Lifts without a header: number, building, five measures (-99 in the seventh), maker, days, state."""
    draw = np.random.default_rng(seed)
    n = 300
    age, trips = draw.integers(1, 46, n), numbers(draw, 210, 80, n, 0)
    shake = np.maximum(0.1, 0.6 + 0.05 * age + 0.002 * trips + draw.normal(0, 0.3, n)).round(2)
    door = np.maximum(1.5, 2.6 + 0.03 * age + draw.normal(0, 0.4, n)).round(2)
    heat = (38 + 4 * shake + 0.03 * trips + draw.normal(0, 3, n)).round(1)
    worn = shake + 0.5 * door + 0.03 * heat
    columns = {
        "number": np.arange(1, n + 1),
        "building": words(draw, ["courthouse", "hospital", "library", "station", "townhall"], n),
        "age": age,
        "trips": trips,
        "vibration": shake,
        "door": door,
        "heat": some_missing(draw, heat, -99, 0.09),
        "maker": words(draw, ["Orlan", "Brisk", "Teodor"], n),
        "days": np.maximum(1, 260 - 38 * worn + draw.normal(0, 14, n)).round().astype(int),
        "state": thirds(draw, worn, ["fine", "watch", "stop"]),
    }
    write_table(folder / "lifts.data", columns, header=False)


def pollen(folder: Path, seed: int) -> None:
    """Pollen grains under the microscope in one folder, and grains.csv beside it: plant, stain, focus, station."""
    draw = np.random.default_rng(seed)
    plants = {"birch": "triangle", "hazel": "ring", "grass": "disc", "ragweed": "cross"}
    tints = {"fuchsin": ROSE, "safranin": AMBER}
    rows: dict[str, list[object]] = {name: [] for name in ("image", "station", "year", "stain", "focus", "plant")}
    for i in range(132):
        plant = list(plants)[i % 4]
        stain = words(draw, list(tints), 1)[0]
        focus = words(draw, ["sharp", "sharp", "soft"], 1)[0]
        name = f"grain_{i:04d}.png"
        picture(folder / "slides" / name, plants[plant], draw, PALE if focus == "soft" else tints[stain])
        station = words(draw, ["roof", "valley", "harbour", "school", "airfield"], 1)[0]
        values = (name, station, int(draw.integers(2019, 2023)), stain, focus, plant)
        for column, value in zip(rows.values(), values, strict=True):
            column.append(value)
    write_table(folder / "grains.csv", rows)


SETS = {"pigeons": pigeons, "falls": falls, "cheeses": cheeses, "catches": catches, "lifts": lifts, "pollen": pollen}
