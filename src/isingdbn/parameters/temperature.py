"""The temperatures that have a name, in units of J/k_B."""

import math

__all__ = ["CRITICAL_TEMPERATURE", "NAMED_TEMPERATURES", "WIDEST_PEAK"]

CRITICAL_TEMPERATURE = 2 / math.log1p(math.sqrt(2))  # exact: Onsager 1944

# between the temperatures where maxima are sought: reweighting reaches no further
WIDEST_PEAK = 2.0

NAMED_TEMPERATURES = {
    "critical": CRITICAL_TEMPERATURE,
    "paper": 2.2976,  # about 1/0.4352; what the paper takes for the critical temperature
    "mehta_schwab": 1 / 0.408,  # that of the training data of Mehta and Schwab, arXiv:1410.3831
}
