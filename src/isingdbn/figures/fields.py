"""The page of fields: every unit of every net, chosen, sorted, drawn large and followed over
epochs, in one file that asks no other host for anything.
"""

import re
from itertools import count
from pathlib import Path

import numpy as np
import xarray as xr
from bokeh.document import Document
from bokeh.embed import file_html
from bokeh.events import DocumentReady
from bokeh.models import (
    CategoricalSlider,
    ColorBar,
    ColumnDataSource,
    CustomJS,
    FixedTicker,
    HoverTool,
    LinearColorMapper,
    Model,
    NumeralTickFormatter,
    Range1d,
    RangeSlider,
    Select,
    Span,
    TapTool,
    Toggle,
    UIElement,
)
from bokeh.plotting import figure
from bokeh.resources import INLINE
from jinja2 import Environment
from matplotlib import colormaps
from matplotlib.colors import to_hex

from isingdbn.errors import InputError
from isingdbn.figures.fields_content import Content, contents
from isingdbn.figures.options import Store, Words
from isingdbn.figures.style import COLOURS
from isingdbn.progress import note

__all__ = ["OPTIONS", "draw"]

OPTIONS = {
    "portraits": Store("portraits", "analyse portraits", many=True, at_points=True),
    "nets": Words("the name of the net of each of --portraits", many=True),
}

