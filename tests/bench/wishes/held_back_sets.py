"""The data sets that the held-back paragraphs speak of: ten tables and four folders of pictures, made from a seed.

Each function fills an empty folder; the target of each follows from its features, with some noise.
"""

from pathlib import Path

import numpy as np

from tests.bench.wishes.making import days, likely, numbers, picture, some_missing, thirds, words, write_table

RED, YELLOW, SILVER, SKIN = (200, 50, 50), (220, 190, 60), (180, 180, 190), (190, 130, 100)


def loans(folder: Path, seed: int) -> None:
    """Loans of a bank, CamelCase, a file a year: Defaulted 0/1; DaysLate is known only afterwards."""
    draw = np.random.default_rng(seed)
    for name, start, n in (("loans_2023.csv", "2023-01-02", 280), ("loans_2024.csv", "2024-01-02", 120)):
        age = draw.integers(19, 75, n)
        income, amount = 500 * age + numbers(draw, 16000, 5000, n, 0), numbers(draw, 14000, 5000, n, 0)
        debt = (amount / (income + 1)).round(3)
        bad = likely(draw, debt + 0.1 * draw.poisson(1, n), 0.25)
        columns = {
            "LoanID": [f"L{start[:4]}{i:04d}" for i in range(n)],
            "OpenedOn": days(start, n),
            "ApplicantAge": age,
            "Ethnicity": words(draw, ["A", "B", "C"], n),
            "PostCode": draw.integers(10000, 10060, n),
            "Income": income,
            "LoanAmount": amount,
            "DebtRatio": debt,
            "Purpose": words(draw, ["car", "house", "study"], n),
            "Branch": words(draw, ["Cork", "Galway", "Sligo"], n),
            "DaysLate": [int(draw.integers(30, 200)) if out else 0 for out in bad],
            "Defaulted": bad.astype(int),
        }
        write_table(folder / name, columns)


def houses(folder: Path, seed: int) -> None:
    """Houses sold, names With Blanks: Sale Price; Asking Price gives it away; ? stands for an unknown year."""
    draw = np.random.default_rng(seed)
    n = 320
    area, year = numbers(draw, 150, 40, n, 0), draw.integers(1920, 2022, n)
    price = (20000 + 1500 * area + 500 * (year - 1920) + draw.normal(0, 12000, n)).round(-2).astype(int)
    columns = {
        "Parcel Number": [f"{i:06d}" for i in range(n)],
        "Neighborhood": words(draw, ["Riverside", "Hilltop", "Old Town", "Lakeview"], n),
        "Living Area": area,
        "Lot Size": numbers(draw, 600, 150, n, 0),
        "Year Built": some_missing(draw, year, "?"),
        "Bedrooms": np.clip((area / 45).round(), 1, 6).astype(int),
        "Condition": words(draw, ["poor", "fair", "good"], n),
        "Pool": words(draw, ["Y", "N"], n),
        "Agent": words(draw, ["Diaz", "Smith", "Wong", "Bauer"], n),
        "Sold On": days("2022-03-01", n, 3),
        "Asking Price": (price * 1.04).round(-2).astype(int),
        "Sale Price": price,
    }
    write_table(folder / "house sales.csv", columns)


def clinic(folder: Path, seed: int) -> None:
    """Stays in a hospital, in German: Wiederaufnahme ja/nein; several of each patient; -1 stands for not measured."""
    draw = np.random.default_rng(seed)
    people, each = 110, 3
    n = people * each
    who = np.repeat(np.arange(people), each)
    frail = draw.normal(0, 1, people)[who]
    columns = {
        "Fallnummer": np.arange(500100, 500100 + n),
        "Pat_Nr": who + 1,
        "Aufnahme": days("2023-01-01", n, 2, "%d.%m.%Y"),
        "Alter": np.clip((64 + 11 * frail + draw.normal(0, 6, n)).round(), 18, 99).astype(int),
        "Geschlecht": words(draw, ["m", "w"], n),
        "Station": words(draw, ["Innere", "Chirurgie", "Neurologie"], n),
        "Kasse": words(draw, ["AOK", "TK", "privat"], n),
        "Vorerkrankungen": np.clip((2 + 1.5 * frail + draw.normal(0, 0.7, n)).round(), 0, 9).astype(int),
        "Kreatinin": some_missing(draw, (1 + 0.3 * frail + draw.normal(0, 0.1, n)).round(2), -1),
        "Liegetage": np.maximum(1, (5 + 2 * frail + draw.normal(0, 1.5, n)).round()).astype(int),
        "Entlassart": words(draw, ["regulär", "Verlegung", "gegen Rat"], n),
        "Wiederaufnahme": ["ja" if back else "nein" for back in likely(draw, frail, 0.3)],
    }
    write_table(folder / "klinik.csv", columns, separator=";", comma=True)


