"use strict";
// One state, drawn anew where it changed. No library, no network but this server.

const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56b4e9", "#7f3fbf", "#8c564b", "#666666", "#17a2a2"];
const state = { studies: [], chosen: null, ticked: new Set(), documents: new Map(), diagrams: null, cloud: null, selected: new Set(), interval: null };
const $ = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function shape(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** A word beside a patch of the colour it stands for. */
function key(label, at) {
  const made = element("span", { class: "key" }, label);
  made.style.setProperty("--key", COLOURS[at % COLOURS.length]);
  return made;
}

function digits(value) {
  if (value === null || value === undefined) return "–";
  return Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-3) ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}

async function get(path) {
  const answer = await fetch(path, { credentials: "same-origin" });
  const body = answer.headers.get("content-type")?.includes("json") ? await answer.json() : null;
  return { status: answer.status, body };
}

const path = (rest, study = state.chosen) => `/api/studies/${study.id}${rest}`;

// ---- the list ----

async function loadStudies() {
  const { body } = await get("/api/studies");
  if (!body) return;
  state.studies = body.studies;
  drawStudies();
}

function drawStudies() {
  const wanted = $("filter").value.toLowerCase();
  const matches = (study) => `${study.name} ${study.network} ${study.data}`.toLowerCase().includes(wanted);
  const items = state.studies.filter(matches).map((study) => {
    const tick = element("input", { type: "checkbox", "aria-label": `Draw the curves of ${study.name} as well` });
    tick.checked = state.ticked.has(study.id);
    tick.disabled = !study.documents.includes("profile");
    tick.addEventListener("change", () => compare(study, tick.checked));
    const button = element("button", { type: "button", "aria-current": String(study.id === state.chosen?.id) }, study.name);
    button.append(element("small", {}, `${study.network} · ${study.data} · ${study.documents.filter((kind) => kind !== "diagrams").join(", ")}`));
    button.addEventListener("click", () => choose(study));
    return element("li", {}, tick, button);
  });
  $("studies").replaceChildren(...(items.length ? items : [element("li", {}, state.studies.length ? "No study matches." : "There are no studies in these folders yet.")]));
}

async function compare(study, on) {
  if (on) state.ticked.add(study.id); else state.ticked.delete(study.id);
  if (on) await loadProfile(study);
  drawCurve();
}

async function loadProfile(study) {
  if (state.documents.has(study.id) || !study.documents.includes("profile")) return;
  const { body } = await get(path("/documents/profile", study));
  if (body) state.documents.set(study.id, body);
}

async function loadAttack(study) {
  const { body } = study.documents.includes("attack") ? await get(path("/documents/attack", study)) : { body: null };
  if (study === state.chosen) state.attack = body;
}

// ---- one study ----

async function choose(study) {
  Object.assign(state, { chosen: study, attack: null, diagrams: null, cloud: null, interval: null });
  state.selected.clear();
  drawStudies();
  $("nothing").hidden = true;
  await Promise.all([loadProfile(study), loadAttack(study)]);
  if (study !== state.chosen) return;
  drawAbout();
  await drawTraining();
  setControls();
  setAttack();
  await showEpoch();
}

function drawAbout() {
  const { chosen } = state;
  const profile = state.documents.get(chosen.id) ?? state.attack;
  $("about").hidden = false;
  $("about-title").textContent = chosen.name;
  const facts = [["network", chosen.network], ["data", chosen.data], ["seed", chosen.seed], ["written", new Date(1000 * chosen.modified).toLocaleString()]];
  if (profile) facts.push(["command", profile.provenance.command.join(" ")]);
  $("provenance").replaceChildren(...facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, String(value))]));
  const links = chosen.documents.map((kind) => element("a", { href: path(`/documents/${kind}`), target: "_blank", rel: "noopener" }, `${kind}.json`));
  if (chosen.has_report) links.unshift(element("a", { href: path("/report"), target: "_blank", rel: "noopener" }, "report"));
  $("links").replaceChildren(...links.flatMap((link) => [link, " "]));
  $("warnings").replaceChildren(...(profile?.warnings ?? []).map((warning) => element("li", {}, warning)));
}

