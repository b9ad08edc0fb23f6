import pytest
from worlds import World


@pytest.fixture
def world(quick_database):
    return World(quick_database)
