"""Whatever stands in a file that describes data: it is followed, or nothing is made of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noglue.tools.readers import _declared, delimited

NAMES = ["README.md", "datapackage.json", "croissant.json", "metadata.json", "dataset_info.json", "dataset_infos.json"]
WORDS = (
    "resources path schema foreignKeys fields reference resource distribution recordSet field source fileObject "
    "extract column references dataType @id name contentUrl includes features names _type configs config_name "
    "data_files split default dataset_info dtype class_label @context"
)
KEYS = st.sampled_from(WORDS.split())
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from(["a.csv", "train", "*", "[", "../x", ""])
)
VALUES = st.recursive(
    LEAVES | KEYS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


def lay(folder: Path, name: str, content: Any) -> list[Path]:
    """A description beside two tables; what is JSON is YAML too."""
    text = json.dumps(content)
    (folder / name).write_text(f"---\n{text}\n---\n" if name == "README.md" else text)
    for one in ("a.csv", "b.csv"):
        (folder / one).write_text("x,y\n" + "".join(f"{n},{n * n}\n" for n in range(9)))
    return sorted(folder.iterdir())


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.dictionaries(KEYS, VALUES, min_size=1, max_size=4))
def test_any_content_is_followed_or_nothing(tmp_path: Path, name: str, content: dict[str, Any]) -> None:
    files = lay(tmp_path, name, content)
    said = _declared.of(files)
    assert set(said.splits) <= set(files)
    assert said == _declared.Declared() or said.by == (tmp_path / name,)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.dictionaries(KEYS, VALUES, min_size=1, max_size=4))
def test_tables_are_read_whatever_describes_them(tmp_path: Path, content: dict[str, Any]) -> None:
    matches = delimited.readings(lay(tmp_path, "datapackage.json", content))
    assert matches
    for match in matches:
        assert sum(table.num_rows for table in delimited.read(match).splits.values()) >= 9


def test_a_list_that_holds_itself_many_times_is_no_name(tmp_path: Path) -> None:
    lists = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 14)]
    configs = "configs: [{config_name: *a13, data_files: [{split: *a13, path: *a13}]}]"
    card = "\n".join(
        ["---", "a0: &a0 [x, x, x]", *lists, configs, "dataset_info: {features: [{name: *a13, names: *a13}]}", "---"]
    )
    (tmp_path / "README.md").write_text(card)
    (tmp_path / "a.csv").write_text("x,y\n1,2\n3,4\n")
    assert not _declared.of(sorted(tmp_path.iterdir())).splits


def test_nothing_outside_of_the_files_is_meant(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("x,y\n1,2\n3,4\n")
    inner = tmp_path / "data"
    inner.mkdir()
    package = {"resources": [{"name": "a", "path": ["../secret.csv", "/etc/passwd", "http://example.org/a.csv"]}]}
    assert not _declared.of(lay(inner, "datapackage.json", package)).splits


def test_what_a_package_leaves_out_is_told(tmp_path: Path) -> None:
    files = lay(tmp_path, "datapackage.json", {"resources": [{"name": "a", "path": "a.csv"}]})
    (match,) = delimited.readings(files)
    assert match.files == {"all": [tmp_path / "a.csv"]}
    assert match.ignored == {
        str(tmp_path / "b.csv"): _declared.NOT_DECLARED,
        str(tmp_path / "datapackage.json"): _declared.FOLLOWED,
    }


def test_numbers_beyond_the_names_are_no_classes(tmp_path: Path) -> None:
    info = {"features": {"y": {"_type": "ClassLabel", "names": ["no", "yes"]}}}
    files = lay(tmp_path, "dataset_info.json", info)
    assert delimited.read(delimited.readings(files)[0]).classes is None