async function drawTraining() {
  const { status, body } = state.chosen.documents.includes("run") ? await get(path("/metrics")) : { status: 404 };
  const epochs = status === 200 ? body.epochs : [];
  $("training").hidden = epochs.length < 2;
  if (epochs.length < 2) return;
  const line = (name, label) => ({ label, points: epochs.filter((epoch) => epoch[name] !== null).map((epoch) => ({ x: epoch.epoch, value: epoch[name] })) });
  const last = epochs[epochs.length - 1];
  drawPlot($("training-curve"), [line("train_accuracy", "training"), line("test_accuracy", "test")], { from: 0, to: last.epoch, label: "epoch" });
  $("training-words").textContent = `Epoch ${last.epoch}: test accuracy ${(100 * last.test_accuracy).toFixed(2)} %. Blue: on training images, orange: on test images.`;
}

// ---- attacks ----

const CLEAN = "clean";
const GREY = COLOURS.indexOf("#666666");
const chosenAttack = () => $("attack-method").value;
const strengths = () => state.attack.curve.filter((point) => attackOf(point) === chosenAttack()).sort((a, b) => a.epsilon - b.epsilon);
const attackOf = (one) => `${one.method} (${one.norm})`;

function setAttack() {
  $("attack-section").hidden = !state.attack;
  if (!state.attack) return;
  const { curve, rows: all } = state.attack;
  options($("attack-method"), unique(curve.filter((point) => point.method !== CLEAN).map(attackOf)));
  options($("attack-quantity"), unique(all.map(nameOf)), "lifespans-sum H0");
  options($("attack-scope"), unique(all.map((row) => row.class)), "global");
  setStrengths();
}

/** The first place of the slider is no attack; then come the strengths of the one that is chosen. */
function setStrengths() {
  const before = Number($("strength").value);
  $("strength").max = strengths().length;
  $("strength").value = Math.min(before, strengths().length);
  drawAttack();
}

function drawAttack() {
  const at = strengths()[Number($("strength").value) - 1];
  const [quantity, scope] = [$("attack-quantity").value, $("attack-scope").value];
  const clean = state.attack.curve.find((point) => point.method === CLEAN);
  const methods = unique(state.attack.curve.filter((point) => point.method !== CLEAN).map(attackOf));
  const curve = (label, colour, is) => {
    const own = state.attack.rows.filter((row) => nameOf(row) === quantity && row.class === scope && is(row)).sort((a, b) => a.depth - b.depth);
    return { label, colour, points: own.map((row) => ({ x: row.depth, value: row.value, lower: row.lower, upper: row.upper })) };
  };
  const curves = [curve(CLEAN, GREY, (row) => row.method === CLEAN)];
  if (at) curves.push(curve(`${attackOf(at)}, ε = ${digits(at.epsilon)}`, methods.indexOf(attackOf(at)), (row) => attackOf(row) === attackOf(at) && row.epsilon === at.epsilon));
  // One scale for all strengths, so that the curve moves and the axis does not.
  const reach = curve("", GREY, (row) => row.method === CLEAN || attackOf(row) === chosenAttack()).points.flatMap((point) => [point.value, point.lower, point.upper]);
  drawPlot($("attack-curve"), curves, { from: 0, to: 1, label: "relative depth", reach });
  $("attack-legend").replaceChildren(...curves.map((one) => key(one.label, one.colour)));
  $("strength-shown").textContent = at ? digits(at.epsilon) : "none";
  $("attack-words").textContent = outcome(at ?? clean, at !== undefined);
  const accuracy = methods.map((label) => ({ label, points: [clean, ...state.attack.curve.filter((point) => attackOf(point) === label).sort((a, b) => a.epsilon - b.epsilon)].filter(Boolean).map((point) => ({ x: point.epsilon, value: point.accuracy })) }));
  drawPlot($("attack-accuracy"), accuracy, { from: 0, to: Math.max(...state.attack.curve.map((point) => point.epsilon)), label: "ε", now: at?.epsilon ?? 0 });
  $("attack-methods").replaceChildren(...methods.map(key));
}

/** What became of the images. */
function outcome(point, isAttacked) {
  if (!point) return "";
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  const { target, images } = state.attack;
  const goal = target ? `taken for ${target}` : "misled";
  const done = isAttacked ? `; ${percent(point.success)} ${goal}` : "";
  return `${isAttacked ? "Here" : "Without attack"} the accuracy is ${percent(point.accuracy)} and F1 ${digits(point.f1)}${done} (${images.attacked} images).`;
}

// ---- layers ----

function rows(study = state.chosen) {
  return state.documents.get(study?.id)?.rows ?? [];
}

