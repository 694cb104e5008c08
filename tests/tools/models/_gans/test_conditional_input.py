import torch

from noglue.tools.models._gans.conditioning import ConditionalInput


def test_a_class_stands_beside_the_latent_and_is_much_shorter():
    torch.manual_seed(0)
    given = ConditionalInput(latent=64, classes=10)
    latents, labels = torch.randn(500, 64), torch.arange(500) % 10
    both = given(latents, labels)
    assert both.shape == (500, given.length) == (500, 128)
    assert torch.equal(both[:, :64], latents)
    lengths = both[:, 64:].norm(dim=1)
    assert 0.7 < lengths.mean() < 1.3
    assert latents.norm(dim=1).mean() > 5 * lengths.mean()


def test_without_classes_the_latent_is_all_there_is():
    given = ConditionalInput(latent=64, classes=0)
    latents = torch.randn(3, 64)
    assert given(latents, None) is latents
    assert given.length == 64
