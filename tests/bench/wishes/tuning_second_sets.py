"""The data sets that the paragraphs of `tuning_second.toml` speak of: five tables, one folder of pictures.

Each function fills an empty folder; the target of each follows from its features, with some noise.
"""

from pathlib import Path

import numpy as np

from tests.bench.wishes.making import days, likely, numbers, picture, some_missing, thirds, words, write_table

BLACK, VIOLET = (40, 40, 60), (120, 70, 160)


def ferries(folder: Path, seed: int) -> None:
    """Island ferries, a file for each season: status and delayMin give each other away; delayCause is written after."""
    draw = np.random.default_rng(seed)
    n = 110
    for year in (2021, 2022, 2023):
        wind, cars = numbers(draw, 19, 8, n, 0), numbers(draw, 46, 15, n, 0)
        wave = (0.3 + 0.07 * wind + np.abs(draw.normal(0, 0.3, n))).round(1)
        delay = np.maximum(0, (1.1 * wind + 0.2 * cars - 20 + draw.normal(0, 5, n)).round()).astype(int)
        state = np.where(wind > 32, "cancelled", np.where(delay > 10, "late", "onTime"))
        causes = words(draw, ["weather", "technical", "late loading"], n)
        columns = {
            "crossingId": [f"F{year % 100}-{i + 1:04d}" for i in range(n)],
            "departure": days(f"{year}-04-01", n, 2),
            "route": words(draw, ["Oban-Craignure", "Mallaig-Armadale", "Ullapool-Stornoway"], n),
            "vessel": words(draw, ["Clansman", "Lochnevis", "Hebrides", "Finlaggan", "Corran"], n),
            "masterInitials": words(draw, ["KM", "JR", "TS", "AF"], n),
            "windKnots": some_missing(draw, wind, 99),
            "waveHeightM": wave,
            "tideState": words(draw, ["ebb", "flood", "slack"], n),
            "carsBooked": cars,
            "footPassengers": np.maximum(0, (150 - 2 * wind + draw.normal(0, 12, n)).round()).astype(int),
            "delayCause": [None if s == "onTime" else c for s, c in zip(state, causes, strict=True)],
            "delayMin": delay,
            "status": state,
        }
        write_table(folder / f"season{year}.csv", columns)


def hives(folder: Path, seed: int) -> None:
    """Bee colonies seen several times, in German: überwintert ja/nein, Honig kg; Totenfall is counted after."""
    draw = np.random.default_rng(seed)
    colonies, each = 60, 5
    n = colonies * each
    colony = np.arange(n) % colonies
    base = draw.normal(0, 1, colonies)[colony]
    mites = np.maximum(0, (6 + 3 * base + draw.normal(0, 1.5, n)).round(1))
    strength = np.clip((9 - 1.5 * base + draw.normal(0, 1, n)).round(), 2, 20).astype(int)
    lost = likely(draw, 0.4 * mites - 0.2 * strength, 0.25)
    columns = {
        "lfd. Nr": np.arange(1, n + 1),
        "Volk": [f"V{c + 1:02d}" for c in colony],
        "Bienenstand": np.array(["Waldrand", "Streuobst", "Schrebergarten", "Heide"])[colony % 4],
        "Durchsicht am": days("2021-03-20", n, 3, "%d.%m.%Y"),
        "Rasse": thirds(draw, strength + 0.2 * mites, ["Landbiene", "Carnica", "Buckfast"]),
        "Königin Alter": draw.integers(0, 5, n),
        "Milben/Tag": mites,
        "Volksstärke": strength,
        "Winterfutter kg": numbers(draw, 16, 3, n),
        "Behandlung": some_missing(draw, words(draw, ["Ameisensäure", "Oxalsäure", "keine"], n), "unbek."),
        "Honig kg": np.maximum(1, (6 + 2 * strength - 0.5 * mites + draw.normal(0, 2, n)).round(1)),
        "Totenfall": np.where(lost, draw.integers(400, 3000, n), draw.integers(0, 350, n)),
        "überwintert": ["nein" if gone else "ja" for gone in lost],
    }
    write_table(folder / "voelker.csv", columns, separator=";", comma=True)


