import { builder } from './builder.ts';

/** What a run waits for. */
export const InputKind = builder.enumType('InputKind', {
  description: 'What a run asks a person for.',
  values: {
    QUESTION: { description: 'An answer in words: it is the result of the call of `ask_person`.' },
    APPROVAL: { description: 'Whether a tool may be used as the model wants to.' },
  } as const,
});
