"""The settings of the product with queries counted, and without a limit of calls: a benchmark asks more than a person may."""

from __future__ import annotations

from project import settings as product

globals().update({name: getattr(product, name) for name in dir(product) if name.isupper()})

MIDDLEWARE = ["tests.bench.web.counting.CountMiddleware", *product.MIDDLEWARE]
_RATES = dict.fromkeys(product.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "100000/min")
REST_FRAMEWORK = {**product.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": _RATES}
