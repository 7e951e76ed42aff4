from tests.factories.cast import Cast, make_cast
from tests.factories.deals import make_deal, make_pipeline

__all__ = ["Cast", "make_cast", "make_deal", "make_pipeline"]