def accidents(folder: Path, seed: int) -> None:
    """Road accidents, in French: gravité in three words; hospitalisés is counted afterwards."""
    draw = np.random.default_rng(seed)
    n = 360
    speed = draw.choice([30, 50, 80, 110, 130], n)
    dark, belt = draw.random(n) < 0.4, draw.random(n) < 0.8
    grave = thirds(draw, speed / 30 + 1.5 * dark - 2 * belt, ["léger", "grave", "mortel"])
    columns = {
        "num_acc": [f"AC{i:05d}" for i in range(n)],
        "jour": days("2022-06-01", n, 2),
        "département": words(draw, ["Rhône", "Isère", "Ain", "Loire"], n),
        "lumière": ["nuit" if night else "jour" for night in dark],
        "météo": words(draw, ["sec", "pluie", "neige"], n),
        "vitesse_max": speed,
        "âge_conducteur": draw.integers(18, 90, n),
        "type_route": words(draw, ["autoroute", "nationale", "communale"], n),
        "ceinture": ["oui" if worn else "non" for worn in belt],
        "alcoolémie": some_missing(draw, np.abs(draw.normal(0.2, 0.3, n)).round(2), "inconnu"),
        "hospitalisés": [{"léger": 0, "grave": 1, "mortel": 2}[level] + int(draw.integers(0, 2)) for level in grave],
        "coût": (900 + 60 * speed + 1500 * dark + draw.normal(0, 400, n)).round(),
        "gravité": grave,
    }
    write_table(folder / "accidents.csv", columns)


def crops(folder: Path, seed: int) -> None:
    """Harvests of plots, in Spanish, semicolons and decimal commas: rendimiento; several plots of each finca."""
    draw = np.random.default_rng(seed)
    n = 300
    farm = draw.integers(0, 25, n)
    rain, warm, ph = numbers(draw, 420, 90, n, 0), numbers(draw, 17, 2, n), numbers(draw, 6.6, 0.5, n, 2)
    wet = draw.random(n) < 0.5
    harvest = np.maximum(0.3, (1 + 0.006 * rain + 1.2 * wet - 0.6 * np.abs(ph - 6.6) + draw.normal(0, 0.3, n))).round(2)
    columns = {
        "parcela": np.arange(1, n + 1),
        "finca": [f"La {('Vega', 'Loma', 'Umbría', 'Solana', 'Dehesa')[f % 5]} {f // 5 + 1}" for f in farm],
        "provincia": words(draw, ["Cuenca", "Teruel", "Soria"], n),
        "cultivo": thirds(draw, warm + 0.01 * rain, ["trigo", "cebada", "girasol"]),
        "riego": ["sí" if watered else "no" for watered in wet],
        "lluvia_mm": rain,
        "temp_media": warm,
        "ph_suelo": some_missing(draw, ph, "s/d"),
        "abono_kg": numbers(draw, 180, 40, n, 0),
        "fecha_siembra": days("2021-10-01", n, 4, "%d/%m/%Y"),
        "ingresos_eur": (harvest * 210 + draw.normal(0, 15, n)).round(),
        "rendimiento": harvest,
    }
    write_table(folder / "cosechas.csv", columns, separator=";", comma=True)


def flights(folder: Path, seed: int) -> None:
    """Flights, names abbreviated: arr_dly in minutes and late15 0/1, each gives the other away."""
    draw = np.random.default_rng(seed)
    n = 400
    hour, taxi = draw.integers(5, 23, n), numbers(draw, 17, 6, n, 0)
    dep = np.maximum(-8, (2 * (hour - 11) + draw.exponential(6, n) - 4)).round().astype(int)
    arr = (dep + 0.8 * (taxi - 17) + draw.normal(0, 5, n)).round().astype(int)
    columns = {
        "flt_no": draw.integers(100, 3000, n),
        "fl_date": days("2023-03-01", n),
        "carr": words(draw, ["AA", "DL", "UA"], n),
        "tail_no": [f"N{i}" for i in draw.integers(100, 150, n)],
        "orig": words(draw, ["JFK", "ORD", "ATL"], n),
        "dest": words(draw, ["LAX", "SEA", "MIA"], n),
        "dist_mi": draw.integers(300, 2600, n),
        "dep_hr": hour,
        "dep_dly": dep,
        "taxi_out": some_missing(draw, taxi, -99),
        "arr_dly": arr,
        "late15": (arr > 15).astype(int),
    }
    write_table(folder / "flights.csv", columns)


