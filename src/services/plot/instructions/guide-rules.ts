import type { JsonObject } from '../../../base/json.ts';
import { changeEncodings, columnNamed, isAmount, mainView, objectAt, type Rule } from './sketch.ts';

/** Properties of `title` that a new text keeps. */
function retitled(source: JsonObject, text: string | null): JsonObject {
  const { title, ...rest } = source;
  if (text === null) return rest;
  return { ...rest, title: typeof title === 'object' && title !== null ? { ...objectAt(source, 'title'), text } : text };
}

/** "Title: Cars by origin", "call it ...", "no title". */
export const changeTitle: Rule = (wish, sketch) => {
  if (/^(no|remove|hide|without)( the)? title$/i.test(wish)) return { ...sketch, source: retitled(sketch.source, null) };
  const subtitle = /^(?:add |set |change )?(?:the |a )?subtitle(?:\s*:|\s+to|\s+is)?\s+(.+)$/i.exec(wish)?.[1];
  if (subtitle !== undefined)
    return { ...sketch, source: { ...sketch.source, title: { text: sketch.title, ...objectAt(sketch.source, 'title'), subtitle: bare(subtitle) } } };
  const title =
    /^(?:(?:set|change|rename)\s+)?(?:the\s+)?title(?:\s*:|\s+to|\s+is|\s+it)?\s+(.+)$|^(?:call|name|title|rename)\s+(?:it|this|the plot|the chart)(?:\s+to)?\s+(.+)$/i.exec(
      wish,
    );
  const text = title?.[1] ?? title?.[2];
  return text === undefined ? null : { ...sketch, title: bare(text).slice(0, 200), source: retitled(sketch.source, bare(text)) };
};

