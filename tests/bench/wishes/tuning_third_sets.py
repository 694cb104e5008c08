"""The data sets that the paragraphs of `tuning_third.toml` speak of: five tables, one folder of pictures.

Each function fills an empty folder; the target of each follows from its features, with some noise.
"""

from pathlib import Path

import numpy as np

from tests.bench.wishes.making import days, likely, numbers, picture, some_missing, thirds, words, write_table

OCHRE, COBALT, GREEN, WHITE = (200, 150, 50), (50, 80, 190), (70, 150, 90), (220, 220, 210)


def stars(folder: Path, seed: int) -> None:
    """Variable stars, several of a field: isPulsating yes/no and varType; Vmag, Ampl, Per, SNR are abbreviated."""
    draw = np.random.default_rng(seed)
    n = 400
    ampl, snr, magnitude = numbers(draw, 1.1, 0.6, n, 2), numbers(draw, 24, 9, n), numbers(draw, 11.5, 1.6, n, 2)
    period = np.exp(draw.normal(1.2, 1.6, n) + 0.8 * ampl).round(3)
    pulsating = likely(draw, 1.2 * ampl + 0.5 * np.log(period + 0.1) - 0.1 * magnitude, 0.35)
    kind = thirds(draw, np.log(period + 0.1) + 0.5 * ampl, ["EW", "RRc", "RRab", "Mira"])
    notes = words(draw, ["confirmed", "withdrawn", "see appendix"], n)
    columns = {
        "starId": [f"V{4000 + i}" for i in range(n)],
        "obsDate": days("2022-02-01", n, 3),
        "field": [f"F{f + 1:02d}" for f in draw.integers(0, 25, n)],
        "observer": words(draw, ["Hale", "Moravec", "Ito", "Ferreira"], n),
        "filterBand": words(draw, ["B", "V", "R", "I"], n),
        "Vmag": magnitude,
        "Ampl": ampl,
        "Per": period,
        "SNR": snr,
        "seeing": some_missing(draw, numbers(draw, 2.4, 0.6, n), 99),
        "catalogueNote": [note if yes else None for note, yes in zip(notes, pulsating, strict=True)],
        "varType": kind,
        "isPulsating": ["yes" if yes else "no" for yes in pulsating],
    }
    write_table(folder / "variable_stars.csv", columns)


def bells(folder: Path, seed: int) -> None:
    """Church bells, in German, semicolons and decimal commas: Riss ja/nein, Zustand in three words."""
    draw = np.random.default_rng(seed)
    n = 300
    towers = [
        "St. Anna",
        "St. Veit",
        "Dom",
        "Kreuzkirche",
        "Petri",
        "Marien",
        "Johannis",
        "Spital",
        "Ägidien",
        "Nikolai",
    ]
    across = numbers(draw, 105, 28, n)
    across = np.maximum(30, across)
    weight = (0.00062 * across**3 * (1 + draw.normal(0, 0.06, n))).round(0)
    year = draw.integers(1480, 2016, n)
    metal = words(draw, ["Bronze", "Bronze", "Stahl", "Eisenhartguss"], n)
    ring = np.maximum(
        8, 12 + 0.55 * across - np.array([0 if m == "Bronze" else 22 for m in metal]) + draw.normal(0, 7, n)
    ).round(1)
    strokes = numbers(draw, 58, 7, n, 0)
    wear = (2020 - year) / 120 + 0.05 * strokes + draw.normal(0, 0.6, n)
    cracked = likely(draw, wear - ring / 40, 0.25)
    columns = {
        "Glocken-Nr": np.arange(301, 301 + n),
        "Turm": words(draw, towers, n),
        "Prüfdatum": days("2020-03-02", n, 5, "%d.%m.%Y"),
        "Gussjahr": year,
        "Gießer": some_missing(draw, words(draw, ["Schilling", "Grüninger", "Bachert", "Otto"], n), "unbek.", 0.12),
        "Werkstoff": metal,
        "Dm": across,
        "Gew": weight,
        "AnschlZ": strokes,
        "Nachklang": ring,
        "Zustand": thirds(draw, -wear, ["schlecht", "mittel", "gut"]),
        "Sanierungskosten": [
            round(float(c), 2) if bad else 0 for c, bad in zip(draw.normal(18000, 4000, n), cracked, strict=True)
        ],
        "Riss": ["ja" if bad else "nein" for bad in cracked],
    }
    write_table(folder / "glocken.csv", columns, separator=";", comma=True)


def sherds(folder: Path, seed: int) -> None:
    """Sherds of pots dug out, in French, names with blanks: époque in four words, tourné oui/non, diamètre cm."""
    draw = np.random.default_rng(seed)
    n = 330
    ages = ["néolithique", "bronze", "fer", "gallo-romaine"]
    thick, weight = numbers(draw, 8.5, 2.2, n), numbers(draw, 46, 18, n)
    paste = words(draw, ["fine", "mi-fine", "grossière"], n)
    coarse = np.array([("fine", "mi-fine", "grossière").index(p) for p in paste])
    late = -0.4 * thick - 0.9 * coarse + draw.normal(0, 0.7, n)
    age = thirds(draw, late, ages)
    rank = np.array([ages.index(a) for a in age])
    columns = {
        "n° inv.": [f"T-{i:04d}" for i in range(1, n + 1)],
        "chantier": words(draw, ["Les Mauves", "La Chaume", "Puy-Haut", "Vieux-Port", "Bel-Air"], n),
        "date de fouille": days("2019-05-06", n, 4, "%d/%m/%Y"),
        "couche": [f"US{100 + u}" for u in draw.integers(0, 30, n)],
        "fouilleur": words(draw, ["Garnier", "Lebrun", "Nadal", "Petit"], n),
        "pâte": paste,
        "décor": some_missing(draw, words(draw, ["aucun", "peint", "incisé", "estampé"], n), "n.d.", 0.1),
        "épaisseur mm": thick,
        "poids g": weight,
        "diamètre cm": np.maximum(4, 6 + 1.7 * thick + 0.08 * weight + draw.normal(0, 2, n)).round(1),
        "datation C14": (np.array([-4200, -1500, -500, 100])[rank] + draw.normal(0, 90, n)).round().astype(int),
        "tourné": ["oui" if t else "non" for t in likely(draw, late, 0.4)],
        "époque": age,
    }
    write_table(folder / "tessons.csv", columns)