def glass(folder: Path, seed: int) -> None:
    """Splinters of glass, tabs and no header: the kind as a word first, then six measures."""
    draw = np.random.default_rng(seed)
    n = 210
    kind = draw.integers(0, 3, n)
    soda = (13.2 + 0.6 * (kind == 2) + draw.normal(0, 0.4, n)).round(2)
    columns = {
        "1": np.array(["window", "bottle", "lamp"])[kind],
        "2": (1.517 + 0.002 * draw.normal(0, 1, n)).round(5),
        "3": soda,
        "4": np.maximum(0, 3.3 - 1.4 * kind + draw.normal(0, 0.4, n)).round(2),
        "5": (1.3 + 0.5 * kind + draw.normal(0, 0.3, n)).round(2),
        "6": (72.6 + draw.normal(0, 0.5, n)).round(2),
        "7": (8.8 + 0.7 * (kind == 1) + 0.6 * (soda - 13.2) + draw.normal(0, 0.3, n)).round(2),
    }
    write_table(folder / "glass.tsv", columns, separator="\t", header=False)


def tickets(folder: Path, seed: int) -> None:
    """Tickets of a help desk, names With Blanks and a text: Queue in three words, from Body."""
    draw = np.random.default_rng(seed)
    n = 330
    queue = draw.integers(0, 3, n)
    said = [
        ["I was charged twice", "my invoice is wrong", "please refund my payment", "the receipt is missing"],
        ["the app crashes at start", "I cannot log in", "the page shows an error", "sync stopped working"],
        ["do you have a yearly plan", "I want to upgrade my seats", "send me an offer", "is there a discount"],
    ]
    columns = {
        "Ticket No": np.arange(9000, 9000 + n),
        "Opened At": days("2023-07-01", n),
        "Channel": words(draw, ["mail", "chat", "phone"], n),
        "Customer Tier": words(draw, ["gold", "silver", "free"], n),
        "Customer": [f"K{i:03d}" for i in draw.integers(1, 90, n)],
        "Body": [f"Hello, {said[q][draw.integers(4)]}. Thanks" for q in queue],
        "Agent": words(draw, ["Mia", "Tom", "Raj"], n),
        "Minutes To Close": (20 + 40 * (queue == 1) + draw.exponential(10, n)).round(1),
        "Escalated": (draw.random(n) < 0.1 + 0.4 * (queue == 1)).astype(int),
        "Queue": np.array(["billing", "technical", "sales"])[queue],
    }
    write_table(folder / "tickets.csv", columns)


def staff(folder: Path, seed: int) -> None:
    """Employees of a firm: Attrition Yes/No; ExitScore is asked of those who have left."""
    draw = np.random.default_rng(seed)
    n = 380
    years = draw.integers(0, 25, n)
    pay = 110 * years + numbers(draw, 2900, 500, n, 0)
    over, happy = draw.random(n) < 0.3, draw.integers(1, 6, n)
    left = likely(draw, 2 * over - 0.5 * happy - 0.08 * years - 0.0004 * pay, 0.2)
    columns = {
        "EmployeeNumber": np.arange(1, n + 1),
        "Dept": words(draw, ["Sales", "R&D", "HR"], n),
        "Manager": words(draw, ["Kaur", "Olsen", "Pratt", "Ruiz", "Sato", "Toth"], n),
        "Gender": words(draw, ["Female", "Male"], n),
        "Age": draw.integers(20, 64, n),
        "MaritalStatus": words(draw, ["single", "married"], n),
        "MonthlyIncome": some_missing(draw, pay, "n/k"),
        "YearsAtCompany": years,
        "OverTime": ["Yes" if more else "No" for more in over],
        "JobSatisfaction": happy,
        "HiredOn": days("2010-02-01", n, 13),
        "ExitScore": [int(draw.integers(1, 6)) if out else None for out in left],
        "Attrition": ["Yes" if out else "No" for out in left],
    }
    write_table(folder / "staff.csv", columns)


