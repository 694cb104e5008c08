"""Forecasters of series that go on: members, how they are blended by rolling origins, what is kept of them."""
