"""Descriptions in four languages against the columns of real tables."""

import pytest

from noglue.agent.settle.column_matching import claim, holding, match_target, only_classes
from noglue.agent.task import GoalName
from noglue.tools.spec.profiles import Column, ColumnKind


def column(name: str, kind: ColumnKind = "number", distinct: int = 60, values: tuple[str, ...] = ()) -> Column:
    return Column(name=name, kind=kind, dtype="string", distinct=distinct, examples=list(values))


def numbers(names: str) -> list[Column]:
    return [column(name, "number", 5000) for name in names.split()]


titanic = [
    column("PassengerId", "identifier", 891),
    column("Survived", "boolean", 2, ("0", "1")),
    column("Pclass", "category", 3),
    column("Name", "text", 891),
    column("Sex", "category", 2, ("male", "female")),
    column("Age", "number", 80),
    column("SibSp", "number", 7),
    column("Parch"),
    column("Ticket", "text"),
    column("Fare", "number", 200),
    column("Cabin", "category", 100),
    column("Embarked", "category", 3, ("S", "C", "Q")),
]
adult = [
    *numbers(
        "age workclass fnlwgt education education_num marital_status occupation "
        "relationship race sex capital_gain capital_loss hours_per_week "
        "native_country"
    ),
    column("income", "category", 2, ("<=50K", ">50K")),
]
ames = [
    column("Id", "identifier"),
    column("MSSubClass"),
    column("LotArea"),
    column("OverallQual"),
    column("YearBuilt"),
    column("GarageArea"),
    column("MiscVal"),
    column("SaleType", "category"),
    column("SalePrice", "number", 600),
]
cal = numbers(
    "longitude latitude housing_median_age total_rooms total_bedrooms "
    "population households median_income median_house_value"
)
churn = [
    column("customerID", "identifier"),
    column("gender", "category", 2),
    column("SeniorCitizen"),
    column("tenure"),
    column("Contract", "category", 3, ("Month-to-month", "One year")),
    column("MonthlyCharges", "number", 900),
    column("TotalCharges", "number", 900),
    column("Churn", "boolean", 2, ("Yes", "No")),
]
mpg = numbers("mpg cylinders displacement horsepower weight acceleration model_year origin car_name")
pima = [
    *numbers("Pregnancies Glucose BloodPressure SkinThickness Insulin BMI DiabetesPedigreeFunction Age"),
    column("Outcome", "boolean", 2),
]
credit = [
    *numbers("checking_status duration credit_history purpose credit_amount savings employment age housing"),
    column("default", "boolean", 2, ("yes", "no")),
]
bike = numbers(
    "instant dteday season yr mnth hr holiday weekday workingday weathersit "
    "temp atemp hum windspeed casual registered cnt"
)
CASES: list[tuple[str | None, list[Column], GoalName, str]] = [
    ("who survived", titanic, "classify", "Survived"),
    ("whether a passenger made it", titanic, "classify", "Survived"),
    ("wer überlebt hat", titanic, "classify", "Survived"),
    ("qui a survécu", titanic, "classify", "Survived"),
    ("quién sobrevivió", titanic, "classify", "Survived"),
    ("who drowned", titanic, "classify", "Survived"),
    ("ob ein Passagier gerettet wurde", titanic, "classify", "Survived"),
    ("who stayed alive", titanic, "classify", "Survived"),
    ("how old a passenger was", titanic, "regress", "Age"),
    ("the fare", titanic, "regress", "Fare"),
    ("income above 50k", adult, "classify", "income"),
    ("whether a person earns more than 50k", adult, "classify", "income"),
    ("who is rich", adult, "classify", "income"),
    ("le revenu", adult, "classify", "income"),
    ("house price", ames, "regress", "SalePrice"),
    ("what a house will sell for", ames, "regress", "SalePrice"),
    ("Preis eines Hauses", ames, "regress", "SalePrice"),
    ("le prix de vente", ames, "regress", "SalePrice"),
    ("house price", cal, "regress", "median_house_value"),
    ("what homes are worth", cal, "regress", "median_house_value"),
    ("precio de la vivienda", cal, "regress", "median_house_value"),
    ("Hauspreis", cal, "regress", "median_house_value"),
    ("which customers will leave", churn, "classify", "Churn"),
    ("welche Kunden kündigen", churn, "classify", "Churn"),
    ("qué clientes abandonarán", churn, "classify", "Churn"),
    ("quels clients vont partir", churn, "classify", "Churn"),
    ("who cancels", churn, "classify", "Churn"),
    ("miles per gallon", mpg, "regress", "mpg"),
    ("fuel consumption", mpg, "regress", "mpg"),
    ("Kraftstoffverbrauch", mpg, "regress", "mpg"),
    ("diabetes", pima, "classify", "Outcome"),
    ("which patients have diabetes", pima, "classify", "Outcome"),
    ("who will not pay back the loan", credit, "classify", "default"),
    ("defalt", credit, "classify", "default"),
    ("column 7", adult, "classify", "occupation"),
    ("the last column", adult, "classify", "income"),
    ("number of bike rentals", bike, "regress", "cnt"),
    (None, pima, "classify", "Outcome"),
    (None, titanic, "classify", "Survived"),
    (None, adult, "classify", "income"),
    (
        "handwritten digits",
        [column("label", "category", 10), *[column(f"pixel{i}") for i in range(5)]],
        "classify",
        "label",
    ),
    (
        "gehalt",
        [column("Name", "text"), column("Annual Salary", "number", 900), column("Years")],
        "regress",
        "Annual Salary",
    ),
    ("quality", [column("fixed acidity"), column("alcohol"), column("quality", "number", 7)], "regress", "quality"),
    (
        "die Qualität des Weins",
        [column("fixed acidity"), column("alcohol"), column("quality", "number", 7)],
        "regress",
        "quality",
    ),
    (
        "whether it rains tomorrow",
        [
            column("MinTemp"),
            column("Rainfall"),
            column("Humidity9am"),
            column("RainToday", "boolean", 2, ("Yes", "No")),
            column("RainTomorrow", "boolean", 2, ("Yes", "No")),
        ],
        "classify",
        "RainTomorrow",
    ),
    (
        "kind of flower",
        [
            column("sepal_length", "number", 35),
            column("sepal_width"),
            column("petal_length"),
            column("petal_width"),
            column("species", "category", 3, ("setosa", "versicolor")),
        ],
        "classify",
        "species",
    ),
    (
        "is the tumour malignant",
        [
            column("id", "identifier"),
            column("radius_mean", "number", 400),
            column("texture_mean", "number", 400),
            column("diagnosis", "category", 2, ("M", "B")),
        ],
        "classify",
        "diagnosis",
    ),
]


