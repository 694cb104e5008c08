"""The data sets that the tuning paragraphs speak of: nine tables and three folders of pictures, made from a seed.

Each function fills an empty folder; the target of each follows from its features, with some noise.
"""

from pathlib import Path

import numpy as np

from tests.bench.wishes.making import days, likely, numbers, picture, some_missing, thirds, words, write_table

GREEN, BROWN, PINK, BLUE = (60, 160, 70), (150, 100, 60), (220, 120, 160), (80, 110, 210)


def customers(folder: Path, seed: int) -> None:
    """A telephone company's customers: churned yes/no; cancellation_reason is known only afterwards."""
    draw = np.random.default_rng(seed)
    n = 400
    age, fee, calls = numbers(draw, 44, 14, n, 0), numbers(draw, 32, 9, n, 2), draw.poisson(2, n)
    plan = words(draw, ["basic", "family", "pro"], n)
    tenure = numbers(draw, 30, 16, n, 0)
    gone = likely(draw, 0.9 * calls + 0.05 * fee - 0.06 * tenure, 0.3)
    reasons = words(draw, ["too expensive", "moved away", "bad network"], n)
    columns = {
        "customer_id": [f"C{10000 + i}" for i in range(n)],
        "signup_date": days("2022-01-03", n, 3),
        "plan": plan,
        "region": words(draw, ["north", "south", "east", "west"], n),
        "age": age,
        "gender": words(draw, ["f", "m"], n),
        "monthly_fee": fee,
        "support_calls": calls,
        "tenure_months": tenure,
        "lifetime_value": (fee * (12 + tenure)).round(2),
        "cancellation_reason": [reason if out else None for reason, out in zip(reasons, gone, strict=True)],
        "churned": ["yes" if out else "no" for out in gone],
    }
    write_table(folder / "customers.csv", columns)


def flats(folder: Path, seed: int) -> None:
    """Flats to let, in German, semicolons and decimal commas: Kaltmiete; Warmmiete gives it away."""
    draw = np.random.default_rng(seed)
    n = 320
    area, year = numbers(draw, 68, 20, n), draw.integers(1905, 2024, n)
    parts = words(draw, ["Altstadt", "Neustadt", "Hafen", "Westend"], n)
    extra = np.array([{"Altstadt": 150, "Neustadt": 60, "Hafen": 0, "Westend": 260}[part] for part in parts])
    rent = (150 + 9.5 * area + extra + 2 * (year - 1960) + draw.normal(0, 45, n)).round(2)
    columns = {
        "Inserat-Nr": np.arange(70001, 70001 + n),
        "Stadtteil": parts,
        "Wohnfläche": area,
        "Zimmer": np.clip((area / 24).round(), 1, 6).astype(int),
        "Baujahr": year,
        "Etage": draw.integers(0, 7, n),
        "Balkon": ["ja" if built else "nein" for built in likely(draw, (year - 1960) / 30 + area / 25)],
        "Heizung": some_missing(draw, words(draw, ["Gas", "Öl", "Fernwärme"], n), "k.A."),
        "Makler": words(draw, ["Kern", "Immofix", "privat"], n),
        "Inseriert am": days("2023-02-01", n, 2, "%d.%m.%Y"),
        "Warmmiete": (rent * 1.22 + draw.normal(0, 6, n)).round(2),
        "Kaltmiete": rent,
    }
    write_table(folder / "wohnungen.csv", columns, separator=";", comma=True)


