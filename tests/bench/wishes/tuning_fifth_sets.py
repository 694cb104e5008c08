"""The data sets of `tuning_fifth.toml`: five tables, one of them with texts, and one folder of pictures.

Each function fills an empty folder; the target of each follows from its features, with some noise.
"""

from pathlib import Path

import numpy as np

from tests.bench.wishes.making import days, likely, numbers, picture, some_missing, thirds, words, write_table

INK, RED = (30, 50, 130), (190, 50, 60)

LETTERS = {
    "driver": ("the man at the wheel shouted at my mum", "driver would not lower the ramp", "he braked so hard I fell"),
    "lateness": ("stood forty minutes in the rain", "second time this week it never came", "missed my train again"),
    "fare": ("charged twice for one ride", "the machine swallowed my note", "the day ticket was refused"),
    "cleanliness": ("chewing gum on every seat", "the floor was sticky with beer", "it smelled like a wet dog"),
}


def trailruns(folder: Path, seed: int) -> None:
    """Starts at mountain runs, in German: Ausgang in three words; Zielzeit and Platz only of those who finish."""
    draw = np.random.default_rng(seed)
    runners = 110
    n = runners * 3
    runner = np.arange(n) % runners
    form = draw.normal(0, 1, runners)[runner]
    week = np.maximum(8, (48 + 14 * form + draw.normal(0, 6, n)).round()).astype(int)
    heat = numbers(draw, 19, 6, n, 0)
    half = (142 - 13 * form + 0.9 * heat + draw.normal(0, 5, n)).round(1)
    trouble = half / 10 + 0.3 * heat + draw.normal(0, 1.2, n)
    edges = np.quantile(trouble, [0.72, 0.88])
    end = np.where(trouble < edges[0], "Ziel", np.where(trouble < edges[1], "aufgegeben", "Zeitlimit"))
    time = (2.1 * half + draw.normal(0, 8, n)).round(1)
    columns = {
        "Startnr.": np.arange(1001, 1001 + n),
        "Läufer-ID": [f"L{r + 1:03d}" for r in runner],
        "Lauf am": days("2021-05-08", n, 4, "%d.%m.%Y"),
        "Strecke": words(draw, ["Brocken", "Rennsteig", "Feldberg", "Watzmann"], n),
        "Geschlecht": np.array(["w", "m"])[draw.integers(0, 2, runners)][runner],
        "Alter": draw.integers(18, 71, runners)[runner],
        "Wochen-km": week,
        "Ruhepuls": some_missing(draw, (62 - 4 * form + draw.normal(0, 3, n)).round().astype(int), -1),
        "Temp. Start (°C)": heat,
        "Verpflegung": some_missing(draw, words(draw, ["Gel", "Banane", "Brühe"], n), "k.A."),
        "Halbzeit (min)": half,
        "Zielzeit (min)": [t if e == "Ziel" else None for t, e in zip(time, end, strict=True)],
        "Platz": [int(p) if e == "Ziel" else None for p, e in zip(draw.integers(1, 400, n), end, strict=True)],
        "Ausgang": end,
    }
    write_table(folder / "starts.csv", columns, separator=";", comma=True)


