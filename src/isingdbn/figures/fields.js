// The program of the page of fields: the code of a CustomJS, whose arguments are the widgets,
// figures, sources and mappers by their names in fields.py.
const STAGES = {pretrained: "after pre-training", finetuned: "after fine-tuning"};
const DEFINITIONS = {
  product: "product of weights", jacobian: "mean derivative", covariance: "covariance",
};
const UNIT = "unit";  // of `metric`: the units in their own order
const {ndarray} = Bokeh.require("core/util/ndarray");
const element = (id) => document.getElementById(id);

// ---- what is in the page

const texts = [...document.querySelectorAll("script[id^=block-]")].map((block) => block.textContent);
const unpacked = new Map();

async function bytesOf(number) {
  if (!unpacked.has(number)) {
    const packed = Uint8Array.from(atob(texts[number]), (letter) => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    unpacked.set(number, new Uint8Array(await new Response(stream).arrayBuffer()));
  }
  return unpacked.get(number);
}

const page = JSON.parse(new TextDecoder().decode(await bytesOf(texts.length - 1)));
element("allowance").textContent = page.allowance;

// ---- what is chosen

let drawn = null;  // what `show` last drew: net, layer, codes, places, …
let chosen = null; // the number of a unit, kept while the layer is
let turn = 0;      // of calls of `show`: only the last one draws
let timer = null;

const distinct = (values) => [...new Set(values)];

function offer(select, options) {
  // Put these pairs of value and label into a select; its value stays if it is among them.
  const values = options.map(([value]) => value);
  const value = values.includes(select.value) ? select.value : values[0] ?? "";
  if (JSON.stringify(select.options) !== JSON.stringify(options)) select.options = options;
  if (select.value !== value) select.value = value;
  select.disabled = options.length < 2;
}

const pairs = (values) => distinct(values).map((value) => [value, value]);

function chosenNet() {
  const nets = page.nets;
  offer(net, pairs(nets.map((of) => of.net)));
  const ofNet = nets.filter((of) => of.net === net.value);
  const byNumber = ofNet.map((of) => of.temperature).sort((one, other) => one - other);
  offer(temperature, pairs(byNumber));
  const ofTemperature = ofNet.filter((of) => of.temperature === temperature.value);
  offer(seed, pairs(ofTemperature.map((of) => of.seed)));
  return ofTemperature.find((of) => of.seed === seed.value);
}

function chosenLayer(of) {
  offer(stage, Object.keys(of.stages).map((name) => [name, STAGES[name]]));
  const layers = of.stages[stage.value];
  offer(layer, layers.map((at, k) => [`${k}`, `${k + 1} (${at.count} units)`]));
  const at = layers[Number(layer.value)];
  const definitions = Object.keys(DEFINITIONS).filter((name) => name in at.fields);
  offer(definition, definitions.map((name) => [name, DEFINITIONS[name]]));
  offer(metric, [[UNIT, "number of the unit"],
    ...Object.keys(at.values).map((name) => [name, page.metrics[name].name])]);
  return at;
}

// ---- units in order

const known = (value) => value !== null && value !== undefined;
const shown = (value) => known(value) ? `${Number(value.toPrecision(3))}` : "not defined";
const isDead = (at, place) => at.deadByWeight[place] || at.deadByActivity[place];
const followedUnits = (at) => at.followed ? at.followed.units : [];

function valueOf(at, place) {
  return metric.value === UNIT ? at.units[place] : at.values[metric.value][place];
}

function median(values) {
  const sorted = values.filter(known).sort((one, other) => one - other);
  if (!sorted.length) return NaN;
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

function setRange(at) {
  // The ends of the filter are those of the metric.
  const values = at.units.map((_, place) => valueOf(at, place)).filter(known);
  const low = values.length ? Math.min(...values) : 0;
  const high = values.length ? Math.max(...values) : 1;
  const end = high > low ? high : low + 1;
  const step = metric.value === UNIT ? 1 : (end - low) / 200;
  between.setv({start: low, end: low + Math.ceil((end - low) / step - 1e-9) * step, step});
  between.value = [between.start, between.end];
  const digits = step >= 1 ? 0 : Math.min(8, Math.ceil(-Math.log10(step)) + 1);
  between.format = digits ? `0.${"0".repeat(digits)}` : "0";
  const units = metric.value === UNIT ? "" : page.metrics[metric.value].units;
  between.title = `Between${units && units !== "1" ? ` (${units})` : ""}`;
}

function ordered(at) {
  const [low, high] = between.value;
  const slack = between.step / 2;
  const whole = low <= between.start && high >= between.end;
  const followed = new Set(followedUnits(at));
  const has = new Set(at.fields[definition.value].units);
  const wanted = (place) => {
    const value = valueOf(at, place);
    if (!has.has(at.units[place])) return false;
    if (!whole && !(known(value) && value >= low - slack && value <= high + slack)) return false;
    if (state.value === "living") return !isDead(at, place);
    if (state.value === "dead") return Boolean(isDead(at, place));
    return state.value !== "followed" || followed.has(at.units[place]);
  };
  const sign = order.value === "falling" ? -1 : 1;
  return at.units.map((_, place) => place).filter(wanted).sort((one, other) => {
    const [first, second] = [valueOf(at, one), valueOf(at, other)];
    if (!known(first) || !known(second)) return Number(known(second)) - Number(known(first));
    return sign * (first - second) || one - other;
  });
}

// ---- pictures

function setImage(source, range, values, rows, columns) {
  // `values` from above; the axes of Bokeh go upwards.
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    turned.set(values.subarray(row * columns, (row + 1) * columns), (rows - 1 - row) * columns);
  }
  const image = ndarray(turned, {dtype: "float32", shape: [rows, columns]});
  source.data = {image: [image], x: [0], y: [0], dw: [columns], dh: [rows]};
  const [x, y] = range;
  x.setv({start: 0, end: columns, reset_start: 0, reset_end: columns});
  y.setv({start: 0, end: rows, reset_start: 0, reset_end: rows});
}

function scaleOfLayer(largest, dead) {
  // The 75th percentile of the largest values of living units, as in Figure 3.
  const living = largest.filter((value, place) => known(value) && !dead[place]);
  const values = (living.length ? living : largest.filter(known)).sort((a, b) => a - b);
  return values[Math.floor(0.75 * (values.length - 1))] || 1;
}

function drawMosaic() {
  const {of, at, codes, places, positions} = drawn;
  const {height, width} = of;
  const one = at.fields[definition.value];
  const columns = Math.max(1, Math.ceil(Math.sqrt(places.length)));
  const rows = columns;
  const [stepY, stepX] = [height + 1, width + 1];
  const [imageRows, imageColumns] = [rows * stepY + 1, columns * stepX + 1];
  const image = new Float32Array(imageRows * imageColumns).fill(NaN);
  const byLayer = scale.value === "layer";
  const dead = one.units.map((unit) => isDead(at, at.units.indexOf(unit)));
  const limit = byLayer ? scaleOfLayer(one.largest, dead) : 1;
  const tile = {x: [], y: [], w: [], h: [], dash: [], line: [], words: []};
  places.forEach((place, number) => {
    const index = positions.get(at.units[place]);
    const factor = (byLayer ? one.largest[index] ?? 0 : 1) / page.steps;
    const [top, left] = [Math.floor(number / columns) * stepY + 1, (number % columns) * stepX + 1];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const code = codes[(index * height + y) * width + x] - page.steps;
        image[(top + y) * imageColumns + left + x] = code * factor;
      }
    }
    const gone = isDead(at, place);
    tile.x.push(left + width / 2);
    tile.y.push(imageRows - top - height / 2);
    tile.w.push(width + 1);
    tile.h.push(height + 1);
    tile.dash.push(gone ? [2, 2] : []);
    tile.line.push(gone ? "#1a1a1a" : "#a8a8a8");
    const value = metric.value === UNIT ? ""
      : `<br>${page.metrics[metric.value].name}: ${shown(valueOf(at, place))}`;
    tile.words.push(`unit ${at.units[place]}${gone ? ", dead" : ""}${value}`);
  });
  mosaic_mapper.setv({palette: palettes[colormap.value], low: -limit, high: limit});
  setImage(mosaic_image, [mosaic.x_range, mosaic.y_range], image, imageRows, imageColumns);
  tiles.data = tile;
  tiles.selected.indices = [];
}

