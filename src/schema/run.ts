import type { Run as RunRow } from '../../prisma/generated/client.ts';
import { builder } from './builder.ts';
import { Conversation } from './conversation.ts';
import { loadExisting } from './batch.ts';
import { Message } from './message.ts';
import { paginate } from './pagination.ts';
import { ErrorCodeEnum } from './scalars.ts';
import { Session } from './session.ts';

/** One AI turn. */
export const Run = builder.objectRef<RunRow>('Run');

const RunEdge = builder.edgeObject({ type: Run, name: 'RunEdge', description: 'A run in a page.' });

const RunConnection = builder.connectionObject({ type: Run, name: 'RunConnection', description: 'A page of runs.' }, RunEdge);

export const RunStatus = builder.enumType('RunStatus', {
  description: 'Where a run is in its life: QUEUED, RUNNING, then one of the other three for ever.',
  values: {
    QUEUED: { description: 'Waits for the run before it in the same conversation.' },
    RUNNING: { description: 'An engine is answering.' },
    COMPLETED: { description: 'The answer came to its end.' },
    STOPPED: { description: 'A person stopped it; what was written is kept.' },
    FAILED: { description: 'Something went wrong; what was written is kept.' },
  } as const,
});

export const RunFinishReason = builder.enumType('RunFinishReason', {
  description: 'Why a run finished that did not fail.',
  values: {
    STOP: { description: 'The answer was complete.' },
    LENGTH: { description: 'The limit on tokens was reached.' },
    CONTENT_FILTER: { description: 'The provider cut the answer off because of its content.' },
    MAX_STEPS: { description: 'The limit on steps with tools was reached.' },
    STOPPED: { description: 'A person stopped it.' },
  } as const,
});

const RunKind = builder.enumType('RunKind', {
  description: 'What a run was asked to do.',
  values: { CHAT: { description: 'Answer a message.' }, AUTO_ANALYZE: { description: 'Analyse the data of a session by itself.' } } as const,
});

const RunError = builder.objectRef<RunRow>('RunError').implement({
  description: 'Why a run failed.',
  fields: (t) => ({
    code: t.field({ type: ErrorCodeEnum, description: 'For programs.', resolve: (run) => run.errorCode ?? 'INTERNAL_SERVER_ERROR' }),
    message: t.string({ description: 'For people.', resolve: (run) => run.errorMessage ?? '' }),
    retryable: t.boolean({ description: 'Whether the same request may succeed later.', resolve: (run) => run.isRetryable ?? false }),
  }),
});