const nameOf = (row) => row.descriptor + (row.homology_dimension === null ? "" : ` H${row.homology_dimension}`);
const unique = (values) => [...new Set(values)];

function options(select, names, preferred) {
  const before = select.value;
  select.replaceChildren(...names.map((name) => element("option", { value: name }, name)));
  select.value = names.includes(before) ? before : names.includes(preferred) ? preferred : names[0] ?? "";
}

function setControls() {
  const all = rows();
  $("layers").hidden = all.length === 0;
  options($("quantity"), unique(all.map(nameOf)), "lifespans-sum H0");
  options($("scope"), unique(all.map((row) => row.class)), "global");
  state.epochs = unique(all.map((row) => row.epoch)).sort((a, b) => a - b);
  state.layers = unique(all.slice().sort((a, b) => a.layer_index - b.layer_index).map((row) => row.layer));
  $("epoch").max = Math.max(0, state.epochs.length - 1);
  $("epoch").value = $("epoch").max;
  $("layer").max = Math.max(0, state.layers.length - 1);
  $("layer").value = Math.min(Number($("layer").value), Number($("layer").max));
}

const epoch = () => state.epochs[Number($("epoch").value)] ?? null;
const layer = () => state.layers[Number($("layer").value)];

async function showEpoch() {
  $("epoch-shown").textContent = epoch() ?? "–";
  drawCurve();
  await showLayer();
}

async function showLayer() {
  $("layer-shown").textContent = layer() ?? "–";
  drawCurve();
  drawNumbers();
  await Promise.all([loadDiagrams(), loadCloud()]);
}

// ---- curves ----

function drawCurve() {
  const [quantity, scope] = [$("quantity").value, $("scope").value];
  const shown = [state.chosen, ...state.studies.filter((study) => state.ticked.has(study.id) && study.id !== state.chosen?.id)].filter(Boolean);
  const curve = (study) => {
    const own = rows(study).filter((row) => nameOf(row) === quantity && row.class === scope);
    const epochs = unique(own.map((row) => row.epoch));
    const at = epochs.includes(epoch()) ? epoch() : Math.max(...epochs);
    const points = own.filter((row) => row.epoch === at).sort((a, b) => a.depth - b.depth);
    return { label: study.name, points: points.map((row) => ({ x: row.depth, value: row.value, lower: row.lower, upper: row.upper })) };
  };
  const curves = shown.map(curve);
  const now = rows().find((row) => row.layer === layer())?.depth;
  drawPlot($("curve"), curves, { from: 0, to: 1, label: "relative depth", now });
  $("legend").replaceChildren(...curves.map((one, at) => key(one.label, at)));
}

function drawPlot(svg, curves, { from, to, label, now, reach = [] }) {
  const [width, height, left, bottom] = [Math.max(280, svg.clientWidth), 300, 56, 34];
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const values = curves.flatMap((curve) => curve.points.flatMap((point) => [point.value, point.lower, point.upper])).concat(reach).filter(Number.isFinite);
  const [low, high] = values.length ? [Math.min(0, ...values), Math.max(...values)] : [0, 1];
  const x = (value) => left + ((value - from) / (to - from || 1)) * (width - left - 12);
  const y = (value) => height - bottom - ((value - low) / (high - low || 1)) * (height - bottom - 12);
  const parts = [shape("line", { class: "axis", x1: left, x2: width - 12, y1: y(low), y2: y(low) }), shape("line", { class: "axis", x1: left, x2: left, y1: 12, y2: y(low) })];
  for (let tick = 0; tick <= 4; tick++) {
    const [across, up] = [from + ((to - from) * tick) / 4, low + ((high - low) * tick) / 4];
    parts.push(shape("text", { x: x(across), y: height - 16, "text-anchor": "middle" }, digits(across)), shape("text", { x: left - 6, y: y(up) + 4, "text-anchor": "end" }, digits(up)));
  }
  parts.push(shape("text", { x: (left + width) / 2, y: height - 2, "text-anchor": "middle" }, label));
  if (now !== undefined) parts.push(shape("line", { class: "now", x1: x(now), x2: x(now), y1: 12, y2: y(low) }));
  curves.forEach((curve, at) => {
    const colour = COLOURS[(curve.colour ?? at) % COLOURS.length];
    const known = curve.points.filter((point) => Number.isFinite(point.value));
    const band = known.filter((point) => Number.isFinite(point.lower) && Number.isFinite(point.upper));
    if (band.length > 1) {
      const outline = [...band.map((point) => `${x(point.x)},${y(point.upper)}`), ...band.reverse().map((point) => `${x(point.x)},${y(point.lower)}`)];
      parts.push(shape("polygon", { points: outline.join(" "), fill: colour, opacity: 0.16 }));
    }
    parts.push(shape("polyline", { points: known.map((point) => `${x(point.x)},${y(point.value)}`).join(" "), fill: "none", stroke: colour, "stroke-width": 2 }));
    for (const point of known) {
      const dot = shape("circle", { cx: x(point.x), cy: y(point.value), r: 3, fill: colour });
      dot.append(shape("title", {}, `${curve.label}: ${digits(point.value)}`));
      parts.push(dot);
    }
  });
  svg.replaceChildren(...parts);
}

