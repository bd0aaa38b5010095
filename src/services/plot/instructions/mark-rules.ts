import type { JsonObject } from '../../../base/json.ts';
import {
  changeEncodings,
  changeMain,
  columnNamed,
  fieldOf,
  isAmount,
  isDiscrete,
  mainView,
  markType,
  objectAt,
  withMark,
  type Rule,
  type Sketch,
} from './sketch.ts';

const kinds: readonly (readonly [RegExp, string])[] = [
  [/\b(pie|donut|doughnut)s?( chart)?\b/, 'arc'],
  [/\b(scatter ?plot|scatter|points?|dots?)( chart| plot)?\b/, 'point'],
  [/\b(bars?|columns?)( charts?| plot| graph)?\b/, 'bar'],
  [/\blines?( chart| plot| graph)?\b/, 'line'],
  [/\bareas?( chart| plot| graph)?\b/, 'area'],
];

/** "As a line chart", "make it a pie", "horizontal bars". */
export const changeKind: Rule = (wish, sketch) => {
  if (
    !/^((show|draw|make|turn|change|display)( it| this| them)?( in)?(to)?( as)?|as|into|use|a|an)?\s*(a |an )?((horizontal|vertical|stacked|grouped|simple|plain) )?(pie|donut|doughnut|scatter|bar|column|line|area|point|dot)(s| ?plot)?( (chart|plot|graph)s?)?( instead)?$/.test(
      wish,
    )
  )
    return null;
  const kind = kinds.find(([pattern]) => pattern.test(wish))?.[1];
  if (kind === undefined) return null;
  const changed = kind === 'arc' ? asPie(sketch) : asKind(sketch, kind);
  if (changed === null) return { reason: 'a pie needs one column of names and one of amounts' };
  const lying = /\bhorizontal\b/.test(wish) ? true : /\b(vertical|columns?)\b/.test(wish) ? false : null;
  const turned = lying === null ? changed : turnBars(changed, lying);
  if (/\bstacked\b/.test(wish)) return { ...turned, source: changeEncodings(turned.source, (encoding) => withStack(encoding, 'zero')) };
  return turned;
};

function asKind(sketch: Sketch, kind: string): Sketch {
  const view = mainView(sketch.source);
  const source = markType(view) === 'arc' ? fromPie(sketch.source, view) : sketch.source;
  return {
    ...sketch,
    source: changeMain(source, (main) => {
      const { height, width, ...rest } = main;
      const plain: JsonObject = { ...rest, mark: { type: kind } };
      // Steps are the room of a bar; a line along names wants them level.
      if (kind === 'bar') return { ...plain, ...(height === undefined ? {} : { height }), ...(width === undefined ? {} : { width }) };
      const encoding = objectAt(main, 'encoding');
      const [x, y] = [objectAt(encoding, 'x'), objectAt(encoding, 'y')];
      return kind !== 'point' && isAmount(x) && isDiscrete(y) ? { ...plain, encoding: swapped(encoding) } : plain;
    }),
  };
}

function asPie(sketch: Sketch): Sketch | null {
  const encoding = objectAt(mainView(sketch.source), 'encoding');
  const channels = ['x', 'y', 'color', 'theta'].map((name) => objectAt(encoding, name));
  const category = channels.find((channel) => channel['field'] !== undefined && isDiscrete(channel));
  const amount = channels.find(isAmount);
  if (category === undefined || amount === undefined) return null;
  const bare = (channel: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(channel).filter(([key]) => ['field', 'type', 'aggregate', 'title', 'timeUnit'].includes(key)));
  const source = {
    ...withoutViews(sketch.source),
    mark: 'arc',
    width: 280,
    height: 280,
    encoding: { theta: bare(amount), color: { type: 'nominal', ...bare(category) } },
  };
  return { ...sketch, source };
}

function fromPie(source: JsonObject, view: JsonObject): JsonObject {
  const encoding = objectAt(view, 'encoding');
  const { sort: _sort, legend: _legend, scale: _scale, ...category } = objectAt(encoding, 'color');
  const { stack: _stack, ...amount } = objectAt(encoding, 'theta');
  return { ...withoutViews(source), mark: 'bar', encoding: { y: category, x: amount } };
}

function withoutViews(source: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(source).filter(([key]) => !['mark', 'encoding', 'layer', 'width', 'height', 'view'].includes(key)));
}

/** "Horizontal", "vertical bars". */
export const changeDirection: Rule = (wish, sketch) => {
  const found = /^(make (it|them|the bars) |turn (it|them) )?(horizontal|vertical|upright|lying)( bars| columns)?$/.exec(wish);
  return found === null ? null : turnBars(sketch, found[4] === 'horizontal' || found[4] === 'lying');
};

function turnBars(sketch: Sketch, isHorizontal: boolean): Sketch {
  const encoding = objectAt(mainView(sketch.source), 'encoding');
  const isLying = isAmount(objectAt(encoding, 'x')) && !isAmount(objectAt(encoding, 'y'));
  return isLying === isHorizontal ? sketch : { ...sketch, source: swapAll(sketch.source) };
}

/** "Swap the axes". */
export const swapAxes: Rule = (wish, sketch) =>
  /^(swap|flip|switch|exchange|transpose|rotate)( the)?( x and y)?( axes| axis| it)?$/.test(wish) ? { ...sketch, source: swapAll(sketch.source) } : null;

function swapAll(source: JsonObject): JsonObject {
  const { width, height, ...rest } = source;
  const sizes: JsonObject = {
    ...(typeof width === 'object' && width !== null ? { height: width } : {}),
    ...(typeof height === 'object' && height !== null ? { width: height } : {}),
  };
  return { ...changeMain(changeEncodings(rest, swapped), turnMark), ...sizes };
}

