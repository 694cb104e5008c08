"""A model among scikit-learn's: cloned, trained anew, scored by folds, within a pipeline."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_classifier
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import noglue
from noglue.tools.spec.errors import BadUsage


@pytest.mark.slow
def test_folds_pipelines_and_clones(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    frame = pd.DataFrame(random.normal(size=(180, 3)), columns=["a", "b", "c"])
    kind = np.where(frame["a"] + 0.5 * frame["b"] > 0, 7, 3)
    model = noglue.run(
        "Predict kind with a linear model.",
        data=frame.assign(kind=kind),
        runs=tmp_path / "runs",
        planner="rules",
        budget=60,
    )
    assert is_classifier(model)
    assert model.classes_.tolist() == [3, 7]
    assert model.feature_names_in_.tolist() == ["a", "b", "c"]
    assert model.score(frame, kind) > 0.9

    copied = clone(model).set_params(seed=4)
    assert copied.get_params() == {"budget": 60.0, "family": "linear", "metric": model.task.metric, "seed": 4}
    assert model.get_params()["seed"] in (None, 0)
    with pytest.raises(BadUsage, match="no setting 'depth'"):
        copied.set_params(depth=3)
    before = model.run
    scores = cross_val_score(clone(model), frame, kind, cv=2, scoring="roc_auc")
    assert (scores > 0.9).all()
    assert model.run == before, "a clone's training leaves this one as it was"

    pipe = make_pipeline(StandardScaler(), clone(model)).fit(frame.to_numpy(), kind)
    assert pipe.score(frame.to_numpy(), kind) > 0.9
    assert pipe[-1].run != before
    assert pipe[-1].n_features_in_ == 3
    assert set(pipe.predict(frame.to_numpy()[:20])) <= {3, 7}
    for one in (model, copied, pipe[-1]):
        one.close()


@pytest.mark.slow
def test_numbers_are_trained_anew_as_numbers(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    frame = pd.DataFrame({"size": random.integers(20, 90, 160), "floor": random.integers(0, 5, 160)})
    price = pd.Series(frame["size"] * 3 + frame["floor"] * 10, name="price")
    model = noglue.run(
        "Predict price with a linear model.", data=frame.assign(price=price), runs=tmp_path / "runs", planner="rules"
    )
    assert not is_classifier(model)
    assert not hasattr(model, "classes_")
    fitted = clone(model).fit(frame, price)
    assert isinstance(fitted.predict(frame), np.ndarray)
    assert fitted.score(frame, price) > 0.95
    with pytest.raises(BadUsage, match="160 rows"):
        fitted.fit(frame, price[:5])
    fitted.close()
    model.close()


@pytest.mark.slow
def test_what_a_run_left_out_is_left_out_when_it_is_trained_anew(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    frame = pd.DataFrame({"size": random.integers(20, 90, 240), "district": random.choice(["east", "west"], 240),
                          "owner": random.integers(0, 40, 240)})  # fmt: skip
    sold = pd.Series(np.where(frame["size"] + random.normal(0, 8, 240) > 55, "yes", "no"), name="sold")
    frame["agent_fee"] = np.where(sold == "yes", 1000.0, 0.0)
    model = noglue.run(
        "Predict sold without the agent fee, only in the east, with a linear model.",
        data=frame.assign(sold=sold),
        group="owner",
        positive="no",
        seed=5,
        runs=tmp_path / "runs",
        planner="rules",
    )
    assert model.get_params()["seed"] == 5
    fitted = clone(model).set_params(budget=30).fit(frame, sold)
    assert "agent_fee" not in fitted.feature_names_in_
    assert fitted.seed == 5
    assert fitted.get_params()["budget"] == 30
    schema = json.loads((fitted.path / "data" / "schema.json").read_text(encoding="utf-8"))
    assert (schema["group"], schema["positive"], schema["target"]) == ("owner", "no", "sold")
    assert sum(one.count for one in fitted.rows.left_out.values()) == (frame["district"] == "west").sum()
    with pytest.warns(noglue.FitWarning, match="owner.*district"):
        fitted.fit(frame[["size", "agent_fee"]], sold)
    assert fitted.feature_names_in_.tolist() == ["size"]
    told = (
        pytest.warns(noglue.FitWarning, match="owner.*district"),
        pytest.warns(noglue.FitWarning, match="without names"),
    )
    with told[0], told[1]:
        clone(model).fit(frame[["size", "owner", "agent_fee", "size"]].to_numpy(), sold)
    fitted.close()
    model.close()