function table(target, header, lines, onRow) {
  const head = element("thead", {}, element("tr", {}, ...header.map((cell) => element("th", { scope: "col" }, cell))));
  const body = element("tbody", {}, ...lines.map((cells, at) => {
    const line = element("tr", {}, ...cells.map((cell) => element("td", {}, String(cell))));
    if (onRow) onRow(line, at);
    return line;
  }));
  target.replaceChildren(head, body);
}

function drawNumbers() {
  const own = rows().filter((row) => row.layer === layer() && row.epoch === epoch() && row.class === $("scope").value);
  table($("numbers"), ["quantity", "value", "lower", "upper", "points", "features"], own.map((row) => [nameOf(row), digits(row.value), digits(row.lower), digits(row.upper), row.n_points, row.n_features]));
}

// ---- the diagram ----

async function loadDiagrams() {
  const wanted = [state.chosen.id, layer(), epoch()].join();
  const known = state.chosen.documents.includes("diagrams") && layer() !== undefined;
  const query = new URLSearchParams({ layer: layer() ?? "", ...(epoch() === null ? {} : { epoch: epoch() }) });
  const { status, body } = known ? await get(path(`/diagrams?${query}`)) : { status: 404 };
  if (wanted !== [state.chosen.id, layer(), epoch()].join()) return;
  state.diagrams = status === 200 ? body.diagrams : null;
  state.interval = null;
  $("diagram-section").hidden = !state.diagrams;
  if (!state.diagrams) return;
  options($("dimension"), state.diagrams.map((diagram) => `H${diagram.dimension}`), "H1");
  drawDiagram();
}

function drawDiagram() {
  const at = Number($("dimension").value.slice(1));
  const all = state.diagrams?.find((diagram) => diagram.dimension === at)?.intervals ?? [];
  const finite = all.filter(([, death]) => Number.isFinite(death));
  const end = Math.max(1e-12, ...finite.map(([, death]) => death));
  const [epsilon, threshold] = [$("epsilon").value, $("threshold").value].map((value) => (Number(value) / 1000) * end);
  const shown = finite.map(([birth, death], index) => ({ birth, death, index })).filter((one) => one.death - one.birth >= threshold);
  $("epsilon-shown").textContent = digits(epsilon);
  $("threshold-shown").textContent = digits(threshold);
  const canvas = $("diagram");
  const pen = canvas.getContext("2d");
  const [size, margin] = [canvas.width, 40];
  const place = (value) => margin + (value / end) * (size - 2 * margin);
  const ink = getComputedStyle(document.body).color;
  pen.clearRect(0, 0, size, size);
  pen.strokeStyle = ink;
  pen.globalAlpha = 0.5;
  pen.beginPath();
  pen.moveTo(place(0), size - place(0));
  pen.lineTo(place(end), size - place(end));
  pen.stroke();
  pen.setLineDash([8, 6]);
  pen.strokeRect(place(0), size - place(end), Math.max(0, place(epsilon) - place(0)), Math.max(0, place(end) - place(epsilon)));
  pen.setLineDash([]);
  state.placed = shown.map((one) => ({ ...one, x: place(one.birth), y: size - place(one.death) }));
  pen.globalAlpha = 0.75;
  for (const one of state.placed) {
    const chosen = one.index === state.interval;
    pen.fillStyle = chosen ? "#d55e00" : COLOURS[at % COLOURS.length];
    pen.beginPath();
    pen.arc(one.x, one.y, chosen ? 11 : 5, 0, 7);
    pen.fill();
  }
  pen.globalAlpha = 1;
  const alive = all.filter(([birth, death]) => birth <= epsilon && (death > epsilon || !Number.isFinite(death))).length;
  $("diagram-words").textContent = `Births across, deaths up; ${shown.length} of ${finite.length} intervals shown. At ε = ${digits(epsilon)} the Betti number β${at} is ${alive}. What lies near the diagonal is short-lived.`;
  const longest = shown.slice().sort((a, b) => b.death - b.birth - (a.death - a.birth)).slice(0, 100);
  table($("intervals"), ["interval", "birth", "death", "lifespan"], longest.map((one) => [one.index, digits(one.birth), digits(one.death), digits(one.death - one.birth)]), (line, row) => {
    line.setAttribute("aria-selected", String(longest[row].index === state.interval));
    line.addEventListener("click", () => chooseInterval(longest[row].index));
  });
}