function bare(text: string): string {
  return text.trim().replace(/^(["'“”])(.*)["'“”]$/s, '$2');
}

/** "Rename the x axis to Year", "y axis: Price". */
export const renameAxis: Rule = (wish, sketch) => {
  const found = /^(?:rename|label|call|name|title|set)?\s*(?:the\s+)?([xy])[\s-]*axis(?:\s+(?:title|label))?(?:\s*:|\s+to|\s+as|\s+is)?\s+(.+)$/i.exec(wish);
  const [axis, text] = [found?.[1]?.toLowerCase(), found?.[2]];
  if (axis === undefined || text === undefined || /\b(scale|zero|logarithmic|log)\b/i.test(text)) return null;
  return {
    ...sketch,
    source: changeEncodings(sketch.source, (encoding) => {
      if (encoding[axis] === undefined) return encoding;
      const { title: _title, ...rest } = objectAt(objectAt(encoding, axis), 'axis');
      const guide = objectAt(encoding, axis)['axis'] === undefined ? {} : { axis: rest };
      return { ...encoding, [axis]: { ...objectAt(encoding, axis), ...guide, title: bare(text) } };
    }),
  };
};

/** "Remove the legend", "legend at the bottom". */
export const changeLegend: Rule = (wish, sketch) => {
  const isHidden = /^(no|remove|hide|without|drop)( the)? legend$/.test(wish);
  const isShown = /^(show|add|with)( the| a)? legend$/.test(wish);
  const orient = /^(?:(?:put|move|place) )?(?:the )?legend (?:at |to |on )?(?:the )?(top|bottom|left|right)$/.exec(wish)?.[1];
  if (!isHidden && !isShown && orient === undefined) return null;
  return {
    ...sketch,
    source: changeEncodings(sketch.source, (encoding) =>
      Object.fromEntries(
        Object.entries(encoding).map(([name, channel]) => {
          if (!['color', 'fill', 'stroke', 'shape', 'size', 'opacity'].includes(name) || typeof channel !== 'object' || channel === null)
            return [name, channel];
          const { legend: _legend, ...rest } = objectAt(encoding, name);
          const legend = objectAt(objectAt(encoding, name), 'legend');
          return [name, isHidden ? { ...rest, legend: null } : orient === undefined ? rest : { ...rest, legend: { ...legend, orient } }];
        }),
      ),
    ),
  };
};

/** "Log scale", "linear scale on y", "start y at zero". */
export const changeScale: Rule = (wish, sketch) => {
  const scale =
    /^(?:use |with |on |set )?(?:a |the )?(?:([xy])[\s-]*axis )?(?:to )?(log(?:arithmic)?|linear|square root|sqrt)(?: scale| axis)?(?: (?:on|for|of) (?:the )?([xy])(?:[\s-]*axis)?)?$/.exec(
      wish,
    );
  const zero = /^(?:start|begin|let)?\s*(?:the )?(?:([xy])(?:[\s-]*axis)?\s*)?(?:start|begin)?\s*(?:at|from|with|include)\s*(?:zero|0)$/.exec(wish);
  const noZero = /^(?:do not|don't|not) (?:start|begin)(?: (?:the )?([xy])(?:[\s-]*axis)?)? (?:at|from|with) (?:zero|0)$/.exec(wish);
  if (scale === null && zero === null && noZero === null) return null;
  const view = objectAt(mainView(sketch.source), 'encoding');
  const named = scale?.[1] ?? scale?.[3] ?? zero?.[1] ?? noZero?.[1];
  const axis = named ?? (isAmount(objectAt(view, 'y')) ? 'y' : 'x');
  if (!isAmount(objectAt(view, axis))) return { reason: `the ${axis} axis has no amounts` };
  const type = scale?.[2] === undefined ? null : scale[2].startsWith('log') ? 'log' : scale[2] === 'linear' ? 'linear' : 'sqrt';
  const field = objectAt(view, axis)['field'];
  if (type === 'log' && sketch.rows.some((row) => typeof field === 'string' && typeof row[field] === 'number' && row[field] <= 0))
    return { reason: 'a logarithmic scale has no place for zero or less, and the data has such values' };
  return {
    ...sketch,
    source: changeEncodings(sketch.source, (encoding) => {
      if (encoding[axis] === undefined) return encoding;
      const channel = objectAt(encoding, axis);
      const { zero: _zero, ...own } = objectAt(channel, 'scale');
      const changed: JsonObject = type === null ? { ...own, zero: zero !== null } : { ...own, type };
      // A pile has no meaning in powers of ten.
      return { ...encoding, [axis]: { ...channel, scale: changed, ...(type === 'log' ? { stack: null } : {}) } };
    }),
  };
};

/** "Show values", "bigger", "twice as high". */
export const changeSize: Rule = (wish, sketch) => {
  const found = /^(?:make (?:it|this) |draw (?:it|this) )?(?:(much|a bit|a little) )?(bigger|larger|wider|taller|higher|smaller|narrower|lower|flatter)$/.exec(
    wish,
  );
  if (found === null) return null;
  const [amount, word = ''] = [found[1] === 'much' ? 2 : found[1] === undefined ? 1.4 : 1.2, found[2]];
  const factor = /smaller|narrower|lower|flatter/.test(word) ? 1 / amount : amount;
  const sized = (key: 'width' | 'height', usual: number): JsonObject => {
    const own = sketch.source[key];
    const step = objectAt(sketch.source, key)['step'];
    if (typeof step === 'number') return { [key]: { step: Math.round(step * factor) } };
    return { [key]: Math.min(2_000, Math.max(60, Math.round((typeof own === 'number' ? own : usual) * factor))) };
  };
  const width = /taller|higher|lower|flatter/.test(word) ? {} : sized('width', 520);
  const height = /wider|narrower/.test(word) ? {} : sized('height', 300);
  return { ...sketch, source: { ...sketch.source, ...width, ...height } };
};

/** "Sort descending", "sort by name", "alphabetically". */
export const changeOrder: Rule = (wish, sketch) => {
  const found =
    /^(?:sort|order)(?: (?:it|them|the bars|bars))?(?: by ([a-z0-9 _]+?))?(?: in)?(?: (ascending|descending|alphabetically|asc|desc|up|down)(?: order)?)?$|^(largest|biggest|highest|smallest|lowest) first$|^(alphabetical(?:ly)?(?: order)?)$|^(reverse(?: the)?(?: order)?)$/.exec(
      wish,
    );
  if (found === null || wish === 'sort by') return null;
  const view = objectAt(mainView(sketch.source), 'encoding');
  const axis = isAmount(objectAt(view, 'y')) && !isAmount(objectAt(view, 'x')) ? 'x' : 'y';
  const amount = axis === 'x' ? 'y' : 'x';
  const own = objectAt(view, axis)['sort'];
  const isAlphabetical = found[2] === 'alphabetically' || found[4] !== undefined || /^(name|names|label|labels|category)$/.test(found[1] ?? '');
  const isAscending = /^(ascending|asc|up)$/.test(found[2] ?? '') || /^(smallest|lowest)$/.test(found[3] ?? '');
  const by =
    found[1] === undefined || isAlphabetical || /^(value|values|size|length|amount|count)$/.test(found[1]) ? null : columnNamed(found[1], sketch.columns);
  if (found[1] !== undefined && by === null && !isAlphabetical && !/^(value|values|size|length|amount|count)$/.test(found[1])) {
    return { reason: `"${found[1]}" is not a column of the plot; its columns are ${sketch.columns.join(', ')}` };
  }
  const direction = isAscending ? 'ascending' : 'descending';
  const sort =
    found[5] !== undefined
      ? own === amount
        ? `-${amount}`
        : own === 'ascending' || own === undefined
          ? 'descending'
          : amount
      : isAlphabetical
        ? found[2] === 'descending' || found[2] === 'desc'
          ? 'descending'
          : 'ascending'
        : by === null
          ? isAscending
            ? amount
            : `-${amount}`
          : by === objectAt(view, axis)['field']
            ? direction
            : { field: by, op: 'max', order: direction };
  return {
    ...sketch,
    source: changeEncodings(sketch.source, (encoding) =>
      encoding[axis] === undefined ? encoding : { ...encoding, [axis]: { ...objectAt(encoding, axis), sort } },
    ),
  };
};