def dialysis(folder: Path, seed: int) -> None:
    """Sessions on dialysis, several of each patient, in French: hypotension oui/non, KtV; the nurse acts afterwards."""
    draw = np.random.default_rng(seed)
    people = 64
    n = people * 5
    patient = np.arange(n) % people
    base = draw.normal(0, 1, people)[patient]
    rate = (620 + 110 * base + draw.normal(0, 50, n)).round().astype(int)
    before = (138 - 9 * base + draw.normal(0, 8, n)).round().astype(int)
    low = likely(draw, rate / 100 - before / 20, 0.2)
    acts = words(draw, ["rinçage", "jambes levées", "arrêt UF"], n)
    columns = {
        "num_seance": np.arange(30001, 30001 + n),
        "patient": [f"D{p + 1:03d}" for p in patient],
        "date_seance": days("2022-01-03", n, 2, "%d/%m/%Y"),
        "centre": words(draw, ["Rouvray", "Les Lilas", "Saint-Roch"], n),
        "âge": draw.integers(24, 90, people)[patient],
        "sexe": np.array(["F", "H"])[draw.integers(0, 2, people)][patient],
        "abord": np.array(["fistule", "cathéter", "greffon"])[draw.integers(0, 3, people)][patient],
        "poids_sec": (70 + 9 * draw.normal(0, 1, people)[patient]).round(1),
        "UF_horaire": some_missing(draw, rate, 0),
        "TA_avant": some_missing(draw, before, "NR"),
        "KtV": (1.4 - 0.12 * base + draw.normal(0, 0.06, n)).round(2),
        "geste_infirmier": [act if fell else None for act, fell in zip(acts, low, strict=True)],
        "hypotension": ["oui" if fell else "non" for fell in low],
    }
    write_table(folder / "seances.csv", columns)


def fishing(folder: Path, seed: int) -> None:
    """Trips of fishing boats, in Spanish: Kg merluza, Calidad in three words; Importe lonja is paid afterwards."""
    draw = np.random.default_rng(seed)
    n = 300
    boat = draw.integers(0, 25, n)
    water, hours, depth = numbers(draw, 14.5, 1.8, n), numbers(draw, 30, 10, n, 0), numbers(draw, 210, 60, n, 0)
    gear = words(draw, ["arrastre", "cerco", "palangre"], n)
    extra = np.array([{"arrastre": 120, "cerco": 0, "palangre": 60}[g] for g in gear])
    catch = np.maximum(10, (9 * hours + 0.8 * depth + extra - 12 * water + draw.normal(0, 40, n)).round())
    columns = {
        "Nº marea": np.arange(501, 501 + n),
        "Barco": [f"Nuevo Galerna {b + 1}" for b in boat],
        "Puerto": words(draw, ["Burela", "Celeiro", "Ondarroa"], n),
        "Fecha salida": days("2020-09-01", n, 3, "%d/%m/%Y"),
        "Arte": gear,
        "Luna": words(draw, ["nueva", "creciente", "llena", "menguante"], n),
        "Temp. agua": some_missing(draw, water, "s/d"),
        "Viento (nudos)": numbers(draw, 15, 6, n, 0),
        "Prof. media (m)": some_missing(draw, depth, 9999),
        "Horas de mar": hours,
        "Kg merluza": catch.astype(int),
        "Importe lonja": (catch * 4.3 + draw.normal(0, 60, n)).round(2),
        "Calidad": thirds(draw, -hours - 4 * water, ["segunda", "primera", "extra"]),
    }
    write_table(folder / "mareas.csv", columns, separator=";", comma=True)


def claims(folder: Path, seed: int) -> None:
    """Small claims without a header: court, type, amount, lawyer, judge, days, outcome, costs."""
    draw = np.random.default_rng(seed)
    n = 320
    amount, hearings = numbers(draw, 2600, 1100, n, 0), 1 + draw.poisson(1.2, n)
    lawyer = likely(draw, amount / 500.0, 0.4)
    outcome = thirds(draw, lawyer * 1.0 + amount / 4000, ["dismissed", "settled", "granted"])
    costs = np.where(np.array(outcome) == "granted", (0.08 * amount).round(), 0).astype(int)
    columns = {
        "case": [f"SC{2000 + i}" for i in range(n)],
        "court": words(draw, ["Leeds", "Truro", "Derby", "Swansea"], n),
        "filed": days("2019-02-04", n, 4),
        "type": words(draw, ["unpaid invoice", "faulty goods", "deposit", "accident"], n),
        "amount": amount,
        "lawyer": ["yes" if has else "no" for has in lawyer],
        "judge": [f"J{j:02d}" for j in draw.integers(1, 13, n)],
        "hearings": hearings,
        "defence": some_missing(draw, words(draw, ["full", "part", "none"], n), "?"),
        "days": np.maximum(14, (60 + 45 * hearings + amount / 90 + draw.normal(0, 18, n)).round()).astype(int),
        "outcome": outcome,
        "costs": costs,
    }
    write_table(folder / "claims.txt", columns, separator="\t", header=False)


def postmarks(folder: Path, seed: int) -> None:
    """Scans of postmarks in a folder for each kind: circular, bridge, roller, slogan."""
    draw = np.random.default_rng(seed)
    for kind, shape, tint in (
        ("circular", "ring", BLACK),
        ("bridge", "cross", VIOLET),
        ("roller", "stripes", BLACK),
        ("slogan", "square", VIOLET),
    ):
        for i in range(28):
            picture(folder / "postmarks" / kind / f"{kind}_{i:03d}.png", shape, draw, tint)


SETS = {
    "ferries": ferries,
    "hives": hives,
    "dialysis": dialysis,
    "fishing": fishing,
    "claims": claims,
    "postmarks": postmarks,
}