function chooseInterval(index) {
  state.interval = state.interval === index ? null : index;
  drawDiagram();
}

// ---- the cloud ----

async function loadCloud() {
  const [study, name] = [state.chosen, layer()];
  const stored = study.has_points ? (await get(path("/epochs", study))).body?.epochs ?? [] : [];
  const at = stored.includes(epoch()) ? epoch() : stored[stored.length - 1];
  $("points-section").hidden = at === undefined;
  if (at === undefined) return;
  const plane = $("plane").value;
  const query = new URLSearchParams({ epoch: at, plane, ...(name ? { layer: name } : {}) });
  for (;;) {
    const { status, body } = await get(path(`/points?${query}`, study));
    if (study !== state.chosen || name !== layer() || plane !== $("plane").value) return;
    if (status === 202) {
      $("points-words").textContent = plane === "t-sne" ? "The points are being placed by t-SNE, which takes a while …" : "The cloud is being made …";
      await new Promise((resume) => setTimeout(resume, 400));
      continue;
    }
    state.cloud = status === 200 ? { ...body, epoch: at } : null;
    if (!state.cloud) $("points-words").textContent = body?.reason ?? "This layer was not drawn.";
    break;
  }
  drawCloud();
}

/** The colour of every point: of its class, or by the rank of its local dimension. */
function colours() {
  const { points, labels } = state.cloud;
  if ($("colour").value === "class") return labels.map((label) => COLOURS[label % COLOURS.length]);
  const order = points.lid.map((value, index) => [value, index]).filter(([value]) => value !== null).sort((a, b) => a[0] - b[0]);
  const made = points.lid.map(() => "#888888");
  order.forEach(([, index], rank) => { made[index] = `hsl(${240 - (200 * rank) / Math.max(1, order.length - 1)} 70% 50%)`; });
  return made;
}

/** What a plane shows and what not. */
function words({ shown }) {
  return shown === null
    ? "placed by t-SNE (perplexity 30): neighbours stay neighbours; distances, sizes of groups and gaps between them say nothing."
    : `in the plane of the two widest directions, which holds ${(100 * shown).toFixed(0)} % of the spread; points that lie together here may be far apart.`;
}

function drawCloud() {
  const canvas = $("points");
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, canvas.width, canvas.height);
  if (!state.cloud) return;
  const { points, class_names, labels } = state.cloud;
  const ends = (axis) => points.places.reduce(([low, high], place) => [Math.min(low, place[axis]), Math.max(high, place[axis])], [Infinity, -Infinity]);
  const [[left, right], [low, high]] = [ends(0), ends(1)];
  const scale = (canvas.width - 40) / Math.max(right - left, high - low, 1e-12);
  const [across, up] = [left + right, low + high].map((sum) => sum / 2);
  state.dots = points.places.map(([x, y]) => ({ x: canvas.width / 2 + (x - across) * scale, y: canvas.height / 2 - (y - up) * scale }));
  const any = state.selected.size > 0;
  const shades = colours();
  state.dots.forEach((dot, index) => {
    const chosen = state.selected.has(index);
    pen.globalAlpha = any && !chosen ? 0.18 : 0.85;
    pen.fillStyle = shades[index];
    pen.beginPath();
    pen.arc(dot.x, dot.y, chosen ? 7 : 4.5, 0, 7);
    pen.fill();
  });
  pen.globalAlpha = 1;
  const byClass = $("colour").value === "class";
  $("classes").replaceChildren(...(byClass ? class_names.map((name, at) => key(name, at)) : ["Blue: low local dimension, red: high, by rank."]));
  $("points-words").textContent = `${points.layer}${epoch() === null ? "" : `, epoch ${state.cloud.epoch}`}: ${points.places.length} points ${words(points)}`;
  const listed = (any ? [...state.selected] : points.places.map((_, index) => index)).slice(0, 200);
  table($("selected"), ["image", "class", "local dimension"], listed.map((index) => [index, class_names[labels[index]], digits(points.lid[index])]), (line, row) => {
    line.setAttribute("aria-selected", String(state.selected.has(listed[row])));
    line.addEventListener("click", () => toggle(listed[row]));
    line.addEventListener("mouseenter", () => hover(listed[row]));
  });
}

