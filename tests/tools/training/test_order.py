import torch

from noglue.tools.training.randomness import Order


def test_every_row_once_an_epoch_and_another_order_in_the_next():
    order = Order(rows=50, batch_size=16, seed=3)
    epochs = [torch.cat([order.batch(epoch, index) for index in range(4)]) for epoch in range(2)]
    assert [sorted(rows.tolist()) for rows in epochs] == [list(range(50))] * 2
    assert not torch.equal(*epochs)


def test_a_batch_depends_on_the_seed_and_its_place_alone():
    order = Order(rows=50, batch_size=16, seed=3)
    order.batch(0, 0)
    later = order.batch(4, 2)
    assert torch.equal(Order(rows=50, batch_size=16, seed=3).batch(4, 2), later)
    assert not torch.equal(Order(rows=50, batch_size=16, seed=4).batch(4, 2), later)