def energy(folder: Path, seed: int) -> None:
    """Consumption of buildings by the day: kwh; cost_eur gives it away; -9999 stands for a silent thermometer."""
    draw = np.random.default_rng(seed)
    n = 400
    house = np.arange(n) % 8
    warm = (10 - 9 * np.cos(2 * np.pi * np.arange(n) / 365) + draw.normal(0, 3, n)).round(1)
    people = numbers(draw, 60, 20, n, 0)
    kwh = (120 + 30 * house + 6 * np.abs(warm - 18) + 0.8 * people + draw.normal(0, 12, n)).round(1)
    columns = {
        "timestamp": days("2023-01-01", n),
        "building": [f"B{h + 1}" for h in house],
        "use": np.array(["office", "school", "lab", "gym"])[house % 4],
        "outdoor_temp": some_missing(draw, warm, -9999),
        "occupancy": people,
        "weekday": [("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[i % 7] for i in range(n)],
        "meter_status": words(draw, ["ok", "ok", "ok", "fault"], n),
        "cost_eur": (kwh * 0.31).round(2),
        "kwh": kwh,
    }
    write_table(folder / "energy.csv", columns)


def signs(folder: Path, seed: int) -> None:
    """Photos of road signs, split into train and test, each with a folder for stop, yield, limit and closed."""
    draw = np.random.default_rng(seed)
    kinds = (("stop", "square", RED), ("yield", "triangle", RED), ("limit", "ring", RED), ("closed", "disc", YELLOW))
    for part, each in (("train", 20), ("test", 8)):
        for sign, shape, tint in kinds:
            for i in range(each):
                picture(folder / part / sign / f"{i:04d}.png", shape, draw, tint)


def moles(folder: Path, seed: int) -> None:
    """Photos of skin in a folder for each patient, and lesions.csv beside: dx nevus/melanoma, by path."""
    draw = np.random.default_rng(seed)
    rows: dict[str, list[object]] = {name: [] for name in ("path", "patient", "sex", "site", "camera", "dx")}
    for person in range(1, 29):
        sex = "f" if draw.random() < 0.5 else "m"
        for i in range(4):
            bad = draw.random() < 0.35
            path = f"patient_{person:02d}/photo_{i}.png"
            picture(folder / path, "triangle" if bad else "disc", draw, SKIN)
            site = ("arm", "back", "leg")[draw.integers(3)]
            values = (path, f"patient_{person:02d}", sex, site, "AB"[i % 2], "melanoma" if bad else "nevus")
            for column, value in zip(rows.values(), values, strict=True):
                column.append(value)
    write_table(folder / "lesions.csv", rows)


def fruit(folder: Path, seed: int) -> None:
    """Photos of fruit in one folder, and a German table with semicolons beside: Sorte and Reife."""
    draw = np.random.default_rng(seed)
    rows: dict[str, list[object]] = {name: [] for name in ("Bild", "Sorte", "Reife", "Kamera", "Kiste")}
    for i in range(108):
        sort, ripe = ("Apfel", "Birne", "Pflaume")[i % 3], draw.random() < 0.5
        name = f"IMG_{2000 + i}.png"
        shape = {"Apfel": "disc", "Birne": "triangle", "Pflaume": "ring"}[sort]
        picture(folder / "photos" / name, shape, draw, RED if ripe else (110, 170, 60))
        values = (name, sort, "reif" if ripe else "unreif", ("alt", "neu")[i % 2], i // 9 + 1)
        for column, value in zip(rows.values(), values, strict=True):
            column.append(value)
    write_table(folder / "obst.csv", rows, separator=";")


def coins(folder: Path, seed: int) -> None:
    """Photos of coins in a folder for each: penny, nickel, dime, quarter."""
    draw = np.random.default_rng(seed)
    kinds = (("penny", "disc", (180, 110, 70)), ("nickel", "ring", SILVER), ("dime", "cross", SILVER))
    for coin, shape, tint in (*kinds, ("quarter", "stripes", SILVER)):
        for i in range(26):
            picture(folder / coin / f"{coin}{i:02d}.png", shape, draw, tint)


SETS = {
    "loans": loans,
    "houses": houses,
    "clinic": clinic,
    "accidents": accidents,
    "crops": crops,
    "flights": flights,
    "glass": glass,
    "tickets": tickets,
    "staff": staff,
    "energy": energy,
    "signs": signs,
    "moles": moles,
    "fruit": fruit,
    "coins": coins,
}
