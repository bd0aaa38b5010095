import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parentPort, type MessagePort } from 'node:worker_threads';

import { AppError, messageOf } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import { withAppearance } from './appearance.ts';
import { draw } from './drawing.ts';
import { matchFields, temporalFields } from './fields.ts';
import { keepInside } from './outward.ts';
import type { PlotReply, PlotRequest, PlotTask } from './plot-task.ts';
import { rowObjects } from './rows.ts';
import { createSchemaCheck, type SchemaCheck } from './schema-check.ts';

const schemaUrl = 'https://vega.github.io/schema/vega-lite/v6.json';

// This file is the entry of a worker thread, and never imported: it starts like main.ts does.
if (parentPort !== null) serve(parentPort);

function serve(port: MessagePort): void {
  let schemaCheck: SchemaCheck | null = null;
  const checkSchema: SchemaCheck = (spec) => {
    schemaCheck ??= createSchemaCheck(readSchema());
    schemaCheck(spec);
  };
  port.on('message', (request: PlotRequest) => {
    perform(request.task, checkSchema).then(
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

type PlotResult = { readonly kind: 'spec'; readonly spec: JsonObject } | { readonly kind: 'svg'; readonly svg: string };

async function perform(task: PlotTask, checkSchema: SchemaCheck): Promise<PlotResult> {
  if (task.kind === 'svg') return { kind: 'svg', svg: (await draw(task.spec)).svg };
  const inside = keepInside(task.spec);
  const finished = withAppearance({ $schema: schemaUrl, ...inside });
  // The schema comes before the fields, so that a mistake of form is not mistaken for a missing column.
  checkSchema({ ...finished, data: { values: [] } });
  const matched = matchFields(finished, task.data.columns);
  const values = rowObjects(task.data, new Set(temporalFields(inside)), task.maxMarks);
  const spec: JsonObject = { ...matched, data: { values } };
  const { markCount } = await draw(spec);
  if (markCount > task.maxMarks) {
    throw new AppError(
      'PLOT_INVALID',
      `The plot would draw ${markCount} marks; at most ${task.maxMarks} are allowed. Aggregate in the SQL (GROUP BY, bins, or a sample).`,
    );
  }
  return { kind: 'spec', spec };
}

function readSchema(): JsonObject {
  const path = createRequire(import.meta.url).resolve('vega-lite/vega-lite-schema.json');
  const schema: JsonObject = JSON.parse(readFileSync(path, 'utf8'));
  return schema;
}