# Diverging maps first: zero is in the middle, and all but the last two are safe for readers who
# see colours otherwise. The paper draws in the last two.
COLORMAPS = {
    "RdBu_r": "red and blue",
    "PuOr_r": "orange and purple",
    "gray": "grey",
    "cividis": "cividis",
    "hot": "hot, as the paper",
    "prism": "prism, as the paper",
}
SHADES = 255
GAP = "#a8a8a8"
UNIQUE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def draw(portraits: list[xr.Dataset], nets: list[str]) -> str:
    """The page, HTML.

    Parameters
    ----------
    portraits : of trained nets.
    nets : the name of each; or of each group of as many that follow one another, the seeds.

    Raises
    ------
    InputError : there are not as many groups as names.
    """
    if len(portraits) % len(nets):
        raise InputError(
            f"--nets: {len(nets)} names do not fit {len(portraits)} stores of --portraits;"
            " give one for each"
        )
    names = np.repeat(nets, len(portraits) // len(nets)).tolist()
    content = contents(portraits, names)
    note(f"{content.size / 1e6:.1f} million bytes of fields. {content.allowance.sentence}")
    return _document(content)


def _document(content: Content) -> str:
    """The page with its content and programs, the same bytes for the same content."""
    beside = Path(__file__)
    widgets = {**_controls(), **_pictures()}
    document = Document()
    shown = {name: model for name, model in widgets.items() if isinstance(model, UIElement)}
    for name, model in shown.items():
        model.name = name
        document.add_root(model)
    palettes = {name: _palette(name) for name in COLORMAPS}
    program = beside.with_suffix(".js").read_text(encoding="utf-8")
    start = CustomJS(
        args={**widgets, "palettes": palettes}, code=f"(async () => {{\n{program}}})();"
    )
    document.js_on_event(DocumentReady, start)
    template = Environment(autoescape=False).from_string(
        beside.with_suffix(".html").read_text(encoding="utf-8")
    )
    words = {"blocks": content.blocks, "allowance": content.allowance}
    page = file_html(
        document,
        resources=INLINE,
        title="Receptive fields",
        template=template,
        template_variables=words,
    )
    return _numbered(page)


def _numbered(page: str) -> str:
    """The page with numbers in place of Bokeh's random names."""
    numbers = count(1)
    names: dict[str, str] = {}

    def name(found: re.Match) -> str:
        if found[0] not in names:
            names[found[0]] = f"{next(numbers):08x}-0000-4000-8000-000000000000"
        return names[found[0]]

    return UNIQUE.sub(name, page)


def _palette(name: str) -> list[str]:
    """A Matplotlib colormap as a list of colours."""
    return [to_hex(colour) for colour in colormaps[name](np.linspace(0, 1, SHADES))]


def _controls() -> dict[str, Model]:
    """What a reader chooses by; what there is to choose is filled in by the program."""

    def select(title: str, **options: str) -> Select:
        return Select(title=title, options=list(options.items()), value=next(iter(options), ""))

    return {
        "net": select("Net"),
        "temperature": select("Temperature (J/k_B)"),
        "seed": select("Seed"),
        "stage": select("Stage"),
        "layer": select("Layer"),
        "definition": select("Definition of the field"),
        "colormap": select("Colours", **COLORMAPS),
        "scale": select("Colour scale", unit="each unit its own", layer="one for the layer"),
        "metric": select("Sort and filter by"),
        "order": select("Order", falling="largest first", rising="smallest first"),
        "state": select(
            "Units", every="all", living="living", dead="dead", followed="followed over epochs"
        ),
        "between": RangeSlider(
            title="Metric between", start=0, end=1, value=(0, 1), step=0.01, width=330
        ),
        "epoch": CategoricalSlider(title="After epoch", categories=["end", "-"], value="end"),
        "play": Toggle(label="Play epochs", button_type="primary"),
    }


def _pictures() -> dict[str, Model]:
    """The figures, and the sources and mappers that they are drawn from."""
    models: dict[str, Model] = {}

    def image(name: str, mapper: LinearColorMapper, size: int, tools: str) -> figure:
        picture = figure(
            frame_width=size, frame_height=size, x_range=Range1d(0, 1), y_range=Range1d(0, 1),
            toolbar_location="above", tools=tools,
        )  # fmt: skip
        picture.axis.visible = False
        picture.grid.visible = False
        picture.toolbar.logo = None
        picture.background_fill_color = GAP
        source = ColumnDataSource(
            {"image": [np.zeros((1, 1), np.float32)], "x": [0], "y": [0], "dw": [1], "dh": [1]}
        )
        picture.image(
            image="image", x="x", y="y", dw="dw", dh="dh", color_mapper=mapper, source=source
        )
        models.update({name: picture, f"{name}_image": source, f"{name}_mapper": mapper})
        return picture

    def mapper() -> LinearColorMapper:
        return LinearColorMapper(palette=_palette("RdBu_r"), low=-1, high=1, nan_color=(0, 0, 0, 0))

    mosaic = image("mosaic", mapper(), 760, tools="box_zoom,wheel_zoom,pan,reset,save")
    tiles = ColumnDataSource({name: [] for name in ("x", "y", "w", "h", "dash", "line", "words")})
    drawn = mosaic.rect(
        x="x", y="y", width="w", height="h", fill_alpha=0, line_color="line", line_dash="dash",
        line_width=1, source=tiles,
    )  # fmt: skip
    drawn.nonselection_glyph = drawn.selection_glyph = drawn.glyph
    mosaic.add_tools(HoverTool(renderers=[drawn], tooltips="@words{safe}"))
    mosaic.add_tools(TapTool(renderers=[drawn]))
    mark = ColumnDataSource({name: [] for name in ("x", "y", "w", "h")})
    mosaic.rect(
        x="x", y="y", width="w", height="h", fill_alpha=0, line_color="black", line_width=3,
        source=mark,
    )  # fmt: skip
    field = image("field", mapper(), 390, tools="save")
    field.add_layout(
        ColorBar(color_mapper=models["field_mapper"], width=14, label_standoff=6), "right"
    )
    centre = ColumnDataSource({"x": [], "y": []})
    for colour, width in (("white", 5), ("black", 2)):
        field.scatter(
            "x", "y", marker="cross", size=16, line_color=colour, line_width=width, source=centre
        )
    spins = image(
        "spins", LinearColorMapper(palette=["black", "white"], low=-1, high=1), 450, tools="save"
    )
    spins.frame_height = 108
    history = figure(
        width=470, height=260, x_axis_type="log", y_axis_type="log", tools="save",
        x_axis_label="epochs", toolbar_location="above",
        x_range=Range1d(0.8, 100), y_range=Range1d(1, 1000),
    )  # fmt: skip
    history.toolbar.logo = None
    lines = ColumnDataSource({name: [] for name in ("epoch", "unit", "median")})
    for column, colour, label in (
        ("median", COLOURS["grey"], "median of the layer"),
        ("unit", COLOURS["vermilion"], "this unit"),
    ):
        history.line("epoch", column, source=lines, color=colour, line_width=2, legend_label=label)
        history.scatter("epoch", column, source=lines, color=colour, size=6, legend_label=label)
    history.legend.orientation = "horizontal"
    history.add_layout(history.legend[0], "above")
    now = Span(dimension="height", line_dash="dashed", line_color="black", visible=False)
    history.add_layout(now)
    for axis in (*history.xaxis, *history.yaxis):
        axis.ticker = FixedTicker()
        axis.formatter = NumeralTickFormatter(format="0.[000]")
    return models | {
        "tiles": tiles,
        "mark": mark,
        "centre": centre,
        "history": history,
        "history_x": history.xaxis[0],
        "history_y": history.yaxis[0],
        "lines": lines,
        "now": now,
    }
