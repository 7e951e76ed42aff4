from tests.factories.cast import Cast, give_rate, make_cast
from tests.factories.deals import make_deal, make_pipeline

__all__ = ["Cast", "give_rate", "make_cast", "make_deal", "make_pipeline"]