def bridges(folder: Path, seed: int) -> None:
    """Bridges inspected, in Spanish, a file for the north and one for the south: necesita_obra sí/no, nota_estado."""
    draw = np.random.default_rng(seed)
    for name, places, start, n in (
        ("puentes_norte.csv", ["Lugo", "Burgos", "Huesca"], "2021-01-11", 240),
        ("puentes_sur.csv", ["Jaén", "Cádiz", "Murcia"], "2021-02-08", 130),
    ):
        year, span, traffic = draw.integers(1890, 2018, n), numbers(draw, 34, 13, n), numbers(draw, 5200, 2100, n, 0)
        damp = np.clip(numbers(draw, 58, 15, n, 0), 5, 99)
        mark = np.clip(
            62 + 0.3 * (year - 1955) - 0.0025 * (traffic - 5200) - 0.25 * (damp - 58) + draw.normal(0, 7, n), 0, 100
        ).round(1)
        works = likely(draw, -mark, 0.3)
        columns = {
            "id_puente": [f"{name[8].upper()}{i + 1:04d}" for i in range(n)],
            "provincia": words(draw, places, n),
            "fecha_inspeccion": days(start, n, 5),
            "inspector": some_missing(draw, words(draw, ["Aranda", "Bosch", "Cuesta", "Domenech"], n), "s/d", 0.08),
            "material": words(draw, ["hormigón", "acero", "piedra", "madera"], n),
            "anio_construccion": year,
            "luz_m": span,
            "vanos": np.clip((span / 14).round(), 1, 6).astype(int),
            "trafico_diario": some_missing(draw, traffic, 99999),
            "humedad": damp,
            "nota_estado": mark,
            "orden_de_cierre": ["sí" if w and draw.random() < 0.7 else "no" for w in works],
            "necesita_obra": ["sí" if w else "no" for w in works],
        }
        write_table(folder / name, columns)


def songs(folder: Path, seed: int) -> None:
    """Bird songs without a header: recording, place, seven measures (? in the eighth column), species."""
    draw = np.random.default_rng(seed)
    n = 280
    kinds = ["wren", "robin", "dunnock", "blackcap"]
    species = draw.integers(0, 4, n)
    low = (1.8 + 0.35 * species + draw.normal(0, 0.25, n)).round(2)
    columns = {
        "recording": np.arange(7001, 7001 + n),
        "place": words(draw, ["marsh", "orchard", "quarry", "churchyard"], n),
        "low": low,
        "high": (low + 3.4 - 0.3 * species + draw.normal(0, 0.3, n)).round(2),
        "duration": np.maximum(0.4, 5.2 - 0.8 * species + draw.normal(0, 0.7, n)).round(2),
        "syllables": np.maximum(2, 48 - 9 * species + draw.normal(0, 6, n)).round().astype(int),
        "pause": numbers(draw, 0.4, 0.12, n, 2),
        "entropy": some_missing(draw, (3.1 - 0.2 * species + draw.normal(0, 0.3, n)).round(2), "?", 0.1),
        "loudness": numbers(draw, 61, 6, n),
        "species": [kinds[s] for s in species],
    }
    write_table(folder / "songs.data", columns, header=False)


def tiles(folder: Path, seed: int) -> None:
    """Photos of old wall tiles in one folder, and labels.csv beside it: motif, technique, church."""
    draw = np.random.default_rng(seed)
    motifs = {"star": "triangle", "flower": "disc", "ship": "stripes", "knot": "cross"}
    tints = {"majolica": COBALT, "cuerda seca": OCHRE, "relief": GREEN}
    churches = ["San Roque", "Santa Clara", "La Merced", "San Telmo", "El Carmen", "San Blas"]
    rows: dict[str, list[object]] = {
        name: [] for name in ("file", "church", "century", "technique", "condition", "motif")
    }
    for i in range(128):
        motif = list(motifs)[i % 4]
        technique = words(draw, list(tints), 1)[0]
        condition = words(draw, ["intact", "chipped", "cracked"], 1)[0]
        tint = WHITE if condition == "cracked" else tints[technique]
        name = f"tile_{i:04d}.png"
        picture(folder / "photos" / name, motifs[motif], draw, tint)
        values = (name, words(draw, churches, 1)[0], int(draw.integers(16, 19)), technique, condition, motif)
        for column, value in zip(rows.values(), values, strict=True):
            column.append(value)
    write_table(folder / "labels.csv", rows)


SETS = {"stars": stars, "bells": bells, "sherds": sherds, "bridges": bridges, "songs": songs, "tiles": tiles}
