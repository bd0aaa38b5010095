import type { AskedInput } from '../services/run/respond.ts';
import { builder } from './builder.ts';
import { InputKind } from './input-kind.ts';
import { Run } from './run.ts';

const InputRequest = builder.objectRef<AskedInput>('InputRequest').implement({
  description: 'What a run asks that waits for a person.',
  fields: (t) => ({
    kind: t.field({ type: InputKind, description: 'What is asked for.', resolve: ({ kind }) => kind }),
    text: t.exposeString('text', { description: 'The question, for people.' }),
    choices: t.stringList({ description: 'Answers that are proposed; something else may be said.', resolve: ({ choices }) => [...choices] }),
    toolCallId: t.exposeString('toolCallId', { description: 'The call of a tool that it is about.' }),
    toolName: t.exposeString('toolName', { description: 'The tool: `ask_person` for a QUESTION.' }),
    arguments: t.exposeString('toolArguments', { description: 'The arguments of the call, JSON as the model wrote it.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Since when it waits.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When the run is given up and fails with INPUT_TIMEOUT.' }),
  }),
});

builder.objectField(Run, 'inputRequest', (t) =>
  t.field({
    type: InputRequest,
    nullable: true,
    description: 'What it asks while it is AWAITING_INPUT; null otherwise.',
    resolve: (run, _arguments, { loaders }) => (run.status === 'AWAITING_INPUT' ? loaders.askedByRun.load(run.id) : null),
  }),
);

builder.relayMutationField(
  'respondToRun',
  {
    description: 'What to say to a run that waits.',
    inputFields: (t) => ({
      runId: t.globalID({ for: Run, required: true, description: 'The run; you must have asked for it.' }),
      answer: t.string({
        description: 'The answer to a QUESTION, at most 20,000 characters; for an APPROVAL the reason, which the model is told when it is refused.',
      }),
      isApproved: t.boolean({ description: 'For an APPROVAL: true runs the call, false refuses it and lets the model go on without.' }),
    }),
  },
  {
    description: 'Answers a run that is AWAITING_INPUT, and has it go on. `CONFLICT` when somebody has answered or stopped it already, or its time is over.',
    resolve: async (_root, { input }, { services, viewer }) => ({ run: await services.responses.respond(viewer, { ...input, runId: input.runId.id }) }),
  },
  {
    description: 'The run.',
    outputFields: (t) => ({ run: t.expose('run', { type: Run, description: 'The run, which goes on: follow it with `runEvents`.' }) }),
  },
);