function toggle(index) {
  if (!state.selected.delete(index)) state.selected.add(index);
  drawCloud();
  hover(index);
}

function hover(index) {
  const { labels, class_names, points, epoch: at, has_pictures } = state.cloud;
  const picture = $("picture");
  picture.hidden = !has_pictures;
  if (has_pictures) {
    picture.src = path(`/pictures/${index}?epoch=${at}`);
    picture.alt = `Image ${index}, ${class_names[labels[index]]}`;
  }
  $("hovered-words").textContent = `Image ${index}: ${class_names[labels[index]]}, local dimension ${digits(points.lid[index])}`;
}

function onCanvas(canvas, event) {
  const box = canvas.getBoundingClientRect();
  return { x: ((event.clientX - box.left) / box.width) * canvas.width, y: ((event.clientY - box.top) / box.height) * canvas.height };
}

function nearest(dots, at, reach) {
  let best = null;
  dots.forEach((dot, index) => {
    const distance = Math.hypot(dot.x - at.x, dot.y - at.y);
    if (distance < reach && (best === null || distance < best.distance)) best = { index, distance };
  });
  return best?.index;
}

let drag = null;
$("plane").addEventListener("change", loadCloud);
$("points").addEventListener("pointerdown", (event) => { if (state.cloud) drag = onCanvas($("points"), event); });
$("points").addEventListener("pointermove", (event) => {
  if (!state.cloud || drag) return;
  const index = nearest(state.dots, onCanvas($("points"), event), 14);
  if (index !== undefined) hover(index);
});
$("points").addEventListener("pointerup", (event) => {
  if (!drag || !state.cloud) return;
  const [from, to] = [drag, onCanvas($("points"), event)];
  drag = null;
  if (Math.hypot(to.x - from.x, to.y - from.y) < 6) {
    const index = nearest(state.dots, to, 14);
    if (index !== undefined) toggle(index);
    return;
  }
  const inside = (dot) => dot.x >= Math.min(from.x, to.x) && dot.x <= Math.max(from.x, to.x) && dot.y >= Math.min(from.y, to.y) && dot.y <= Math.max(from.y, to.y);
  state.selected = new Set(state.dots.flatMap((dot, index) => (inside(dot) ? [index] : [])));
  drawCloud();
});
$("diagram").addEventListener("click", (event) => {
  const at = nearest(state.placed ?? [], onCanvas($("diagram"), event), 16);
  if (at !== undefined) chooseInterval(state.placed[at].index);
});

// ---- what people do ----

$("filter").addEventListener("input", drawStudies);
$("quantity").addEventListener("change", drawCurve);
$("scope").addEventListener("change", () => { drawCurve(); drawNumbers(); });
$("attack-method").addEventListener("change", setStrengths);
for (const name of ["attack-quantity", "attack-scope"]) $(name).addEventListener("change", drawAttack);
$("strength").addEventListener("input", drawAttack);
$("epoch").addEventListener("input", showEpoch);
$("layer").addEventListener("input", showLayer);
$("dimension").addEventListener("change", drawDiagram);
$("epsilon").addEventListener("input", drawDiagram);
$("threshold").addEventListener("input", drawDiagram);
$("colour").addEventListener("change", drawCloud);
$("clear").addEventListener("click", () => { state.selected.clear(); drawCloud(); });

addEventListener("resize", () => {
  if (!state.chosen) return;
  drawCurve();
  drawTraining();
  if (state.attack) drawAttack();
});

new EventSource("/api/events").addEventListener("metrics", async (event) => {
  const { id } = JSON.parse(event.data);
  await loadStudies();
  const study = state.studies.find((one) => one.id === id);
  $("live").textContent = study ? `${study.name} went on at ${new Date().toLocaleTimeString()}` : "";
  if (id === state.chosen?.id) await drawTraining();
});
loadStudies();
