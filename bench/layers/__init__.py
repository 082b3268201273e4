"""The layers of the company, from what customers buy down to the buildings; the first layer takes what others leave."""

from bench.estate import Layer
from bench.layers.business import BUSINESS
from bench.layers.facilities import FACILITIES
from bench.layers.machines import MACHINES
from bench.layers.network import NETWORK
from bench.layers.software import SOFTWARE

LAYERS: tuple[Layer, ...] = (*SOFTWARE, *MACHINES, *NETWORK, *FACILITIES, *BUSINESS)
