import type { JsonObject } from '../base/json.ts';
import { AppError } from '../base/errors.ts';
import { draw, type Drawing } from './drawing.ts';
import { columnsOf, fitted, isOnePicture } from './form/fit.ts';
import { inGoodForm } from './form/good-form.ts';
import type { Rows } from './form/views.ts';
import { withHouseStyle } from './house-style.ts';
import { isMap, onMap, type World } from './map/world-map.ts';
import { colorsOf } from './theme.ts';
import type { Look, PlotSource } from './plot-task.ts';
import type { TextWidth } from './text-width.ts';

/** A plot that is ready to be shown. */
export interface DressedPlot {
  /** The specification for a client, with its data. */
  readonly spec: JsonObject;
  readonly drawing: Drawing;
  /** What was changed that the author of the specification should know. */
  readonly notes: readonly string[];
}

/** What dressing needs: a measure of texts, and the borders of the world, read when the first map is drawn. */
export interface DressingRoom {
  readonly textWidth: TextWidth;
  world(): World;
}

const schemaUrl = 'https://vega.github.io/schema/vega-lite/v6.json';

/** The farthest that panels are from the width that was asked for, in pixels. */
const nearEnough = 6;

/**
 * Makes a specification good to look at, in a theme and a width, and draws it.
 *
 * @param source a specification that was checked
 * @throws AppError PLOT_INVALID when it cannot be drawn
 */
export async function dress(plot: PlotSource, look: Look, { textWidth, world }: DressingRoom): Promise<DressedPlot> {
  const formed = inGoodForm(plot.source, plot.rows, plot.units);
  const styledView = withHouseStyle({ $schema: schemaUrl, ...formed.spec }, look.theme);
  const {
    spec: styled,
    rows,
    notes: mapNotes,
  } = isMap(formed.spec)
    ? onMap(styledView, plot.rows, world(), { colors: colorsOf(look.theme), width: look.width })
    : { spec: styledView, rows: plot.rows, notes: [] };
  const notes = [...formed.notes, ...mapNotes];
  const lay = (panel: number | null): JsonObject => withRows(fitted(styled, rows, look.width, panel, textWidth), rows);
  let spec = lay(null);
  let drawing = await draw(spec);
  if (look.width === null) return { spec, drawing, notes };
  if (!isOnePicture(styled)) {
    // How much room axes, headers and legends take is known once they are drawn.
    let panel = (look.width - 80) / columnsOf(spec, rows) - 20;
    for (let round = 0; round < 2 && Math.abs(drawing.width - look.width) > nearEnough; round += 1) {
      panel = Math.max(60, panel + (look.width - drawing.width) / columnsOf(spec, rows));
      spec = lay(panel);
      drawing = await draw(spec);
    }
  }
  return { spec, drawing: drawing.width > look.width ? shrunk(drawing, look.width) : drawing, notes };
}

function withRows(spec: JsonObject, rows: Rows): JsonObject {
  return { ...spec, data: { values: rows } };
}

/** The same picture in a smaller size, for what does not fit otherwise. */
function shrunk(drawing: Drawing, width: number): Drawing {
  const height = (drawing.height * width) / drawing.width;
  const svg = drawing.svg.replace(/<svg[^>]*>/, (head) =>
    head.replace(/(\swidth=")[\d.]+"/, `$1${width}"`).replace(/(\sheight=")[\d.]+"/, `$1${Math.round(height)}"`),
  );
  return { ...drawing, svg, width, height };
}

/** Refuses a drawing with more marks than people can see apart. */
export function refuseManyMarks({ markCount }: Drawing, maxMarks: number): void {
  if (markCount <= maxMarks) return;
  throw new AppError(
    'PLOT_INVALID',
    `The plot would draw ${markCount} marks; at most ${maxMarks} are allowed. Aggregate in the SQL (GROUP BY, bins, or a sample).`,
  );
}