builder.node(Run, {
  description: 'One turn of an engine. It writes one message, and tells of it in numbered events: subscribe to `runEvents`.',
  id: { resolve: (run) => run.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.run.load(id),
  fields: (t) => ({
    kind: t.expose('kind', { type: RunKind, description: 'What was asked for.' }),
    status: t.expose('status', { type: RunStatus, description: 'Where it is in its life.' }),
    model: t.exposeString('model', { description: 'The model that answers, as `provider:model`.' }),
    finishReason: t.field({
      type: RunFinishReason,
      nullable: true,
      description: 'Why it finished; null while it runs and when it failed.',
      resolve: (run, _arguments, context) => context.services.runs.finishReasonOf(run),
    }),
    error: t.field({ type: RunError, nullable: true, description: 'Why it failed; null otherwise.', resolve: (run) => (run.status === 'FAILED' ? run : null) }),
    dataUpdated: t.exposeBoolean('dataUpdated', { description: 'Whether it changed the tables of its session.' }),
    inputTokens: t.exposeInt('inputTokens', { nullable: true, description: 'Tokens read, over all steps; null until the end.' }),
    outputTokens: t.exposeInt('outputTokens', { nullable: true, description: 'Tokens written, over all steps; null until the end.' }),
    lastEventSeq: t.exposeInt('lastSeq', { nullable: true, description: 'The number of its last event; null until the end.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was asked for.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true, description: 'When it began; null while it waits.' }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true, description: 'When it ended; null until then.' }),
    conversation: t.field({
      type: Conversation,
      description: 'Where it takes place.',
      resolve: (run, _arguments, context) => loadExisting(context.loaders.conversation, run.conversationId, 'Conversation'),
    }),
    question: t.field({
      type: Message,
      nullable: true,
      description: 'The message that it answers.',
      resolve: (run, _arguments, context) => (run.questionId === null ? null : context.loaders.message.load(run.questionId)),
    }),
    message: t.field({
      type: Message,
      nullable: true,
      description: 'The answer that it writes; null while it waits.',
      resolve: (run, _arguments, context) => (run.answerId === null ? null : context.loaders.message.load(run.answerId)),
    }),
  }),
});

builder.queryFields((t) => ({
  run: t.field({
    type: Run,
    nullable: true,
    description: 'One run.',
    args: { id: t.arg.globalID({ for: Run, required: true, description: 'The id of the run.' }) },
    resolve: (_root, { id }, context) => context.services.runs.get(context.viewer, id.id),
  }),
  runs: t.connection(
    {
      type: Run,
      description: 'The runs of your conversations, newest first.',
      args: {
        conversationId: t.arg.globalID({ for: Conversation, description: 'Only those of this conversation.' }),
        status: t.arg({ type: RunStatus, description: 'Only those with this status.' }),
      },
      resolve: (_root, { conversationId, status, ...args }, context) =>
        paginate(
          args,
          (page) => context.services.runs.list(context.viewer, { conversationId: conversationId?.id, status }, page),
          (run) => ({ at: run.createdAt, id: run.id }),
        ),
    },
    RunConnection,
  ),
}));

const IfBusy = builder.enumType('IfBusy', {
  description: 'What happens when a run is under way in the conversation.',
  values: {
    REJECT: { description: 'The request fails with CONVERSATION_BUSY. The default.' },
    ENQUEUE: { description: 'The run waits for its turn.' },
    INTERRUPT: { description: 'What is under way and what waits is stopped, then the run starts.' },
  } as const,
});

/** The inputs that every start of a run has. */
function howToRun(t: Parameters<Parameters<typeof builder.inputType<string, never>>[1]['fields']>[0]) {
  return {
    model: t.string({ description: 'The model, as `provider:model` or, with `provider`, by itself; the configured default when absent. See `models`.' }),
    provider: t.string({ description: 'The provider, for example `openai`; its default model answers when `model` is absent.' }),
    temperature: t.float({ description: 'How freely to choose words, 0 to 2.' }),
    topP: t.float({ description: 'From how much of the probability to choose, 0 to 1.' }),
    topK: t.int({ description: 'From how many words to choose, at least 1; ignored by providers that do not know it.' }),
    maxTokens: t.int({ description: 'The most tokens of the answer, at least 1.' }),
    systemPrompt: t.string({ description: 'Instructions above the conversation, for this run.' }),
    idempotencyKey: t.string({
      description: 'Makes repeating safe: the same key with the same input gives the same run, with another input IDEMPOTENCY_CONFLICT.',
    }),
    ifBusy: t.field({ type: IfBusy, description: 'What happens when a run is under way; REJECT when absent.' }),
  };
}

const sendFields = {
  conversation: 'Where to say it; a new conversation is made when absent.',
  text: 'What to say, in Markdown.',
} as const;

builder.relayMutationField(
  'sendMessage',
  {
    description: 'A message to an engine.',
    inputFields: (t) => ({
      conversationId: t.globalID({ for: Conversation, description: sendFields.conversation }),
      text: t.string({ required: true, description: sendFields.text }),
      ...howToRun(t),
    }),
  },
  {
    description: 'Says something to an engine and returns the run at once; follow it with `runEvents`.',
    resolve: async (_root, { input }, context) => ({
      run: await context.services.runs.send(context.viewer, { ...input, conversationId: input.conversationId?.id }),
    }),
  },
  {
    description: 'The run, with its conversation and its messages.',
    outputFields: (t) => ({ run: t.expose('run', { type: Run, description: 'The run: RUNNING, or QUEUED behind another.' }) }),
  },
);

builder.relayMutationField(
  'ask',
  {
    description: 'A question to an engine.',
    inputFields: (t) => ({
      conversationId: t.globalID({ for: Conversation, description: sendFields.conversation }),
      text: t.string({ required: true, description: sendFields.text }),
      ...howToRun(t),
    }),
  },
  {
    description: 'Asks an engine and waits for the whole answer. When that takes too long the run is returned while it still runs.',
    resolve: async (_root, { input }, context) => ({
      run: await context.services.runs.ask(context.viewer, { ...input, conversationId: input.conversationId?.id }),
    }),
  },
  {
    description: 'The run and its answer.',
    outputFields: (t) => ({
      run: t.expose('run', { type: Run, description: 'The run; see its status.' }),
      answer: t.field({
        type: Message,
        nullable: true,
        description: 'The answer.',
        resolve: ({ run }, _arguments, context) => (run.answerId === null ? null : context.loaders.message.load(run.answerId)),
      }),
    }),
  },
);

builder.relayMutationField(
  'autoAnalyze',
  {
    description: 'Which data to analyse, and how.',
    inputFields: (t) => ({ sessionId: t.globalID({ for: Session, required: true, description: 'The data session.' }), ...howToRun(t) }),
  },
  {
    description: 'Has the data of a session analysed: overview, findings with tables and plots, questions to go on with. Follow it with `runEvents`.',
    resolve: async (_root, { input }, context) => ({
      run: await context.services.runs.autoAnalyze(context.viewer, { ...input, sessionId: input.sessionId.id }),
    }),
  },
  {
    description: 'The run, in the conversation of the session.',
    outputFields: (t) => ({ run: t.expose('run', { type: Run, description: 'The run.' }) }),
  },
);

builder.relayMutationField(
  'stopRun',
  {
    description: 'What to stop.',
    inputFields: (t) => ({ runId: t.globalID({ for: Run, required: true, description: 'The run.' }) }),
  },
  {
    description: 'Stops a run. What was written is kept. Stopping again, or after the end, changes nothing and answers the same.',
    resolve: async (_root, { input }, context) => ({ run: await context.services.runs.stop(context.viewer, input.runId.id) }),
  },
  {
    description: 'The run.',
    outputFields: (t) => ({ run: t.expose('run', { type: Run, description: 'The run, ended unless its server is slow to hear.' }) }),
  },
);