function drawMark() {
  const number = drawn.places.findIndex((place) => drawn.at.units[place] === chosen);
  const at = (column) => number < 0 ? [] : [tiles.data[column][number]];
  mark.data = {x: at("x"), y: at("y"), w: at("w"), h: at("h")};
  return number;
}

function fieldNow() {
  // Codes, the largest value, and when: of the chosen unit at the chosen epoch.
  const {of, at, codes, positions, followed} = drawn;
  const size = of.height * of.width;
  const column = followedUnits(at).indexOf(chosen);
  const record = at.epochs.map(String).indexOf(epoch.value);
  if (column >= 0 && record >= 0 && definition.value === "product") {
    const index = record * at.followed.units.length + column;
    return {
      field: followed.subarray(index * size, (index + 1) * size),
      largest: at.followed.largest[record][column], when: `after epoch ${epoch.value}`,
    };
  }
  const index = positions.get(chosen);
  return {
    field: codes.subarray(index * size, (index + 1) * size),
    largest: at.fields[definition.value].largest[index], when: STAGES[stage.value],
  };
}

function drawField() {
  const {of, at} = drawn;
  const place = at.units.indexOf(chosen);
  const {field: codes, largest, when} = fieldNow();
  const limit = largest || 1;
  const values = Float32Array.from(codes, (code) => (code - page.steps) / page.steps * limit);
  field_mapper.setv({palette: palettes[colormap.value], low: -limit, high: limit});
  setImage(field_image, [field.x_range, field.y_range], values, of.height, of.width);
  const [y, x] = at.centre[place];
  const marked = known(x) && known(y) && when === STAGES[stage.value];
  // and beyond the edges of the torus
  const copies = marked ? [-1, 0, 1].flatMap((j) => [-1, 0, 1].map((i) => [i, j])) : [];
  centre.data = {
    x: copies.map(([i]) => x + 0.5 + i * of.width),
    y: copies.map(([, j]) => of.height - y - 0.5 + j * of.height),
  };
  const size = at.values.participation_ratio?.[place];
  const dead = [at.deadByWeight[place] ? "weight" : "", at.deadByActivity[place] ? "activity" : ""]
    .filter(Boolean).join(" and by ");
  const words = !known(largest) ? "The field has values that are no numbers; nothing is drawn."
    : largest === 0 ? "The field is zero everywhere."
    : `${DEFINITIONS[definition.value]}, ${when}; the largest value is ${shown(largest)}, and a step
      of colour ${shown(largest / page.steps)}.${marked
      ? ` The cross is the centre of the product of weights, row ${shown(y)}, column ${shown(x)}.`
      : ""}`;
  element("unit-title").textContent = `Unit ${chosen}${dead ? `, dead by ${dead}` : ""}`;
  element("field-words").textContent = words.replace(/\s+/g, " ");
  element("field").setAttribute("aria-label", `Receptive field of unit ${chosen}, ${when}; size
    ${shown(size)} sites`.replace(/\s+/g, " "));
}

