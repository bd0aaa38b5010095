import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parentPort, type MessagePort } from 'node:worker_threads';

import { AppError, messageOf } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import type { Drawing } from './drawing.ts';
import { dress, refuseManyMarks, type DressingRoom } from './dressing.ts';
import { readWorld, type World } from './map/world-map.ts';
import { matchFields, temporalFields } from './fields.ts';
import { readFonts } from './fonts.ts';
import { keepInside } from './outward.ts';
import type { PlotReady, PlotReply, PlotRequest, PlotResult, PlotTask } from './plot-task.ts';
import { createPngRenderer, type PngRenderer } from './png.ts';
import { rowObjects } from './rows.ts';
import { createSchemaCheck, type SchemaCheck } from './schema-check.ts';
import { createTextWidth, measureTextBy } from './text-width.ts';

// This file is the entry of a worker thread, and never imported: it starts like main.ts does.
if (parentPort !== null) serve(parentPort);

/** What the worker keeps between tasks. */
interface Tools extends DressingRoom {
  readonly checkSchema: SchemaCheck;
  readonly renderPng: PngRenderer;
}

function createTools(): Tools {
  const fonts = readFonts();
  const textWidth = createTextWidth(fonts);
  measureTextBy(textWidth);
  let world: World | null = null;
  return {
    checkSchema: createSchemaCheck(readSchema()),
    textWidth,
    renderPng: createPngRenderer(fonts),
    world: () => (world ??= readWorld()),
  };
}

function serve(port: MessagePort): void {
  const tools = createTools();
  port.postMessage({ kind: 'ready' } satisfies PlotReady);
  port.on('message', (request: PlotRequest) => {
    perform(request.task, tools).then(
      (result) => port.postMessage({ id: request.id, ...result } satisfies PlotReply),
      (error: unknown) => {
        const isExpected = error instanceof AppError;
        port.postMessage({
          id: request.id,
          kind: 'error',
          message: messageOf(error),
          isExpected,
          issues: isExpected ? error.issues : undefined,
        } satisfies PlotReply);
      },
    );
  });
}

async function perform(task: PlotTask, tools: Tools): Promise<PlotResult> {
  if (task.kind === 'check') return check(task, tools);
  const { spec, drawing } = await dress(task.plot, task.look, tools);
  if (task.kind === 'spec') return { kind: 'spec', spec };
  return task.kind === 'png' ? drawPixels(drawing, task, tools) : { kind: 'svg', svg: drawing.svg };
}

async function drawPixels(drawing: Drawing, { scale, maxPixels }: Extract<PlotTask, { kind: 'png' }>, { renderPng }: Tools): Promise<PlotResult> {
  const [width, height] = [Math.round(drawing.width * scale), Math.round(drawing.height * scale)];
  if (width * height > maxPixels) {
    throw new AppError(
      'PLOT_INVALID',
      `The picture would have ${width} x ${height} pixels; at most ${maxPixels / 1e6} million are allowed. Ask for a smaller scale or width.`,
    );
  }
  return { kind: 'png', base64: Buffer.from(await renderPng(drawing.svg, scale)).toString('base64') };
}

async function check({ spec, data, units, maxMarks }: Extract<PlotTask, { kind: 'check' }>, tools: Tools): Promise<PlotResult> {
  const inside = keepInside(spec);
  // The schema comes before the fields, so that a mistake of form is not mistaken for a missing column.
  tools.checkSchema({ ...inside.spec, data: { values: [] } });
  const source = matchFields(inside.spec, data.columns);
  const rows = rowObjects(data, new Set(temporalFields(inside.spec)), maxMarks);
  const dressed = await dress({ source, rows, units }, { theme: 'LIGHT', width: null }, tools);
  refuseManyMarks(dressed.drawing, maxMarks);
  return { kind: 'checked', source, spec: dressed.spec, notes: [...inside.notes, ...dressed.notes] };
}

function readSchema(): JsonObject {
  const path = createRequire(import.meta.url).resolve('vega-lite/vega-lite-schema.json');
  const schema: JsonObject = JSON.parse(readFileSync(path, 'utf8'));
  return schema;
}
