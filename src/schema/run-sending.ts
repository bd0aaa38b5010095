import { Attachment } from './attachment.ts';
import { builder } from './builder.ts';
import { contextIdField, contextNameOf, Conversation, temporaryText } from './conversation.ts';
import { FilledTemplateInput, filledTemplateOf } from './prompt-template.ts';
import { Message } from './message.ts';
import { Run } from './run.ts';
import { SentimentMethod } from './sentiment-enums.ts';
import { Session } from './session.ts';

/** What happens when a run is under way. */
export const IfBusy = builder.enumType('IfBusy', {
  description: 'What happens when a run is under way in the conversation.',
  values: {
    REJECT: { description: 'The request fails with CONVERSATION_BUSY. The default.' },
    ENQUEUE: { description: 'The run waits for its turn.' },
    INTERRUPT: { description: 'What is under way and what waits is stopped, then the run starts.' },
  } as const,
});

type InputFields = Parameters<Parameters<typeof builder.inputType<string, never>>[1]['fields']>[0];

/** The inputs that every start of a run has. */
export function howToRun(t: InputFields) {
  return {
    model: t.string({
      description:
        'The model, as `provider:model` or, with `provider`, by itself; see `models`. This and what follows down to `sentimentMethod`: when absent, as `Conversation.defaults`, then `User.preferences`, then the configuration says; null passes over the former two.',
    }),
    provider: t.string({ description: 'The provider, for example `openai`; its default model answers when `model` is absent.' }),
    fallbacks: t.stringList({
      description: 'At most 3 models that answer, one after the other, when the one before fails before its first token.',
    }),
    temperature: t.float({ description: 'How freely to choose words, 0 to 2.' }),
    topP: t.float({ description: 'From how much of the probability to choose, 0 to 1.' }),
    topK: t.int({ description: 'From how many words to choose, at least 1; ignored by providers that do not know it.' }),
    maxTokens: t.int({
      description:
        'The most tokens of the answer, thoughts included, at least 1. Without it DEFAULT_MAX_TOKENS holds for the words, and a model that thinks has room besides.',
    }),
    systemPrompt: t.string({ description: 'Instructions above the conversation, for this run.' }),
    sentimentMethod: t.field({ type: SentimentMethod, description: 'By what the mood of the messages is judged.' }),
    idempotencyKey: t.string({
      description: 'Makes repeating safe: the same key with the same input gives the same run, with another input IDEMPOTENCY_CONFLICT.',
    }),
    ifBusy: t.field({ type: IfBusy, description: 'What happens when a run is under way; REJECT when absent.' }),
  };
}

/** The inputs of what says something. */
function whatToSay(t: InputFields) {
  return {
    conversationId: t.globalID({ for: Conversation, description: 'Where to say it; a new conversation is made when absent.' }),
    temporaryForMinutes: t.int({ description: temporaryText }),
    contextId: contextIdField(t, 'What a new conversation is about: a goal, a week or a day of yours.'),
    text: t.string({ description: 'What to say, in Markdown. This or `template` must be given.' }),
    template: t.field({ type: FilledTemplateInput, description: 'A prompt template of yours whose text is said in place of `text`.' }),
    attachmentIds: t.globalIDList({
      for: Attachment,
      description: 'Pictures and text files to say it with, at most 10, in their order: the ids that `POST /attachments` answered.',
    }),
    ...howToRun(t),
  };
}

/** The ids of an input without their types. */
function idsOf(input: {
  readonly conversationId?: { readonly id: string } | null | undefined;
  readonly attachmentIds?: readonly { readonly id: string }[] | null | undefined;
  readonly template?: Parameters<typeof filledTemplateOf>[0] | null | undefined;
  readonly contextId?: { readonly typename: string; readonly id: string } | null | undefined;
}) {
  return {
    conversationId: input.conversationId?.id,
    attachmentIds: input.attachmentIds?.map(({ id }) => id),
    context: contextNameOf(input.contextId),
    template: input.template == null ? input.template : filledTemplateOf(input.template),
  };
}

builder.relayMutationField(
  'sendMessage',
  {
    description: 'A message to an engine.',
    inputFields: whatToSay,
  },
  {
    description: 'Says something to an engine and returns the run at once; follow it with `runEvents`.',
    resolve: async (_root, { input }, context) => ({
      run: await context.services.runs.send(context.viewer, { ...input, ...idsOf(input) }),
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
    inputFields: whatToSay,
  },
  {
    description: 'Asks an engine and waits for the whole answer. When that takes too long the run is returned while it still runs.',
    resolve: async (_root, { input }, context) => ({
      run: await context.services.runs.ask(context.viewer, { ...input, ...idsOf(input) }),
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