function fit(range, ticker, values) {
  // Logarithmic ends around all positive values, and ticks between them.
  const positive = values.filter((value) => value > 0);
  if (!positive.length) return;
  const [start, end] = [Math.min(...positive) / 1.3, Math.max(...positive) * 1.3];
  range.setv({start, end});
  const factors = end / start > 30 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 8];
  const powers = Array.from({length: 14}, (_, number) => number - 6);
  ticker.ticks = powers.flatMap((power) => factors.map((factor) => factor * 10 ** power))
    .filter((tick) => tick >= start && tick <= end);
}

function drawHistory() {
  const {at} = drawn;
  const place = at.units.indexOf(chosen);
  const name = metric.value === "largest_weight" ? "largest_weight" : "participation_ratio";
  const label = name === "largest_weight" ? "largest |w|" : "participation ratio (sites)";
  const ofUnit = at.history[name][place];
  const medians = at.epochs.map((_, record) => median(at.history[name].map((of) => of[record])));
  const positive = (value) => value > 0 ? value : NaN;
  lines.data = {
    epoch: at.epochs, unit: ofUnit.map(positive), median: medians.map(positive),
  };
  history_y.axis_label = label;
  fit(history.x_range, history_x.ticker, at.epochs);
  fit(history.y_range, history_y.ticker, [...ofUnit, ...medians]);
  const record = at.epochs.map(String).indexOf(epoch.value);
  now.setv({visible: record >= 0, location: record >= 0 ? at.epochs[record] : 1});
  const first = ofUnit.length ? `from ${shown(ofUnit[0])} to ${shown(ofUnit.at(-1))}` : "no record";
  const words = at.epochs.length ? `The ${label} of unit ${chosen} over the epochs of this stage:
    ${first}.` : "No epoch of this layer was recorded.";
  const follows = followedUnits(at).includes(chosen) ? "" : ` Its field is kept at the end alone;
    “Units: followed over epochs” shows those that are kept after each recorded epoch.`;
  element("history-words").textContent = (words + follows).replace(/\s+/g, " ");
  element("history").setAttribute("aria-label", words.replace(/\s+/g, " "));
}