def olives(folder: Path, seed: int) -> None:
    """Loads of olives, several of each farm, in Spanish: categoría in three words; precio_litro is fixed afterwards."""
    draw = np.random.default_rng(seed)
    farms = 55
    n = farms * 6
    farm = np.arange(n) % farms
    fly, hours = numbers(draw, 12, 6, n), numbers(draw, 22, 9, n, 0)
    rain, age = numbers(draw, 430, 90, n, 0), draw.integers(6, 120, farms)[farm]
    watered = draw.random(farms)[farm] < 0.4
    acid = np.maximum(0.1, (0.2 + 0.03 * fly + 0.02 * hours + draw.normal(0, 0.1, n)).round(2))
    columns = {
        "id_lote": [f"LT-{i + 1:05d}" for i in range(n)],
        "finca": [f"Cortijo {f + 1}" for f in farm],
        "término": np.array(["Martos", "Baena", "Priego", "Úbeda"])[farm % 4],
        "variedad": words(draw, ["picual", "hojiblanca", "arbequina"], n),
        "fecha_recogida": days("2020-10-20", n, 4, "%d/%m/%Y"),
        "riego": ["sí" if w else "no" for w in watered],
        "edad_olivos": age,
        "lluvia_mm": rain,
        "mosca_pct": some_missing(draw, fly, -99),
        "método": words(draw, ["vareo", "vibrador", "ordeño"], n),
        "horas_hasta_molino": hours,
        "suelo": some_missing(draw, words(draw, ["caliza", "arcilla", "albariza"], n), "?"),
        "kg_aceituna": np.maximum(200, (2600 + 6 * rain + 900 * watered + draw.normal(0, 500, n)).round()).astype(int),
        "rendimiento_graso": (21 + 0.02 * age - 0.01 * rain + draw.normal(0, 0.8, n)).round(1),
        "acidez": acid,
        "categoría": thirds(draw, -acid, ["lampante", "virgen", "virgen extra"]),
        "precio_litro": (4.6 - 1.1 * acid + draw.normal(0, 0.1, n)).round(2),
    }
    write_table(folder / "lotes.csv", columns)


def backups(folder: Path, seed: int) -> None:
    """Nightly backup jobs, a file for each quarter: exit.code and alert.raised tell the result."""
    draw = np.random.default_rng(seed)
    n = 120
    for quarter, start in (("q1", "2024-01-01"), ("q2", "2024-04-01"), ("q3", "2024-07-01")):
        size, files = numbers(draw, 420, 160, n, 0), numbers(draw, 90, 35, n, 0)
        load = np.minimum(100, numbers(draw, 55, 18, n, 0))
        free = np.clip(draw.normal(35, 14, n).round(), 1, 95).astype(int)
        result = thirds(draw, 0.01 * size + 0.05 * load - 0.12 * free, ["ok", "ok", "ok", "partial", "failed"])
        code = [{"ok": 0, "partial": 4, "failed": 12}[r] for r in result]
        columns = {
            "job.id": [f"{quarter}-{i:04d}" for i in range(n)],
            "host": [f"srv{h:02d}" for h in draw.integers(1, 25, n)],
            "rack": words(draw, ["A1", "A2", "B1", "B2"], n),
            "start.date": sorted(days(start, 90) + days(start, n - 90)),
            "job.kind": words(draw, ["full", "incremental", "snapshot"], n),
            "os": words(draw, ["linux", "windows", "bsd"], n),
            "data.gb": size,
            "files.k": files,
            "net.mbps": some_missing(draw, numbers(draw, 640, 150, n, 0), 0),
            "cpu.load": load,
            "disk.free.pct": some_missing(draw, free, "n/a"),
            "retries": draw.poisson(0.4, n),
            "owner.team": words(draw, ["billing", "web", "research", "payroll"], n),
            "runtime.min": np.maximum(2, (0.15 * size + 0.2 * files + 0.3 * load + draw.normal(0, 9, n)).round(1)),
            "exit.code": code,
            "alert.raised": [c > 0 for c in code],
            "result": result,
        }
        write_table(folder / f"jobs_{quarter}.csv", columns)


