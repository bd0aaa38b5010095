import type { Json, JsonObject } from '../../../base/json.ts';
import { isAmount, isDiscrete, mainView, markType, objectAt, type Rule, type Sketch, type Unable } from './sketch.ts';

const words: Readonly<Record<string, number>> = { three: 3, four: 4, five: 5, six: 6, eight: 8, ten: 10, twelve: 12, fifteen: 15, twenty: 20 };

/** Channels of the first view: its names and its amounts. */
function axesOf(sketch: Sketch): { readonly category: JsonObject | null; readonly amount: JsonObject | null } {
  const encoding = objectAt(mainView(sketch.source), 'encoding');
  const channels = ['y', 'x', 'theta', 'color'].map((name) => objectAt(encoding, name));
  return { category: channels.find((channel) => channel['field'] !== undefined && isDiscrete(channel)) ?? null, amount: channels.find(isAmount) ?? null };
}

/** "Only the top 5", "bottom 3". */
export const keepBest: Rule = (wish, sketch) => {
  const found =
    /^(?:(?:show|keep|only|just|limit(?: it)? to)\s+)*(?:the\s+)?(top|best|highest|largest|biggest|first|bottom|worst|lowest|smallest|last)\s+(\d{1,3}|[a-z]+)(?:\s+(?:bars|values|categories|only|rows))?$/.exec(
      wish,
    );
  if (found === null) return null;
  const count = Number(found[2]) || words[found[2] ?? ''];
  if (count === undefined || count < 1) return null;
  const order = /bottom|worst|lowest|smallest|last/.test(found[1] ?? '') ? 'ascending' : 'descending';
  return ranked(sketch, count, order);
};

/** The categories with the largest or smallest totals, by transforms, so that the data stays whole. */
function ranked(sketch: Sketch, count: number, order: string): Sketch | Unable {
  const { category, amount } = axesOf(sketch);
  const name = category?.['field'];
  const field = amount?.['field'];
  if (typeof name !== 'string' || (typeof field !== 'string' && amount?.['aggregate'] !== 'count'))
    return { reason: 'there is no column of names with amounts of which some could be kept' };
  const aggregate = typeof amount?.['aggregate'] === 'string' ? amount['aggregate'] : 'sum';
  const total: JsonObject = typeof field === 'string' ? { op: aggregate, field, as: 'kept total' } : { op: 'count', as: 'kept total' };
  const kept: readonly Json[] = [
    { joinaggregate: [total], groupby: [name] },
    { window: [{ op: 'dense_rank', as: 'kept rank' }], sort: [{ field: 'kept total', order }] },
    { filter: { field: 'kept rank', lte: count } },
  ];
  const own = Array.isArray(sketch.source['transform']) ? sketch.source['transform'].filter((step: Json) => !JSON.stringify(step).includes('"kept ')) : [];
  return { ...sketch, source: { ...sketch.source, transform: [...own, ...kept] } };
}

/** "Show all" after "only the top 5". */
export const keepAll: Rule = (wish, sketch) => {
  if (!/^(show|keep)( me)? (all|everything)( again)?( of them)?$/.test(wish)) return null;
  const { transform, ...rest } = sketch.source;
  const left = Array.isArray(transform) ? transform.filter((step: Json) => !JSON.stringify(step).includes('"kept ')) : [];
  return { ...sketch, source: left.length === 0 ? rest : { ...rest, transform: left } };
};

/** "Add values" beside bars, "add a trend line" to points. */
export const addLayer: Rule = (wish, sketch) => {
  const isValues = /^(show|add|write|with)( the)?( data| value)? (values|labels|numbers)( on| at| to)?( the)?( bars?)?$/.test(wish);
  const isTrend = /^(show|add|draw|with)( a| the)?( linear)? (trend|trend ?line|regression( line)?)( line)?$/.test(wish);
  if (!isValues && !isTrend) return null;
  const { mark, encoding: _encoding, ...rest } = sketch.source;
  if (mark === undefined) return { reason: 'the plot has layers already' };
  const encoding = objectAt(sketch.source, 'encoding');
  const [x, y] = [objectAt(encoding, 'x'), objectAt(encoding, 'y')];
  if (isTrend) {
    if (typeof x['field'] !== 'string' || typeof y['field'] !== 'string' || !isAmount(y) || isDiscrete(x))
      return { reason: 'a trend needs two columns of numbers or a time' };
    const trend: JsonObject = {
      transform: [{ regression: y['field'], on: x['field'] }],
      mark: { type: 'line', color: '#1f2937', strokeWidth: 1.5, strokeDash: [5, 4] },
      encoding: { x, y },
    };
    return { ...sketch, source: { ...rest, layer: [{ mark, encoding }, trend] } };
  }
  if (markType(sketch.source) !== 'bar') return { reason: 'values are written on bars alone' };
  const amount = isAmount(y) && !isAmount(x) ? y : x;
  const place: JsonObject = amount === y ? { baseline: 'bottom', dy: -3 } : { align: 'left', dx: 4 };
  const { color: _color, ...plain } = encoding;
  const { scale: _scale, axis: _axis, title: _title, stack: _stack, ...text } = amount;
  const label: JsonObject = { mark: { type: 'text', ...place }, encoding: { ...plain, text: { ...text, type: 'quantitative', format: ',.3~s' } } };
  return { ...sketch, source: { ...rest, layer: [{ mark, encoding }, label] } };
};