async function drawSpins() {
  const {of, at} = drawn;
  const unit = chosen;
  const place = at.units.indexOf(unit);
  const excites = at.excites[place];
  const {numbers, block} = page.lattices[of.lattices];
  const packed = await bytesOf(block);
  if (unit !== chosen) return;
  const [gap, size] = [2, of.height * of.width];
  const columns = Math.max(1, excites.length) * (of.width + gap) - gap;
  const image = new Float32Array(of.height * columns).fill(NaN);
  const bytes = Math.ceil(size / 8);
  excites.forEach((lattice, rank) => {
    const number = numbers.indexOf(lattice);
    for (let site = 0; site < size; site++) {
      const up = packed[number * bytes + (site >> 3)] >> (7 - (site & 7)) & 1;
      const column = rank * (of.width + gap) + site % of.width;
      image[Math.floor(site / of.width) * columns + column] = up ? 1 : -1;
    }
  });
  setImage(spins_image, [spins.x_range, spins.y_range], image, of.height, columns);
  const list = excites.map((lattice, rank) =>
    `lattice ${lattice} (${shown(at.input[place][rank])})`).join(", ");
  const words = excites.length
    ? `Of ${of.searched} held-out lattices, those with the largest input to unit ${unit}, the input
      in brackets: ${list}. Spins up are white.`
    : "No lattices of spins were held out for this net.";
  element("spins-words").textContent = words.replace(/\s+/g, " ");
  element("spins").setAttribute("aria-label", words.replace(/\s+/g, " "));
}

function fillTable() {
  const {at} = drawn;
  const place = at.units.indexOf(chosen);
  const rows = Object.entries(page.metrics).filter(([name]) => name in at.values);
  element("metrics").replaceChildren(...rows.map(([name, {name: words, units}]) => {
    const row = document.createElement("tr");
    const head = document.createElement("th");
    const cell = document.createElement("td");
    head.scope = "row";
    head.textContent = words;
    const value = at.values[name][place];
    cell.textContent = shown(value) + (known(value) && units !== "1" ? ` ${units}` : "");
    row.className = name === metric.value ? "chosen" : "";
    row.append(head, cell);
    return row;
  }));
}

function stop() {
  clearInterval(timer);
  timer = null;
  if (play.active) play.active = false;
  play.label = "Play epochs";
}

function offerEpochs() {
  const {at} = drawn;
  const can = followedUnits(at).includes(chosen) && definition.value === "product";
  const categories = can ? [...at.epochs.map(String), "end"] : ["-", "end"];
  if (JSON.stringify(epoch.categories) !== JSON.stringify(categories)) {
    stop();
    epoch.setv({categories, value: "end"});
  }
  epoch.disabled = play.disabled = !can;
}

async function showUnit() {
  const number = drawMark();
  offerEpochs();
  drawField();
  drawHistory();
  fillTable();
  const label = `Mosaic of ${drawn.places.length} fields, arrow keys choose one; unit ${chosen} is
    chosen, number ${number + 1}`;
  element("mosaic").setAttribute("aria-label", label.replace(/\s+/g, " "));
  await drawSpins();
}

