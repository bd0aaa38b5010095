import { z } from 'zod';
import type { RunTool } from '../run-tool.ts';

const argumentsShape = z.object({
  question: z.string().trim().min(1).max(4_000),
  choices: z.array(z.string().trim().min(1).max(200)).max(10).nullish(),
});

function read(argumentsJson: string): z.output<typeof argumentsShape> | null {
  try {
    return argumentsShape.safeParse(JSON.parse(argumentsJson)).data ?? null;
  } catch {
    return null;
  }
}

/** The tool by which an engine asks the person something in the middle of its answer. The run waits until they have answered. */
export const askPerson: RunTool = {
  definition: {
    name: 'ask_person',
    description:
      'Asks the person something that you must know to go on and cannot find out yourself, and waits for the answer. Ask rarely, one thing at a time, in the language of the conversation. The result is {"answer": ...}.',
    parameters: {
      type: 'object',
      properties: {
        question: { type: 'string', description: 'The question, complete and short.' },
        choices: {
          type: 'array',
          items: { type: 'string' },
          description: 'At most 10 answers to choose from, where there are only a few; the person may say something else.',
        },
      },
      required: ['question'],
      additionalProperties: false,
    },
  },
  asks: (argumentsJson) => {
    const asked = read(argumentsJson);
    return asked === null ? null : { kind: 'QUESTION', text: asked.question, choices: asked.choices ?? [] };
  },
  // Only a call that asks nothing is run.
  run: async () => ({
    content: 'The arguments are not right: {"question": "...", "choices": ["...", "..."]}, the question at most 4,000 characters, at most 10 choices.',
    isError: true,
  }),
};

/** A tool whose every call a person must approve of. */
export function withApproval(tool: RunTool): RunTool {
  const { name } = tool.definition;
  return {
    ...tool,
    asks: (argumentsJson) => tool.asks?.(argumentsJson) ?? { kind: 'APPROVAL', text: `May "${name}" be used?`, choices: [] },
  };
}