@pytest.mark.parametrize(("description", "columns", "goal", "meant"), CASES)
def test_description_finds_its_column(
    description: str | None, columns: list[Column], goal: GoalName, meant: str
) -> None:
    assert match_target(description, columns, goal)[0].name == meant


def test_ranks_all_columns_with_reasons() -> None:
    ranked = match_target("who survived", titanic, "classify")
    assert len(ranked) == len(titanic)
    assert [entry.confidence for entry in ranked] == sorted((entry.confidence for entry in ranked), reverse=True)
    assert ranked[0].why
    assert ranked[0].confidence > 0.6 > ranked[1].confidence


def test_no_columns() -> None:
    assert match_target("price", [], "regress") == []


@pytest.mark.parametrize(
    ("told", "goal", "names", "meant"),
    [
        ("what a barn will sell for", "regress", "Roof_Style Lot_Area Sale_Price", "Sale_Price"),
        ("lif expectancy of a country", "regress", "country year pop gdpPercap lifeExp", "lifeExp"),
        ("how strong will the beam be", "regress", "oak glue age breaking_strength", "breaking_strength"),
        ("cuánto empeorará el asma", "regress", "age sex bmi progression", "progression"),
    ],
)
def test_everyday_words_for_columns(told: str, goal: GoalName, names: str, meant: str) -> None:
    assert match_target(told, numbers(names), goal)[0].name == meant


def test_a_loan_that_is_paid_back_has_a_status() -> None:
    columns = [column("Status", "category", 2, ("good", "bad")), *numbers("Seniority Time Income Debt")]
    assert match_target("cliente devolverá su préstamo o no", columns, "classify")[0].name == "Status"


bears = [
    column("kind", "category", 2, ("K", "B")),
    column("sex", "category", 2, ("M", "F")),
    column("index", "number", 50),
    column("claw"),
]


def test_a_column_may_hold_the_initials_of_what_is_told_apart() -> None:
    found = holding([["brown bears"], ["kodiak bears"]], bears)
    assert found is not None
    assert found.name == "kind"
    assert holding([["old bears"], ["young bears"]], bears) is None
    assert holding([], bears) is None


def test_the_only_column_of_classes_among_numbers() -> None:
    counted = column("grade", "category", 3, ("1", "2", "3")).model_copy(update={"minimum": 1.0})
    found = only_classes([*numbers("total dollar bang"), counted, column("yesno", "boolean", 2, ("n", "y"))])
    assert found is not None
    assert found.name == "yesno"
    assert only_classes(bears) is None


@pytest.mark.parametrize(
    ("words", "name", "meant"),
    [
        ("income", "income_source", False),
        ("price", "price_currency", False),
        ("churn", "churn_reason", False),
        ("the source of income", "income_source", True),
        ("why they churned", "churn_reason", True),
        ("income", "income_eur", True),
        ("default", "default_payment_next_month", True),
    ],
)
def test_something_about_a_thing_is_not_the_thing(words: str, name: str, meant: bool) -> None:
    assert (claim(words, name) > 0.6) is meant
