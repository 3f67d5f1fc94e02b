"""The words of a scale: a function of Moodle's competencies that asks for no right."""

from bridge.demo.calls import Args, Call, declare
from bridge.demo.errors import PhpError
from bridge.demo.shapes import INT, RAW, Json, Multiple, Single

__all__ = ["FUNCTIONS"]


@declare(
    "core_competency_get_scale_values",
    {"scaleid": INT},
    Multiple(Single({"id": INT, "name": RAW})),
)
def get_scale_values(call: Call, args: Args) -> Json:
    """List the labels by their numbers, from 1; of a scale that is not there Moodle 4.5 dies."""
    scale = call.tables.scales.get(args["scaleid"])
    if scale is None:
        raise PhpError("Call to a member function load_items() on bool")
    return [{"id": number, "name": call.string(label)} for number, label in enumerate(scale.items, start=1)]


FUNCTIONS = (get_scale_values,)
