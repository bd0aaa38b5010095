import type { Json, JsonObject } from '../../base/json.ts';
import { isObject } from '../spec-tree.ts';
import type { TextWidth } from '../text-width.ts';
import { fittedLabels, phoneWidth, wrapped } from './labels.ts';
import { channelOf, encodingOf, fieldOf, listOf, mapViews, textsOf, type Rows } from './views.ts';

/** The width of a plot that nobody has asked for. */
const naturalWidth = 620;
/** The narrowest panel of small multiples that can be read. */
const leastPanel = 110;
const padding = 24;

/** Whether a specification is one picture, which Vega can fit into a width by itself; small multiples and rows of plots are several. */
export function isOnePicture(spec: JsonObject): boolean {
  if (['hconcat', 'vconcat', 'concat', 'facet', 'repeat', 'spec'].some((key) => spec[key] !== undefined)) return false;
  return [spec, ...listOf(spec['layer'])].every((view) => ['row', 'column', 'facet'].every((name) => encodingOf(view)[name] === undefined));
}

/**
 * Lays a plot out for a width: labels, ticks, title lines, and the legend below the plot where it is narrow.
 *
 * @param spec a specification in the house style
 * @param width pixels of the whole picture; null leaves the sizes of the specification as they are
 * @param panel pixels of one panel of several; null to guess
 */
export function fitted(spec: JsonObject, rows: Rows, width: number | null, panel: number | null, textWidth: TextWidth): JsonObject {
  const isOne = isOnePicture(spec);
  const whole = width ?? widthOf(spec);
  const arranged = isOne ? spec : arrangedPanels(spec, rows, whole);
  const columns = isOne ? 1 : columnsOf(arranged, rows);
  const guess = panel ?? (whole - padding - 56) / columns - 20;
  const laid = mapViews(arranged, (view) => {
    const sized = width === null ? view : sizedView(view, isOne ? null : guess, width);
    return fittedLabels(sized, rows, { width: isOne ? whole - padding : Math.max(60, guess + 50), textWidth });
  });
  const titled = withTitleLines(laid, whole - padding, textWidth);
  const headed = isOne ? titled : withConfig(titled, 'header', { labelLimit: Math.max(80, Math.round(guess + 16)) });
  const narrow = whole < phoneWidth ? withLegendBelow(headed, rows, whole, textWidth) : headed;
  if (width === null || !isOne) return narrow;
  return { ...narrow, width: width - padding, autosize: { type: 'fit-x', contains: 'content' } };
}

function widthOf(spec: JsonObject): number {
  return typeof spec['width'] === 'number' ? spec['width'] + 90 : naturalWidth;
}

/** A view without a width of its own, or with that of a panel; and no higher than is wide on a phone. */
function sizedView(view: JsonObject, panel: number | null, width: number): JsonObject {
  const { width: _width, ...rest } = view;
  const height = rest['height'];
  const isTall = typeof height === 'number' && width < phoneWidth && height > width * 0.85;
  // Panels that nobody gave a height are not much higher than they are wide.
  const isOpen = height === undefined && panel !== null && panel < 300;
  const lower = isTall ? { height: Math.round(width * 0.85) } : isOpen ? { height: Math.round(Math.max(90, panel * 0.75)) } : {};
  const isDrawn = view['mark'] !== undefined || view['layer'] !== undefined;
  return { ...rest, ...lower, ...(panel === null || !isDrawn ? {} : { width: Math.max(60, Math.round(panel)) }) };
}

/** How many panels stand side by side. */
export function columnsOf(spec: JsonObject, rows: Rows): number {
  if (Array.isArray(spec['hconcat'])) return spec['hconcat'].length;
  const encoding = encodingOf(spec);
  const column = channelOf(encoding, 'column') ?? (isObject(spec['facet']) ? channelOf(spec['facet'], 'column') : null);
  if (column !== null) return textsOf(rows, fieldOf(column))?.length ?? 1;
  const facet = channelOf(encoding, 'facet');
  const columns = facet?.['columns'] ?? spec['columns'];
  const count = panelsOf(spec, rows);
  return typeof columns === 'number' ? Math.max(1, Math.min(columns, count)) : count;
}

function panelsOf(spec: JsonObject, rows: Rows): number {
  const facet = channelOf(encodingOf(spec), 'facet') ?? (isObject(spec['facet']) && spec['facet']['field'] !== undefined ? spec['facet'] : null);
  if (facet !== null) return textsOf(rows, fieldOf(facet))?.length ?? 1;
  const repeat = spec['repeat'];
  if (Array.isArray(repeat)) return repeat.length;
  if (isObject(repeat)) return Math.max(1, ...Object.values(repeat).map((list) => (Array.isArray(list) ? list.length : 1)));
  return Array.isArray(spec['concat']) ? spec['concat'].length : 1;
}

/** As many panels side by side as the width allows. */
function arrangedPanels(spec: JsonObject, rows: Rows, width: number): JsonObject {
  const most = Math.max(1, Math.floor((width - padding - 56) / (leastPanel + 20)));
  if (columnsOf(spec, rows) <= most) return spec;
  const { hconcat, ...rest } = spec;
  if (hconcat !== undefined) return { ...rest, vconcat: hconcat };
  const encoding = encodingOf(spec);
  const { column, ...channels } = encoding;
  if (isObject(column) && encoding['row'] === undefined) return { ...spec, encoding: { ...channels, facet: { ...column, columns: most } } };
  if (isObject(encoding['facet'])) return { ...spec, encoding: { ...encoding, facet: { ...encoding['facet'], columns: most } } };
  return column === undefined ? { ...spec, columns: most } : spec;
}

/** The title and its subtitle in as many lines as they need. */
function withTitleLines(spec: JsonObject, width: number, textWidth: TextWidth): JsonObject {
  const title = spec['title'];
  if (title === undefined || title === null) return spec;
  const own: JsonObject = isObject(title) ? title : { text: title };
  const lines = (value: Json | undefined, size: number): Json | undefined =>
    typeof value === 'string' ? oneOrMore(wrapped(value, width, size, textWidth)) : value;
  const text = lines(own['text'], 16);
  const subtitle = lines(own['subtitle'], 12);
  const isPlain = !isObject(title) && typeof text === 'string';
  return { ...spec, title: isPlain ? text : { ...own, ...(text === undefined ? {} : { text }), ...(subtitle === undefined ? {} : { subtitle }) } };
}

function oneOrMore(lines: readonly string[]): Json {
  return lines.length === 1 ? (lines[0] ?? '') : [...lines];
}

function withLegendBelow(spec: JsonObject, rows: Rows, width: number, textWidth: TextWidth): JsonObject {
  const texts: string[] = [];
  mapViews(spec, (view) => {
    for (const name of ['color', 'fill', 'stroke', 'shape']) texts.push(...(textsOf(rows, fieldOf(channelOf(encodingOf(view), name))) ?? []));
    return view;
  });
  const longest = Math.min(140, Math.max(20, ...texts.map((text) => textWidth(text, 11))));
  return withConfig(spec, 'legend', {
    orient: 'bottom',
    titleOrient: 'top',
    labelLimit: 140,
    columns: Math.max(1, Math.floor((width - padding) / (longest + 34))),
    gradientLength: Math.round(width * 0.42),
  });
}

/** A specification with properties added to a part of its style. */
function withConfig(spec: JsonObject, part: string, properties: JsonObject): JsonObject {
  const config = isObject(spec['config']) ? spec['config'] : {};
  const own = isObject(config[part]) ? config[part] : {};
  return { ...spec, config: { ...config, [part]: { ...own, ...properties } } };
}