def visits(folder: Path, seed: int) -> None:
    """Visits to a diabetes ward, several of each patient: Outcome sick/healthy; -999 stands for not measured."""
    draw = np.random.default_rng(seed)
    people, each = 90, 4
    n = people * each
    patient = np.repeat(np.arange(people), each)
    base = draw.normal(0, 1, people)[patient]
    glucose = (108 + 22 * base + draw.normal(0, 9, n)).round(1)
    bmi = (27 + 3 * base + draw.normal(0, 2, n)).round(1)
    columns = {
        "PatientID": [f"P{p + 1:03d}" for p in patient],
        "VisitDate": days("2023-01-02", n, 2),
        "Age": draw.integers(22, 88, people)[patient],
        "Sex": np.array(["female", "male"])[draw.integers(0, 2, people)][patient],
        "BMI": bmi,
        "SystolicBP": numbers(draw, 128, 14, n, 0),
        "Glucose": some_missing(draw, glucose, -999),
        "HbA1c": some_missing(draw, (5.6 + 0.6 * base + draw.normal(0, 0.3, n)).round(1), -999),
        "Smoker": words(draw, ["never", "former", "current"], n),
        "Ward": words(draw, ["A1", "B2", "C3"], n),
        "Nurse": words(draw, ["Okoye", "Lindt", "Perez"], n),
        "StayDays": np.maximum(1, (3 + 2 * base + draw.normal(0, 1, n)).round()).astype(int),
        "Outcome": ["sick" if ill else "healthy" for ill in likely(draw, base + 0.05 * bmi, 0.3)],
    }
    write_table(folder / "DiabetesVisits.csv", columns)


def wines(folder: Path, seed: int) -> None:
    """Wines tasted, in French: qualité in three words, prix_eur, note_jury."""
    draw = np.random.default_rng(seed)
    n = 300
    alcohol, acid, sugar = numbers(draw, 12.6, 1, n), numbers(draw, 5.2, 0.9, n, 2), numbers(draw, 3.1, 1.4, n, 2)
    merit = alcohol - 0.8 * acid + 0.2 * sugar
    columns = {
        "bouteille": np.arange(1, n + 1),
        "domaine": [f"Domaine {i}" for i in draw.integers(1, 41, n)],
        "cépage": thirds(draw, alcohol + 0.5 * acid, ["merlot", "syrah", "grenache"]),
        "région": words(draw, ["Bordeaux", "Languedoc", "Rhône"], n),
        "millésime": draw.integers(2012, 2023, n),
        "alcool": alcohol,
        "acidité": acid,
        "sucre": some_missing(draw, sugar, "nd"),
        "commentaire": words(draw, ["rond et fruité", "un peu dur", "belle longueur", "acide", "simple"], n),
        "note_jury": np.clip((12 + 2 * (merit - merit.mean()) + draw.normal(0, 1, n)).round(1), 0, 20),
        "prix_eur": np.maximum(3, (14 + 5 * (merit - merit.mean()) + draw.normal(0, 2, n)).round(2)),
        "qualité": thirds(draw, merit, ["mauvaise", "moyenne", "bonne"]),
    }
    write_table(folder / "vins.csv", columns)


def machines(folder: Path, seed: int) -> None:
    """Hourly readings of pumps: failed 0/1; fault_code is written after the failure."""
    draw = np.random.default_rng(seed)
    n = 400
    unit = np.arange(n) % 20
    temp = numbers(draw, 64, 8, n)
    vib = (0.03 * temp - 0.9 + 0.03 * unit + 0.4 * np.abs(draw.normal(0, 0.5, n))).round(3)
    vib = np.maximum(0.1, vib)
    failed = likely(draw, 0.08 * temp + 1.4 * vib, 0.15)
    columns = {
        "machine_id": [f"PU-{u + 1:02d}" for u in unit],
        "ts": days("2024-01-01", n),
        "temp_c": temp,
        "vib_rms": vib,
        "pressure_bar": some_missing(draw, numbers(draw, 6.1, 0.6, n, 2), 0),
        "rpm": numbers(draw, 1450, 60, n, 0),
        "operator": words(draw, ["Hale", "Ito", "Novak"], n),
        "shift": words(draw, ["early", "late", "night"], n),
        "site": np.array(["Leeds", "Turin", "Graz", "Porto"])[unit % 4],
        "fault_code": [f"E{draw.integers(10, 40)}" if out else None for out in failed],
        "failed": failed.astype(int),
    }
    write_table(folder / "pump_log.csv", columns)