function emptyUnit() {
  mark.data = {x: [], y: [], w: [], h: []};
  centre.data = {x: [], y: []};
  lines.data = {epoch: [], unit: [], median: []};
  now.visible = false;
  stop();
  epoch.disabled = play.disabled = true;
  const blank = new Float32Array(1).fill(NaN);
  for (const [source, figure] of [[field_image, field], [spins_image, spins]]) {
    setImage(source, [figure.x_range, figure.y_range], blank, 1, 1);
  }
  element("unit-title").textContent = "No unit";
  for (const id of ["field-words", "history-words", "spins-words"]) element(id).textContent = "";
  element("metrics").replaceChildren();
  element("mosaic").setAttribute("aria-label", "No unit passes the filter");
}

async function show() {
  const mine = ++turn;
  const of = chosenNet();
  const at = chosenLayer(of);
  const key = [net.value, temperature.value, seed.value, stage.value, layer.value, metric.value];
  if (drawn === null || drawn.key !== `${key}`) setRange(at);
  const one = at.fields[definition.value];
  const codes = await bytesOf(one.block);
  const followed = at.followed ? await bytesOf(at.followed.block) : null;
  if (mine !== turn) return;
  const positions = new Map(one.units.map((unit, index) => [unit, index]));
  drawn = {key: `${key}`, of, at, codes, followed, positions, places: ordered(at)};
  drawMosaic();
  const {places} = drawn;
  const living = at.units.filter((_, place) => !isDead(at, place)).length;
  const parts = [
    `${places.length} of ${at.count} units of layer ${Number(layer.value) + 1} of ${net.value}`,
    `T = ${temperature.value} J/k_B`, `seed ${seed.value}`, STAGES[stage.value],
    `${living} of ${at.units.length} living`,
  ];
  element("status").textContent = `${parts.join(", ")}.`;
  const diverged = of.diverged[Number(layer.value)];
  element("remark").textContent = [
    diverged ? `Pre-training of this layer diverged in epoch ${diverged}; the machine before
      it is shown.` : "",
    one.units.length < at.count ? `The page has the fields of ${one.units.length} of the
      ${at.count} units by this definition.` : "",
  ].join(" ").replace(/\s+/g, " ").trim();
  if (!places.some((place) => at.units[place] === chosen)) chosen = at.units[places[0]] ?? null;
  if (chosen === null) emptyUnit();
  else await showUnit();
  element("wait").hidden = true;
  document.body.dataset.drawn = `${mine}`;
}

// ---- what the reader does

for (const select of [net, temperature, seed, stage, layer, definition, colormap, scale, metric,
  order, state]) {
  select.properties.value.change.connect(show);
}
between.properties.value.change.connect(() => { if (drawn) show(); });
epoch.properties.value.change.connect(() => {
  if (drawn && chosen !== null) { drawField(); drawHistory(); }
});
tiles.selected.properties.indices.change.connect(() => {
  const [number] = tiles.selected.indices;
  if (number === undefined || !drawn) return;
  chosen = drawn.at.units[drawn.places[number]];
  showUnit();
});
play.properties.active.change.connect(() => {
  if (!play.active) { stop(); return; }
  play.label = "Stop";
  epoch.value = epoch.categories[0];
  timer = setInterval(() => {
    const next = epoch.categories.indexOf(epoch.value) + 1;
    if (next < epoch.categories.length) epoch.value = epoch.categories[next];
    else stop();
  }, 500);
});
element("mosaic").addEventListener("keydown", (event) => {
  if (!drawn || !drawn.places.length) return;
  const columns = Math.ceil(Math.sqrt(drawn.places.length));
  const last = drawn.places.length - 1;
  const here = drawn.places.findIndex((place) => drawn.at.units[place] === chosen);
  const there = {
    ArrowLeft: here - 1, ArrowRight: here + 1, ArrowUp: here - columns, ArrowDown: here + columns,
    Home: 0, End: last,
  }[event.key];
  if (there === undefined) return;
  event.preventDefault();
  if (there < 0 || there > last) return;
  chosen = drawn.at.units[drawn.places[there]];
  showUnit();
});

metric.value = "participation_ratio";
order.value = "rising";
await show();
