import type { Json, JsonObject } from '../../base/json.ts';
import { ink, paper } from '../theme.ts';
import { channelOf, channelType, encodingOf, fieldOf, listOf, marksOf, numbersOf, type Rows } from './views.ts';

/**
 * Gives the numbers on the cells of a heat map a colour that can be read on the shade below them: ink on pale cells, paper on full ones. The
 * themes exchange both, as they turn the shades round.
 *
 * @param view a view with layers; others come back as they are
 */
export function readableCells(view: JsonObject, rows: Rows): JsonObject {
  const layers = listOf(view['layer']);
  const cells = layers.find((layer) => marksOf(layer).includes('rect'));
  const color = cells === undefined ? null : channelOf({ ...encodingOf(view), ...encodingOf(cells) }, 'color');
  const field = color === null || channelType(color) !== 'quantitative' || color['aggregate'] !== undefined ? null : fieldOf(color);
  const values = numbersOf(rows, field);
  if (field === null || color === null || values.length === 0) return view;
  const least = startOf(color) ?? Math.min(...values);
  const condition = { test: { field: String(color['field']), gt: (least + Math.max(...values)) / 2 }, value: paper };
  return {
    ...view,
    layer: layers.map((layer) => {
      const isNumber = marksOf(layer).includes('text') && fieldOf(channelOf({ ...encodingOf(view), ...encodingOf(layer) }, 'text')) === field;
      return isNumber ? { ...layer, encoding: { ...encodingOf(layer), color: { condition, value: ink } } } : layer;
    }),
  };
}

/** The value at which the palest shade begins, where the specification says one. */
function startOf(color: JsonObject): number | null {
  const scale: Json | undefined = color['scale'];
  const start = typeof scale === 'object' && scale !== null && 'domainMin' in scale ? scale['domainMin'] : null;
  return typeof start === 'number' ? start : null;
}