def kernels(folder: Path, seed: int) -> None:
    """Wheat kernels without a header: seven measures, then the variety as a word."""
    draw = np.random.default_rng(seed)
    n = 210
    kind = np.repeat([0, 1, 2], n // 3)
    area = 14 + 2.2 * (kind - 1) + draw.normal(0, 0.9, n)
    columns = {
        "1": area.round(2),
        "2": (9.5 + 0.33 * area + draw.normal(0, 0.1, n)).round(2),
        "3": draw.normal(0.87, 0.02, n).round(4),
        "4": (4.2 + 0.1 * area + draw.normal(0, 0.1, n)).round(3),
        "5": (2.1 + 0.08 * area + draw.normal(0, 0.1, n)).round(3),
        "6": (3.5 + 0.8 * (kind == 1) + draw.normal(0, 0.8, n)).round(3),
        "7": (3.6 + 0.13 * area + 0.3 * (kind == 2) + draw.normal(0, 0.1, n)).round(3),
        "8": np.array(["Kama", "Rosa", "Canadian"])[kind],
    }
    write_table(folder / "kernels.data", columns, header=False)


def reviews(folder: Path, seed: int) -> None:
    """Reviews of kitchen things: sentiment in three words, from the text; stars give it away."""
    draw = np.random.default_rng(seed)
    n = 330
    mood = draw.integers(0, 3, n)
    said = [
        ["broke after a week", "waste of money", "terrible smell", "would not buy again"],
        ["it is okay", "does what it should", "average quality", "nothing special"],
        ["love it", "works great", "best thing in my kitchen", "excellent and sturdy"],
    ]
    thing = words(draw, ["kettle", "toaster", "blender"], n)
    columns = {
        "review_id": [f"R{i:05d}" for i in range(n)],
        "product": thing,
        "reviewer": [f"user{i}" for i in draw.integers(1, 80, n)],
        "date": days("2023-05-01", n),
        "text": [f"This {t}: {said[m][draw.integers(4)]}." for t, m in zip(thing, mood, strict=True)],
        "helpful_votes": draw.poisson(1 + mood, n),
        "verified": words(draw, ["Y", "N"], n),
        "country": words(draw, ["US", "UK", "CA"], n),
        "stars": np.clip(1 + 2 * mood + draw.integers(-1, 2, n), 1, 5),
        "sentiment": np.array(["negative", "neutral", "positive"])[mood],
    }
    write_table(folder / "reviews.csv", columns)


def pupils(folder: Path, seed: int) -> None:
    """Pupils of secondary schools, in Spanish: nota_final and aprobado sí/no, each gives the other away."""
    draw = np.random.default_rng(seed)
    n = 360
    hours, missed = numbers(draw, 8, 3, n), draw.poisson(4, n)
    maths = np.clip((3.6 + 0.4 * hours - 0.15 * missed + draw.normal(0, 0.8, n)).round(1), 0, 10)
    language = np.clip((3.9 + 0.35 * hours - 0.1 * missed + draw.normal(0, 0.8, n)).round(1), 0, 10)
    final = np.clip(((maths + language) / 2 + draw.normal(0, 0.4, n)).round(1), 0, 10)
    columns = {
        "matricula": [f"M{i + 500}" for i in range(n)],
        "centro": words(draw, ["Cervantes", "Lorca", "Goya", "Machado", "Picasso"], n),
        "curso": draw.integers(1, 5, n),
        "edad": draw.integers(12, 19, n),
        "sexo": words(draw, ["chica", "chico"], n),
        "nacionalidad": words(draw, ["española", "marroquí", "rumana"], n),
        "horas_estudio": hours,
        "faltas": missed,
        "beca": ["sí" if given else "no" for given in likely(draw, maths + language - 0.2 * missed, 0.3)],
        "nota_mates": some_missing(draw, maths, 99),
        "nota_lengua": language,
        "nota_final": final,
        "aprobado": ["sí" if mark >= 5.5 else "no" for mark in final],
    }
    write_table(folder / "alumnos.csv", columns)


def bikes(folder: Path, seed: int) -> None:
    """Bikes hired a day at stations, names With Blanks, a train and a test file: Rentals, after Temperature."""
    draw = np.random.default_rng(seed)
    for name, start, n in (("bikes_2023.csv", "2023-01-01", 260), ("bikes_2024.csv", "2024-01-01", 120)):
        day = np.arange(n)
        warm = (11 - 9 * np.cos(2 * np.pi * day / 365) + draw.normal(0, 3, n)).round(1)
        rain = np.maximum(0, draw.normal(0.5, 2, n)).round(1)
        registered = np.maximum(5, 60 + 7 * warm - 8 * rain + draw.normal(0, 12, n)).astype(int)
        casual = np.maximum(0, 10 + 2 * warm - 3 * rain + draw.normal(0, 5, n)).astype(int)
        columns = {
            "Rental Date": days(start, n),
            "Station Name": words(draw, ["Harbour", "Old Mill", "University", "Market"], n),
            "Day Of Week": [("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[d % 7] for d in day],
            "Temperature": warm,
            "Rain mm": rain,
            "Wind Speed": numbers(draw, 14, 5, n),
            "Holiday": (draw.random(n) < 0.05).astype(int),
            "Casual Users": casual,
            "Registered Users": registered,
            "Rentals": casual + registered,
        }
        write_table(folder / name, columns)


def leaves(folder: Path, seed: int) -> None:
    """Photos of leaves in a folder for each tree: oak, maple, birch, ash."""
    draw = np.random.default_rng(seed)
    for tree, shape, tint in (
        ("oak", "disc", GREEN),
        ("maple", "triangle", BROWN),
        ("birch", "square", GREEN),
        ("ash", "cross", BROWN),
    ):
        for i in range(26):
            picture(folder / "leaves" / tree / f"{tree}_{i:03d}.png", shape, draw, tint)


def cells(folder: Path, seed: int) -> None:
    """Micrographs in one folder, and labels.csv beside it: diagnosis benign/malignant, stain, slide, magnification."""
    draw = np.random.default_rng(seed)
    rows: dict[str, list[object]] = {name: [] for name in ("file", "slide", "stain", "magnification", "diagnosis")}
    for i in range(112):
        malignant = draw.random() < 0.4
        stain = "HE" if draw.random() < 0.6 else "PAS"
        name = f"cell_{i:04d}.png"
        picture(folder / "images" / name, "ring" if malignant else "disc", draw, PINK if stain == "HE" else BLUE)
        values = (name, f"S{i // 7 + 1:02d}", stain, (20, 40)[i % 2], "malignant" if malignant else "benign")
        for column, value in zip(rows.values(), values, strict=True):
            column.append(value)
    write_table(folder / "labels.csv", rows)


def pets(folder: Path, seed: int) -> None:
    """Photos of pets, already split into train, val and test, each with a folder for cat, dog and rabbit."""
    draw = np.random.default_rng(seed)
    for part, each in (("train", 22), ("val", 6), ("test", 9)):
        for animal, shape, tint in (("cat", "triangle", BROWN), ("dog", "square", BROWN), ("rabbit", "ring", PINK)):
            for i in range(each):
                picture(folder / part / animal / f"{part}_{animal}_{i:02d}.png", shape, draw, tint)


SETS = {
    "customers": customers,
    "flats": flats,
    "visits": visits,
    "wines": wines,
    "machines": machines,
    "kernels": kernels,
    "reviews": reviews,
    "pupils": pupils,
    "bikes": bikes,
    "leaves": leaves,
    "cells": cells,
    "pets": pets,
}
