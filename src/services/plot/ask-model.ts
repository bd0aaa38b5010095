import { z } from 'zod';
import { AppError } from '../../base/errors.ts';
import type { JsonObject } from '../../base/json.ts';
import type { TableData } from '../../base/table.ts';
import type { EngineMessage } from '../../engines/engine.ts';
import type { ResolvedModel } from '../../engines/registry.ts';
import { wholeAnswer } from '../whole-answer.ts';

const prompt = [
  'You change one Vega-Lite v6 specification as a person asks. Answer with the whole new specification as one JSON object and nothing else.',
  'It has no "data": the rows are given and stay as they are; use only their columns. No URLs, images, links or signals.',
  'Leave out sizes, colours, fonts and backgrounds unless the person asks for them.',
].join(' ');

const jsonObject = z.record(z.string(), z.json());

/**
 * Lets a model change a specification.
 *
 * @param wish.check checks what it made, by throwing PLOT_INVALID; the model may mend it once
 * @param signal ends the attempt
 * @returns what `check` returned
 * @throws AppError PLOT_INVALID when both attempts were wrong, or the code of the engine
 */
export async function askModel<Checked>(
  { engine, model }: ResolvedModel,
  wish: {
    readonly instruction: string;
    readonly source: JsonObject;
    readonly data: TableData;
    readonly check: (spec: JsonObject) => Promise<Checked>;
  },
  signal: AbortSignal,
): Promise<Checked> {
  const facts = {
    instruction: wish.instruction,
    specification: wish.source,
    columns: wish.data.columns,
    rowCount: wish.data.rows.length,
    firstRows: wish.data.rows.slice(0, 5),
  };
  let messages: readonly EngineMessage[] = [{ role: 'user', text: JSON.stringify(facts) }];
  for (let attempt = 1; ; attempt += 1) {
    const answer = await answerOf({ engine, model, name: '' }, messages, signal);
    try {
      return await wish.check(readSpec(answer));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'PLOT_INVALID' || attempt > 1) throw error;
      messages = [
        ...messages,
        { role: 'assistant', text: answer, toolCalls: [] },
        { role: 'user', text: `That does not work: ${error.message} Answer with the mended specification.` },
      ];
    }
  }
}

function answerOf({ engine, model }: ResolvedModel, messages: readonly EngineMessage[], signal: AbortSignal): Promise<string> {
  const request = {
    model,
    task: 'CHAT',
    system: prompt,
    messages,
    tools: [],
    temperature: 0,
    topP: null,
    topK: null,
    maxTokens: 4_000,
    countsWordsAlone: true,
  } as const;
  return wholeAnswer(engine, request, signal);
}

/** The JSON object in an answer, with or without a fence around it. */
function readSpec(answer: string): JsonObject {
  const inner = answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1);
  try {
    return jsonObject.parse(JSON.parse(inner));
  } catch (error) {
    throw new AppError('PLOT_INVALID', 'The model did not answer with a JSON object.', { cause: error });
  }
}
