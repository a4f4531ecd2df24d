"""Where a walk through the page is: what a stop sets, and what is said at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, TypedDict

from lstm_shapes.config import Question
from lstm_shapes.explorer.choices import TABS, Choices
from lstm_shapes.explorer.link import Link
from lstm_shapes.explorer.route import Look, RouteName, Stop
from lstm_shapes.explorer.routes import ROUTES, last_stop
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.formula.shapes import tensor_shapes


class MistakeRecord(TypedDict):
    """What people often write instead, and what it costs on the run; empty until there is one."""

    text: str
    cost: str


class RouteProgram(TypedDict):
    """What a route ends in."""

    title: str
    code: str
    copy: str


class WalkRecord(TypedDict):
    """Where a walk is; ``route`` is empty if there is none.

    ``stops`` are the names of all steps; ``away`` says what was changed since, and is empty while
    the page shows what the step is about.
    """

    route: RouteName
    stop: int
    title: str
    progress: str
    stops: Sequence[str]
    heading: str
    text: str
    look: Look
    mistake: MistakeRecord | None
    program: RouteProgram | None
    away: str


NO_WALK: WalkRecord = {
    "route": "",
    "stop": 1,
    "title": "",
    "progress": "",
    "stops": [],
    "heading": "",
    "text": "",
    "look": "cards",
    "mistake": None,
    "program": None,
    "away": "",
}


def stop_values(route: RouteName, stop: int) -> dict[str, Any]:
    """All that a stop sets, by name: as an address has it.

    Args:
        route: its short name.
        stop: from 1 to the route's last one.

    >>> values = stop_values("classify", 3)
    >>> values["select"], values["tab"], values["vector"], values["stop"]
    ('out.6.backward', 'vectors', 'out[:, -1]', 3)
    """
    at = ROUTES[route].stops[stop - 1]
    chosen = Choices(route=route, stop=stop, tab=at.tab, **at.choices)  # type: ignore[arg-type]
    return at.question.values() | {"select": at.select, "sample": 0} | asdict(chosen)


def walk_to(route: object, stop: object) -> Link | None:
    """The link to a stop that a page asks for; nothing where there is none."""
    name = next((known for known in ROUTES if known == route), None)
    if name is None or type(stop) is not int or not 1 <= stop <= last_stop(name):
        return None
    return Link(stop_values(name, stop))


def whole(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by name; those that name a stop and nothing else are all that the stop sets.

    >>> whole({"route": "cell", "stop": 3})["tab"], whole({"route": "cell", "seed": 3})
    ('parameters', {'route': 'cell', 'seed': 3})
    """
    alone = values.keys() <= {"route", "stop"}
    leads = walk_to(values.get("route"), values.get("stop", 1)) if alone else None
    return dict(values) if leads is None else leads.values


def arriving(opened: Link) -> Link:
    """A link, as :func:`whole`; a stop that its route does not have is refused."""
    route, stop = opened.values.get("route", ""), opened.values.get("stop", 1)
    if stop > last_stop(route):
        cure = f"{route!r} has {last_stop(route)} steps" if route else "there is no route in it"
        opened.leave_out({"stop": f"stop={stop} is too large: {cure}"})
    opened.values = whole(opened.values)
    return opened


def walk_view(snapshot: Snapshot, choices: Choices) -> WalkRecord:
    """What is said at the stop where the page is."""
    if not choices.route:
        return NO_WALK
    route = ROUTES[choices.route]
    last, at = last_stop(choices.route), route.stops[choices.stop - 1]
    away = _away(at, snapshot, choices)
    program: RouteProgram = {
        "title": "The whole program",
        "code": route.program,
        "copy": "Copy the whole program",
    }
    return {
        "route": choices.route,
        "stop": choices.stop,
        "title": route.title,
        "progress": f"step {choices.stop} of {last}",
        "stops": [f"Step {i} of {last}: {each.title}" for i, each in enumerate(route.stops, 1)],
        "heading": at.title,
        "text": at.text.format_map(names_of(at.question)),
        "look": at.look,
        "mistake": None if away else _mistake(at, snapshot),
        "program": program if choices.stop == last else None,
        "away": away,
    }


def names_of(question: Question) -> Mapping[str, str]:
    """Shapes and sizes of a question, by the names that the sentences of a stop have for them.

    >>> names_of(ROUTES["tag"].stops[0].question)["out"]
    '(3, 5, 6)'
    """
    settings, sizes = question.settings, question.sizes
    *most, final = [str(each) for each in sizes.lengths or (sizes.seq_len,)]
    shapes = {name: str(each.shape) for name, each in tensor_shapes(settings, sizes).items()}
    return shapes | {
        "N": str(sizes.batch_size),
        "L": str(sizes.seq_len),
        "last": str(sizes.seq_len - 1),
        "H_in": str(settings.input_size),
        "H_cell": str(settings.hidden_size),
        "H_out": str(settings.h_out),
        "lengths": f"{', '.join(most)} and {final}" if most else final,
    }


def _away(at: Stop, snapshot: Snapshot, choices: Choices) -> str:
    """What is other than at the stop; which seed and device make the numbers does not count."""
    now = snapshot.question
    if replace(now, seed=at.question.seed, device=at.question.device) != at.question:
        return "You have changed the settings, so the page no longer shows what this step is about."
    if choices.tab != at.tab:
        return f"You are at another panel: this step is about “{TABS[at.tab]}”."  # type: ignore[index]
    return ""


def _mistake(at: Stop, snapshot: Snapshot) -> MistakeRecord | None:
    if at.mistake is None:
        return None
    run = snapshot.run
    return {"text": at.mistake.text, "cost": at.mistake.cost(run) if run is not None else ""}