def reserves(folder: Path, seed: int) -> None:
    """Condition reports of a museum's stores, in French: ETAT, RESTAURER oui/non; COUT_RESTAU comes after."""
    draw = np.random.default_rng(seed)
    objects = 80
    n = objects * 4
    thing = np.arange(n) % objects
    damp, swing = numbers(draw, 52, 6, n), numbers(draw, 8, 3, n)
    light = numbers(draw, 90, 40, n, 0)
    wear = 0.1 * damp + 0.3 * swing + 0.02 * light + draw.normal(0, 0.6, objects)[thing]
    mend = likely(draw, wear, 0.3)
    columns = {
        "NO_INV": [f"MB.{1900 + t}.{t % 7}" for t in thing],
        "DEPARTEMENT": np.array(["Peinture", "Textile", "Mobilier", "Arts graphiques"])[thing % 4],
        "RESERVE": np.array(["R1", "R2", "R3", "R4", "R5"])[thing % 5],
        "DATE_CONSTAT": days("2019-01-07", n, 5, "%d/%m/%Y"),
        "MATERIAU": words(draw, ["bois", "toile", "papier", "soie"], n),
        "ANNEE_CREATION": draw.integers(1610, 1960, objects)[thing],
        "PROVENANCE": some_missing(draw, words(draw, ["don", "achat", "dépôt"], n), "inc."),
        "HYGRO_MOY": damp,
        "HYGRO_ECART": swing,
        "LUX_AN": light,
        "TEMP_MOY": some_missing(draw, numbers(draw, 18, 2, n), 999),
        "CONSTATEUR": words(draw, ["AB", "CL", "JM", "SV"], n),
        "COUT_RESTAU": np.where(mend, (350 * wear + draw.normal(0, 200, n)).round(), 0).astype(int),
        "ETAT": thirds(draw, -wear, ["mauvais", "moyen", "bon"]),
        "RESTAURER": ["oui" if m else "non" for m in mend],
    }
    write_table(folder / "constats.csv", columns, separator=";", comma=True)


def letters(folder: Path, seed: int) -> None:
    """Complaints to a bus company with their text in msg: cat, esc Y/N, days_open; comp_gbp is decided at the end."""
    draw = np.random.default_rng(seed)
    n = 320
    kinds = words(draw, list(LETTERS), n)
    angry = draw.random(n) < 0.3
    say = [LETTERS[kind][i] for kind, i in zip(kinds, draw.integers(3, size=n), strict=True)]
    opening = words(draw, ["Dear Sirs,", "Hello,", "To whom it may concern,", "Hi there,"], n)
    closing = np.where(angry, "you will hear from my solicitor", "I hope you will look into it")
    escalated = likely(draw, angry * 1.0 + draw.normal(0, 0.3, n), 0.25)
    line = draw.integers(1, 30, n)
    columns = {
        "ref": [f"C{70000 + i}" for i in range(n)],
        "rcvd": days("2022-01-10", n, 3),
        "chan": words(draw, ["web", "letter", "phone", "app"], n),
        "depot": words(draw, ["North", "Quay", "Hillfoot"], n),
        "line": line,
        "msg": [f"{o} line {k}: {s}, {c}." for o, k, s, c in zip(opening, line, say, closing, strict=True)],
        "n_prev": some_missing(draw, draw.poisson(0.8, n), 99),
        "age_band": some_missing(draw, words(draw, ["<25", "25-64", "65+"], n), "unk"),
        "handler": words(draw, ["Pat", "Olu", "Gwen", "Raj"], n),
        "days_open": np.maximum(1, (6 + 12 * escalated + draw.normal(0, 3, n)).round()).astype(int),
        "comp_gbp": np.where(escalated, draw.integers(5, 80, n), 0),
        "cat": kinds,
        "esc": ["Y" if e else "N" for e in escalated],
    }
    write_table(folder / "complaints.csv", columns)


def carelabels(folder: Path, seed: int) -> None:
    """Photographs of care symbols from clothes in a folder for each: bleichen, trocknen, reinigen, bügeln, verboten."""
    draw = np.random.default_rng(seed)
    for kind, shape, tint in (
        ("bleichen", "triangle", INK),
        ("trocknen", "square", INK),
        ("reinigen", "ring", RED),
        ("bügeln", "stripes", RED),
        ("verboten", "cross", INK),
    ):
        for i in range(26):
            picture(folder / "symbole" / kind / f"{i:03d}.png", shape, draw, tint)


SETS = {
    "trailruns": trailruns,
    "olives": olives,
    "backups": backups,
    "reserves": reserves,
    "letters": letters,
    "carelabels": carelabels,
}
