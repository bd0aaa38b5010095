import type { Run as RunRow } from '../../prisma/generated/client.ts';
import { builder } from './builder.ts';
import { Conversation } from './conversation.ts';
import { loadExisting } from './batch.ts';
import { Message } from './message.ts';
import { Persona } from './persona.ts';
import { paginate } from './pagination.ts';
import { ErrorCodeEnum } from './scalars.ts';

/** One AI turn. */
export const Run = builder.objectRef<RunRow>('Run');

const RunEdge = builder.edgeObject({ type: Run, name: 'RunEdge', description: 'A run in a page.' });

const RunConnection = builder.connectionObject({ type: Run, name: 'RunConnection', description: 'A page of runs.' }, RunEdge);

export const RunStatus = builder.enumType('RunStatus', {
  description: 'Where a run is in its life: QUEUED, RUNNING, perhaps AWAITING_INPUT and RUNNING again, then one of the other three for ever.',
  values: {
    QUEUED: { description: 'Waits for the run before it in the same conversation.' },
    RUNNING: { description: 'An engine is answering.' },
    AWAITING_INPUT: { description: 'It asks a person something, see `Run.inputRequest`; answer with `respondToRun`.' },
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
  values: {
    CHAT: { description: 'Answer a message.' },
    AUTO_ANALYZE: { description: 'Analyse the data of a session by itself.' },
    IMAGE: { description: 'Draw pictures.' },
  } as const,
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
    model: t.exposeString('model', { description: 'The model that was asked for, as `provider:model`.' }),
    answeredBy: t.string({
      description: 'The model that really answers: one of the `fallbacks` where `model` failed before its first token, else `model`.',
      resolve: (run) => run.answeredBy ?? run.model,
    }),
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
    persona: t.field({
      type: Persona,
      nullable: true,
      description: 'The persona that answers; null for the assistant without one, while a moderator has not picked, and when it is gone.',
      resolve: ({ personaId }, _arguments, { loaders }) => (personaId === null ? null : loaders.persona.load(personaId)),
    }),
    turn: t.exposeInt('turn', {
      nullable: true,
      description:
        'Which turn of its round it is, from 1: a message of a person may be answered by several personas, one after the other. Null for a run that stands alone.',
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
