import type { Engine, EnginePart, EngineRequest } from '../../engines/engine.ts';
import type { Judgement } from '../../base/sentiment.ts';
import { createAnswerReader } from '../../sentiment/answer-reader.ts';
import { judgementInWords, judgementSchema } from '../../sentiment/model-reply.ts';

const instruction = `Answer as one JSON object and nothing else: {"answer": your whole answer to the person, in Markdown, "sentiment": ${judgementInWords}}.
Write "answer" first. "sentiment" judges the mood of the person's last message by their own words alone, not by files that came with it and not by your answer, and is never mentioned in the answer.`;

function withOutput(request: EngineRequest): EngineRequest {
  return {
    ...request,
    system: request.system === null ? instruction : `${request.system}\n\n${instruction}`,
    output: {
      name: 'answer_with_sentiment',
      schema: {
        type: 'object',
        properties: { answer: { type: 'string', description: 'The whole answer, in Markdown.' }, sentiment: judgementSchema },
        required: ['answer', 'sentiment'],
        additionalProperties: false,
      },
    },
  };
}

/**
 * An engine that answers and judges in one call: it is asked for JSON with both, and gives the answer's text as it comes.
 *
 * @param engine must be able to write JSON; is asked without tools
 * @param judged called with the judgement at the end of the stream, and with null when it ends without one; only the first call counts
 */
export function withMood(engine: Engine, judged: (judgement: Judgement | null) => void): Engine {
  async function* stream(request: EngineRequest, signal: AbortSignal): AsyncGenerator<EnginePart> {
    const reader = createAnswerReader();
    try {
      for await (const part of engine.stream(withOutput(request), signal)) {
        if (part.type === 'text') {
          const text = reader.push(part.text);
          if (text !== '') yield { type: 'text', text };
          continue;
        }
        if (part.type === 'finish' || part.type === 'error') {
          const { rest, judgement } = reader.end();
          judged(judgement);
          if (rest !== '') yield { type: 'text', text: rest };
        }
        yield part;
      }
    } finally {
      // A stream that ended without its end is not waited for.
      judged(null);
    }
  }
  return { ...engine, stream };
}
