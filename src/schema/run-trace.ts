import { spanKinds, type TraceSpan as TraceSpanShape } from '../services/trace/trace-span.ts';
import { builder } from './builder.ts';
import { Run } from './run.ts';

const descriptions: Readonly<Record<(typeof spanKinds)[number], string>> = {
  MODEL_CALL: 'A call of a model, for the answer or for something beside it.',
  TOOL_CALL: 'A call of a tool that the model asked for.',
};

const SpanKind = builder.enumType('SpanKind', {
  description: 'What a step of a run was.',
  values: Object.fromEntries(spanKinds.map((kind) => [kind, { value: kind, description: descriptions[kind] }])),
});

const TraceSpan = builder.objectRef<TraceSpanShape>('TraceSpan').implement({
  description: 'A step of a run.',
  fields: (t) => ({
    kind: t.expose('kind', { type: SpanKind, description: 'What it was.' }),
    purpose: t.exposeString('purpose', {
      nullable: true,
      description: 'What a model was called for, as the keys of `usage` by PURPOSE; null for tools.',
    }),
    name: t.exposeString('name', { description: 'The model as `provider:model`, or the name of the tool.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it began.' }),
    durationMs: t.int({ description: 'How long it took, in milliseconds.', resolve: ({ startedAt, endedAt }) => endedAt.getTime() - startedAt.getTime() }),
    firstTokenMs: t.exposeInt('firstTokenMs', {
      nullable: true,
      description: 'How long the first part of an answer took, in milliseconds; null for tools, and where none came.',
    }),
    inputTokens: t.exposeInt('inputTokens', { nullable: true, description: 'Tokens read; null for tools and for the built-in engine.' }),
    cachedInputTokens: t.exposeInt('cachedInputTokens', { nullable: true, description: 'Of the tokens read, those that the provider had kept from before.' }),
    outputTokens: t.exposeInt('outputTokens', { nullable: true, description: 'Tokens written; null for tools and for the built-in engine.' }),
    reasoningTokens: t.exposeInt('reasoningTokens', { nullable: true, description: 'Of the tokens written, those of reasoning.' }),
    finishReason: t.exposeString('finishReason', {
      nullable: true,
      description: 'Why a model ended: `STOP`, `LENGTH`, `CONTENT_FILTER` or `TOOL_CALLS`; null for tools and where it did not come to its end.',
    }),
    errorCode: t.exposeString('errorCode', {
      nullable: true,
      description: 'Why it failed: a code of the provider’s failure, `TOOL_ERROR`, or `STOPPED` for what was ended from outside; null where it did not.',
    }),
    errorMessage: t.exposeString('errorMessage', { nullable: true, description: 'The same for people.' }),
    input: t.expose('input', {
      type: 'JSON',
      nullable: true,
      description:
        'What was sent: of a model `system`, `messages`, the names of its `tools` and the options; of a tool its `arguments`, as the model wrote them. Null where the operator keeps no content.',
    }),
    output: t.expose('output', {
      type: 'JSON',
      nullable: true,
      description: 'What came back: of a model `text`, `reasoning` and `toolCalls`; of a tool `content`. Null where the operator keeps no content.',
    }),
    isTruncated: t.exposeBoolean('isTruncated', { description: 'Whether texts in `input` or `output` were cut, because they were too long to keep.' }),
  }),
});

builder.queryField('runTrace', (t) =>
  t.field({
    type: [TraceSpan],
    nullable: true,
    description:
      'What a run of yours did, step by step, in the order in which the steps began, at most 500: what models were sent and answered, what tools were called with, tokens and times. Kept for 30 days unless the operator decides otherwise; empty afterwards. NOT_FOUND for runs that others started, also in conversations that you take part in.',
    args: { runId: t.arg.globalID({ for: Run, required: true, description: 'The id of the run.' }) },
    resolve: (_root, { runId }, context) => context.services.traces.ofRun(context.viewer, runId.id),
  }),
);