/** A bar that is so and so thick in one direction is it in the other. */
function turnMark(view: JsonObject): JsonObject {
  const mark = objectAt(view, 'mark');
  const { height, width, ...others } = mark;
  if (height === undefined && width === undefined) return view;
  return { ...view, mark: { ...others, ...(height === undefined ? {} : { width: height }), ...(width === undefined ? {} : { height: width }) } };
}

const opposite: Readonly<Record<string, string>> = { x: 'y', y: 'x', x2: 'y2', y2: 'x2', xOffset: 'yOffset', yOffset: 'xOffset', row: 'column', column: 'row' };
const oppositeSort: Readonly<Record<string, string>> = { x: 'y', '-x': '-y', y: 'x', '-y': '-x' };

function swapped(encoding: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(encoding).map(([name, channel]) => {
      const sort =
        typeof channel === 'object' && channel !== null && 'sort' in channel && typeof channel.sort === 'string' ? oppositeSort[channel.sort] : undefined;
      return [opposite[name] ?? name, sort === undefined ? channel : { ...objectAt(encoding, name), sort }];
    }),
  );
}

/** "Stack it", "side by side", "as percent". */
export const changeStack: Rule = (wish, sketch) => {
  const stack = /^(show |draw |make )?(it |them |the bars )?(as |in )?(a )?(percent(age)?s?|%|100 ?%|shares?|normali[sz]ed?)( (of the )?(total|whole))?$/.test(
    wish,
  )
    ? 'normalize'
    : /^(stack|pile)( it| them)?( the)?( bars)?( up)?$|^stacked$/.test(wish)
      ? 'zero'
      : /^(un-?stack(ed)?|side by side|grouped?|group( it| them)?( the bars)?|next to each other)$/.test(wish)
        ? null
        : undefined;
  if (stack === undefined) return null;
  const encoding = objectAt(mainView(sketch.source), 'encoding');
  if (encoding['color'] === undefined) return { reason: 'there is no second category to stack; say "color by ..." first' };
  return { ...sketch, source: changeEncodings(sketch.source, (channels) => withStack(channels, stack)) };
};

function withStack(encoding: JsonObject, stack: string | null): JsonObject {
  const [x, y, color] = [objectAt(encoding, 'x'), objectAt(encoding, 'y'), objectAt(encoding, 'color')];
  const { xOffset: _x, yOffset: _y, ...rest } = encoding;
  const [amount, offset] = isAmount(y) ? (['y', 'xOffset'] as const) : (['x', 'yOffset'] as const);
  if (!isAmount(amount === 'y' ? y : x)) return encoding;
  const sideBySide = stack === null && color['field'] !== undefined ? { [offset]: { field: color['field'] } } : {};
  return { ...rest, [amount]: { ...objectAt(encoding, amount), stack }, ...sideBySide };
}

/** "Color by origin", "one panel per origin", "no colors". */
export const splitBy: Rule = (wish, sketch) => {
  if (/^(no|remove|without)( the)? colou?rs?$/.test(wish)) return { ...sketch, source: changeEncodings(sketch.source, ({ color: _color, ...rest }) => rest) };
  const color = /^colou?r(ed|ing|s)?( it| them)? by (.+)$/.exec(wish)?.[3];
  const panel = /^((one|a) (panel|plot|chart) (for each|per)|facet(ed)? by|split( it)? by|panels? (by|per)) (.+)$/.exec(wish)?.[8];
  const wanted = color ?? panel;
  if (wanted === undefined) return null;
  const column = columnNamed(wanted, sketch.columns);
  if (column === null) return { reason: `"${wanted}" is not a column of the plot; its columns are ${sketch.columns.join(', ')}` };
  const isNumber = sketch.rows.every((row) => typeof row[column] === 'number' || row[column] === null);
  const values = new Set(sketch.rows.map((row) => JSON.stringify(row[column]))).size;
  const channel: JsonObject = { field: fieldOf(column), type: isNumber && values > 12 ? 'quantitative' : 'nominal' };
  const change = (view: JsonObject): JsonObject => ({
    ...view,
    encoding: { ...objectAt(view, 'encoding'), ...(color === undefined ? { facet: { ...channel, type: 'nominal', columns: 3 } } : { color: channel }) },
  });
  if (color === undefined && sketch.source['mark'] === undefined) return { reason: 'a plot of several layers cannot be split into panels by these rules' };
  return { ...sketch, source: changeMain(sketch.source, change) };
};

/** "Show points", "smooth line", "make it red". */
export const changeMark: Rule = (wish, sketch) => {
  const points = /^(show|add|with|mark)( the)? (points|dots|markers)$/.test(wish)
    ? true
    : /^(hide|remove|no|without)( the)? (points|dots|markers)$/.test(wish)
      ? false
      : null;
  if (points !== null) return { ...sketch, source: changeMain(sketch.source, (view) => withMark(view, { point: points })) };
  if (/^(smooth(ed)?|curved)( the)?( it)?( lines?)?$/.test(wish))
    return { ...sketch, source: changeMain(sketch.source, (view) => withMark(view, { interpolate: 'monotone' })) };
  const color =
    /^(make|paint|color|colour|draw)( it| them| the (bars|lines?|points|area))( in)? (#[\da-f]{6}|red|green|blue|orange|purple|teal|gr[ae]y|brown|pink|black|gold|navy)$/.exec(
      wish,
    )?.[5];
  return color === undefined ? null : { ...sketch, source: changeMain(sketch.source, (view) => withMark(view, { color })) };
};
