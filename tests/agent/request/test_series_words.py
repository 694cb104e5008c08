"""Measurements over time are heard as such in four languages, beside words that sounds share with them."""

import pytest

from noglue.agent import request
from noglue.agent.task import Constraints

HEARD = [
    "classify the sensor recordings in ./x",
    "classify the time series in ./x",
    "classify the motion sequences in ./x",
    "klassifiziere die Sensoraufnahmen in ./x",
    "welche Aktivität zeigt jede Zeitreihe in ./x",
    "classe les séries temporelles de ./x",
    "quelle activité montre chaque enregistrement des capteurs dans ./x",
    "clasifica las series temporales de ./x",
    "qué actividad muestra cada grabación de los sensores en ./x",
]
SOUNDS = ["classify the bird recordings in ./x", "recognise the spoken digits in ./x"]


@pytest.mark.parametrize("paragraph", HEARD)
def test_series_are_heard(paragraph: str) -> None:
    task = request.read(paragraph, [], Constraints())
    assert (task.goal, task.modality) == ("classify", "series")


@pytest.mark.parametrize("paragraph", SOUNDS)
def test_recordings_of_sounds_stay_sounds(paragraph: str) -> None:
    assert request.read(paragraph, [], Constraints()).modality == "audio"
