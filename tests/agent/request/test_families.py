import tomllib
from pathlib import Path

import pytest

from noglue.agent.request import families, read, understood
from noglue.agent.task import Constraints
from noglue.tools.spec import catalogue


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("tell the iris species apart with logistic regression", "linear"),
        ("predict the price in houses.csv using gradient boosting", "boosted_trees"),
        ("classify ./photos/ with a CNN", "resnet"),
        ("classify ./photos/, not with a CNN", None),
        ("predict the price in houses.csv", None),
        ("generate more cats, ./cats/, with an R3GAN", "r3gan"),
        ("use a DCGAN on ./cats/", "dcgan"),
        ("DC-GAN, cats/", "dcgan"),
        ("spectral normalisation GAN on ./cats/", "sngan"),
        ("a hinge gan for ./cats/", "sngan"),
        ("train WGANs on ./cats/", "wgan_gp"),
        ("wgan-gp cats/", "wgan_gp"),
        ("Trainiere ein Wasserstein-GAN mit ./katzen/", "wgan_gp"),
        ("entraîne un GAN de Wasserstein sur ./chats/", "wgan_gp"),
        ("generate cats from ./cats/ with an MLP GAN", "mlp_gan"),
        ("a multilayer perceptron GAN for ./cats/", "mlp_gan"),
        ("the original 2014 GAN on ./cats/", "mlp_gan"),
        ("recognise digits with 100 labels, semi-supervised GAN", "semi_gan"),
        ("SSGAN, mnist, 100 labels", "semi_gan"),
        ("recognise digits with 100 labels by self-training", "pseudo_labels"),
        ("mnist with 100 labels, use pseudo-labelling", "pseudo_labels"),
        ("use a dcgn on ./cats/", "dcgan"),
        ("use an r3gn on ./cats/", "r3gan"),
        ("use a sgan on ./cats/", None),
        ("it began with a sedan, ./cats/, classify", None),
        ("train a GAN on ./cats/", None),
        ("generate more cats from ./cats/, not with a DCGAN", None),
    ],
)
def test_a_family_by_its_everyday_name(text: str, family: str | None) -> None:
    assert read(text, [], Constraints()).constraints.family == family


def test_a_family_that_is_not_here_is_said_to_be_missing() -> None:
    task = read("tell the iris species apart with a gaussian process", [], Constraints())
    assert task.constraints.family is None
    assert "gaussian process" in task.evidence["family"]


def test_a_well_known_gan_that_is_not_here_is_said_to_be_missing() -> None:
    task = read("make more cats with a StyleGAN, ./cats/", [], Constraints())
    assert task.constraints.family is None
    assert '"StyleGAN" is not among the model families here' in understood(task)


def test_what_a_kind_of_model_does_is_part_of_the_request() -> None:
    assert families.abilities("r3gan") == {("generate", "image")}
    assert families.abilities("semi_gan") == {("classify", "image")}
    assert families.abilities("linear") >= {("classify", "table"), ("regress", "table")}
    few = read("recognise handwritten digits with only 100 labels, use a semi-supervised GAN", [], Constraints())
    assert (few.goal, few.modality, few.constraints.labels) == ("classify", "image", 100)
    task = read("r3gan, ./cats/", [], Constraints())
    assert (task.goal, task.modality, task.sources) == ("generate", "image", ["./cats/"])
    assert "r3gan" in task.evidence["goal"]


def test_names_in_other_languages_are_those_of_families_that_are_here() -> None:
    also = tomllib.loads((Path(families.__file__).parent / "families.toml").read_text(encoding="utf-8"))
    assert set(also) <= set(catalogue.names("noglue.tools.models"))


def test_a_multilayer_perceptron_alone_is_still_said_to_be_missing() -> None:
    assert (
        "multilayer perceptron"
        in read("tell the iris species apart with a multilayer perceptron", [], Constraints()).evidence["family"]
    )


def test_the_flag_wins() -> None:
    flags = Constraints(family="table_blend")
    assert read("use logistic regression on iris", [], flags).constraints.family == "table_blend"


@pytest.mark.parametrize("name", catalogue.names("noglue.tools.models"))
def test_every_family_is_able_to_do_something(name: str) -> None:
    assert families.abilities(name), "asked for, it would be refused whatever the request is"


def test_no_alias_means_two_families() -> None:
    assert len(set(families.aliases().values())) >= 4
