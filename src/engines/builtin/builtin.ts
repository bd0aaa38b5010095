import { uuidv7, type IdSource } from '../../base/id.ts';
import type { Engine, EnginePart, EngineRequest } from '../engine.ts';
import { notConnectedText } from './not-connected.ts';
import { analyseData } from './analysis/analyse.ts';
import type { Confidence } from './confidence.ts';
import { answerQuestion } from './question/answer.ts';
import { answerKnowledge } from './knowledge/answer.ts';
import { answerPlanning } from './planning/answer.ts';
import type { Script } from './script.ts';
import { titleOf } from './title.ts';
import { isSameStep, lastQuestion, questionsOf, readSteps, toToolCall } from './transcript.ts';
import { smallPieces } from './words.ts';

/**
 * The engine that is always there and needs no key. In a plain chat it says that no model is connected; in a data session it is an
 * analyst by rules and SQL, in a conversation about goals and plans it plans by rules, and where there are knowledge bases it answers in their
 * sentences, working through the same tools as any model; and it names conversations.
 *
 * @param options.ids makes the ids of tool calls; UUIDs of version 7 by default
 */
export function createBuiltinEngine(options: { readonly ids?: IdSource } = {}): Engine {
  const { ids = uuidv7 } = options;
  return {
    id: 'builtin',
    name: 'Built-in analyst',
    defaultModel: 'analyst',
    listModels: () =>
      Promise.resolve([
        {
          id: 'analyst',
          name: 'Analyst',
          description: 'Analyses data sessions by rules and SQL, without any key. It does not chat.',
          hasTools: true,
          hasVision: false,
          hasJson: false,
          contextWindow: null,
          inputPrice: 0,
          outputPrice: 0,
          cachedInputPrice: 0,
        },
      ]),
    stream: (request, signal) => stream(request, ids, signal),
  };
}

async function* stream(request: EngineRequest, ids: IdSource, signal: AbortSignal): AsyncIterable<EnginePart> {
  if (request.task === 'TITLE') {
    yield { type: 'text', text: titleOf(request.messages) };
    yield { type: 'finish', reason: 'STOP', mode: 'rules', confidence: 0.5 };
    return;
  }
  if (request.tools.some((tool) => tool.name === 'propose_changes')) {
    const confidence: Confidence = { value: 0.9 };
    yield* perform(answerPlanning(lastQuestion(request.messages), confidence), request, confidence, ids, signal);
    return;
  }
  const hasData = request.tools.some((tool) => tool.name === 'run_sql');
  if (!hasData && request.tools.some((tool) => tool.name === 'search_knowledge')) {
    const confidence: Confidence = { value: 0.1 };
    yield* perform(answerKnowledge(lastQuestion(request.messages), confidence), request, confidence, ids, signal);
    return;
  }
  if (!hasData) {
    for (const text of smallPieces(notConnectedText(lastQuestion(request.messages)))) yield { type: 'text', text };
    yield { type: 'finish', reason: 'STOP', mode: 'not-connected', confidence: 0 };
    return;
  }
  const confidence: Confidence = { value: 0.9 };
  const script = request.task === 'AUTO_ANALYZE' ? analyseData() : answerQuestion(questionsOf(request.messages), confidence);
  yield* perform(script, request, confidence, ids, signal);
}

/** Runs a script through the steps that are recorded, in silence, and then aloud up to its next calls or its end. */
async function* perform(script: Script, request: EngineRequest, confidence: Confidence, ids: IdSource, signal: AbortSignal): AsyncIterable<EnginePart> {
  const steps = readSteps(request.messages);
  let step = 0;
  let next = script.next([]);
  while (next.done !== true) {
    if (signal.aborted) return;
    const planned = next.value;
    if (planned.type === 'say') {
      if (step >= steps.length) for (const text of smallPieces(planned.text)) yield { type: 'text', text };
      next = script.next([]);
      continue;
    }
    const recorded = steps[step];
    if (recorded === undefined) {
      for (const call of planned.calls) yield { type: 'toolCall', call: toToolCall(call, ids) };
      yield { type: 'finish', reason: 'TOOL_CALLS', mode: 'rules', confidence: confidence.value };
      return;
    }
    if (!isSameStep(recorded, planned.calls)) {
      // Another version of this program began the turn: its steps cannot be continued.
      yield { type: 'text', text: 'The analyst was changed while it was at work. Please ask again.' };
      break;
    }
    step += 1;
    next = script.next(recorded.outcomes);
  }
  yield { type: 'finish', reason: 'STOP', mode: 'rules', confidence: confidence.value };
}
