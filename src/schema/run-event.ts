import type { RunEvent as RunEventRow, RunEventData } from '../events/run-event.ts';
import { encodeGlobalID } from '@pothos/plugin-relay';
import { ImagePart } from './attachment.ts';
import { builder } from './builder.ts';
import { CitationPart } from './citation.ts';
import { QueryResultPart } from './data-parts.ts';
import { PlotPart } from './plot.ts';
import { PlanProposalPart } from './plan-proposal.ts';
import { Persona } from './persona.ts';
import { loadExisting } from './batch.ts';
import { Message } from './message.ts';
import { InputKind } from './input-kind.ts';
import { Run, RunFinishReason } from './run.ts';
import { ErrorCodeEnum } from './scalars.ts';
import { ConversationMood, Sentiment } from './sentiment.ts';

/** A run event of one type. */
type EventOf<Type extends RunEventData['type']> = RunEventRow & { readonly data: Extract<RunEventData, { type: Type }> };

const RunEvent = builder.interfaceRef<RunEventRow>('RunEvent').implement({
  description: 'A numbered fact of a run. The last one is `RunFinished` or `RunFailed`.',
  resolveType: (event) => event.data.type,
  // Every field below that is no object depends on the event alone, so the server may write it without an execution.
  extensions: { hasPlainLeaves: true },
  fields: (t) => ({
    seq: t.exposeInt('seq', { description: 'Its number: 1, 2, 3 ... Give the last one you have as `after` to go on behind it.' }),
    runId: t.id({ description: 'The run.', resolve: (event) => encodeGlobalID(Run.name, event.runId) }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it happened.' }),
  }),
});

const eventRef = <Type extends RunEventData['type']>(type: Type, name: string = type) => builder.objectRef<EventOf<Type>>(name);

const ImagePreview = eventRef('ImagePreviewed', 'ImagePreview').implement({
  description: 'A picture that is not ready yet. It is kept for some hours.',
  fields: (t) => ({
    downloadUrl: t.string({
      description: 'A signed link to it, as a PNG: a path on this server that works without signing in, for fifteen minutes unless it is configured otherwise.',
      resolve: ({ runId, data }, _arguments, { services, viewer }) => services.downloads.linkTo(viewer, 'preview', data.previewId, runId).url,
    }),
  }),
});

eventRef('RunStarted').implement({
  interfaces: [RunEvent],
  description: 'The run began.',
  fields: (t) => ({
    model: t.string({ description: 'The model that answers, as `provider:model`.', resolve: ({ data }) => data.model }),
    message: t.field({
      type: Message,
      description: 'The answer, still empty.',
      resolve: ({ data }, _arguments, context) => loadExisting(context.loaders.message, data.messageId, 'Message'),
    }),
  }),
});

eventRef('ModelChanged').implement({
  interfaces: [RunEvent],
  description: 'Another model answers than the one that was asked for, because that one failed before its first token. Comes before the first word.',
  fields: (t) => ({
    model: t.string({ description: 'The model that answers, as `provider:model`.', resolve: ({ data }) => data.model }),
    reason: t.string({ description: 'Why the model that was asked for did not answer, for people.', resolve: ({ data }) => data.reason }),
  }),
});

eventRef('SpeakerChosen').implement({
  interfaces: [RunEvent],
  description: 'A moderator picked the persona that answers, under the policy MODERATED. Comes before the first word.',
  fields: (t) => ({
    name: t.string({ description: 'What the persona is called.', resolve: ({ data }) => data.name }),
    model: t.string({ description: 'The model that answers, as `provider:model`.', resolve: ({ data }) => data.model }),
    persona: t.field({
      type: Persona,
      nullable: true,
      description: 'The persona; null when it is gone.',
      resolve: ({ data }, _arguments, context) => context.loaders.persona.load(data.personaId),
    }),
  }),
});

eventRef('TextDelta').implement({
  interfaces: [RunEvent],
  description: 'More text. All of it joined is the text of the message, to the byte.',
  fields: (t) => ({
    text: t.string({ description: 'The text that is new.', resolve: ({ data }) => data.text }),
    position: t.int({
      description: 'To which of the message’s parts it belongs. A new number begins a new text part.',
      resolve: ({ data }) => data.position,
    }),
  }),
});

eventRef('ReasoningDelta').implement({
  interfaces: [RunEvent],
  description: 'More of what the model thinks aloud, where it does. All of it joined is the text of the message’s reasoning parts, to the byte.',
  fields: (t) => ({
    text: t.string({ description: 'The text that is new.', resolve: ({ data }) => data.text }),
    position: t.int({ description: 'To which of the message’s parts it belongs.', resolve: ({ data }) => data.position ?? 0 }),
  }),
});

eventRef('ToolCallStarted').implement({
  interfaces: [RunEvent],
  description: 'The engine calls a tool.',
  fields: (t) => ({
    toolCallId: t.string({ description: 'The id of the call.', resolve: ({ data }) => data.toolCallId }),
    name: t.string({ description: 'The tool.', resolve: ({ data }) => data.name }),
  }),
});

eventRef('InputRequested').implement({
  interfaces: [RunEvent],
  description:
    'The run waits for a person: answer with `respondToRun`, and it goes on. The subscription stays open meanwhile; after a cut come back with `after`.',
  fields: (t) => ({
    kind: t.field({ type: InputKind, description: 'What is asked for.', resolve: ({ data }) => data.kind }),
    text: t.string({ description: 'The question, for people.', resolve: ({ data }) => data.text }),
    choices: t.stringList({ description: 'Answers that are proposed; something else may be said.', resolve: ({ data }) => data.choices }),
    toolCallId: t.string({ description: 'The call of a tool that it is about.', resolve: ({ data }) => data.toolCallId }),
    toolName: t.string({ description: 'The tool: `ask_person` for a QUESTION.', resolve: ({ data }) => data.toolName }),
    arguments: t.string({ description: 'The arguments of the call, JSON as the model wrote it.', resolve: ({ data }) => data.arguments }),
    expiresAt: t.field({ type: 'DateTime', description: 'When the run is given up.', resolve: ({ data }) => new Date(data.expiresAt) }),
  }),
});

eventRef('InputGiven').implement({
  interfaces: [RunEvent],
  description: 'Somebody has answered, and the run goes on.',
  fields: (t) => ({
    toolCallId: t.string({ description: 'The call of a tool that it is about.', resolve: ({ data }) => data.toolCallId }),
    isApproved: t.boolean({
      nullable: true,
      description: 'Whether the call is allowed; null for the answer to a question.',
      resolve: ({ data }) => data.isApproved,
    }),
    answer: t.string({ nullable: true, description: 'The answer, or the reason of a refusal.', resolve: ({ data }) => data.answer }),
  }),
});

eventRef('StatusChanged').implement({
  interfaces: [RunEvent],
  description: 'What is being done now, in a few words for people.',
  fields: (t) => ({ status: t.string({ description: 'The words.', resolve: ({ data }) => data.status }) }),
});

eventRef('QueryResultReady').implement({
  interfaces: [RunEvent],
  description: 'A table was added to the message.',
  fields: (t) => ({
    part: t.field({
      type: QueryResultPart,
      description: 'The table with its SQL.',
      resolve: ({ data }, _arguments, context) => loadExisting(context.loaders.part, data.partId, 'QueryResultPart'),
    }),
  }),
});

eventRef('PlotReady').implement({
  interfaces: [RunEvent],
  description: 'A plot was added to the message.',
  fields: (t) => ({
    part: t.field({
      type: PlotPart,
      description: 'The plot with its SQL.',
      resolve: ({ data }, _arguments, context) => loadExisting(context.loaders.part, data.partId, 'PlotPart'),
    }),
  }),
});

eventRef('CitationReady').implement({
  interfaces: [RunEvent],
  description: 'A passage of a document that the answer cites was added to the message, behind the text that cites it.',
  fields: (t) => ({
    part: t.field({
      type: CitationPart,
      description: 'The passage with its place.',
      resolve: ({ data }, _arguments, context) => loadExisting(context.loaders.part, data.partId, 'CitationPart'),
    }),
  }),
});

eventRef('ImageReady').implement({
  interfaces: [RunEvent],
  description: 'A picture was added to the message.',
  fields: (t) => ({
    part: t.field({
      type: ImagePart,
      description: 'The picture.',
      resolve: ({ data }, _arguments, context) => loadExisting(context.loaders.part, data.partId, 'ImagePart'),
    }),
  }),
});

eventRef('ImagePreviewed').implement({
  interfaces: [RunEvent],
  description: 'A picture that is not ready yet can be looked at, where the model shows such.',
  fields: (t) => ({
    index: t.int({ description: 'Of which picture of the run it is, from 0.', resolve: ({ data }) => data.index }),
    preview: t.field({ type: ImagePreview, description: 'How the picture looks by now.', resolve: (event) => event }),
  }),
});

eventRef('PlanProposed').implement({
  interfaces: [RunEvent],
  description: 'Changes of your plans were proposed, and added to the message. Nothing is changed until you apply them, unless `isApplied`.',
  fields: (t) => ({
    isApplied: t.boolean({
      description: 'Whether they were applied at once, because `PlannerSettings.autoApply` is on and they are small. `undoProposal` takes them back.',
      resolve: ({ data }) => data.isApplied,
    }),
    part: t.field({
      type: PlanProposalPart,
      description: 'The part with the proposal.',
      resolve: ({ data }, _arguments, context) => loadExisting(context.loaders.part, data.partId, 'PlanProposalPart'),
    }),
  }),
});

eventRef('SentimentReady').implement({
  interfaces: [RunEvent],
  description: 'What the person said was judged. A run whose question could not be judged has no such event.',
  fields: (t) => ({
    // Not `message`, which is a text in `RunFailed`: one selection could not have both.
    sentiment: t.field({ type: Sentiment, description: 'The mood of the question.', resolve: ({ data }) => data.message }),
    mood: t.field({ type: ConversationMood, description: 'The mood of the conversation up to and with it.', resolve: ({ data }) => data.conversation }),
  }),
});

eventRef('TitleChanged').implement({
  interfaces: [RunEvent],
  description: 'The conversation got its title.',
  fields: (t) => ({ title: t.string({ description: 'The title.', resolve: ({ data }) => data.title }) }),
});

eventRef('UsageReported').implement({
  interfaces: [RunEvent],
  description: 'What the run used, over all steps.',
  fields: (t) => ({
    inputTokens: t.int({ description: 'Tokens read, also those that the provider had kept from before.', resolve: ({ data }) => data.inputTokens }),
    cachedInputTokens: t.int({
      description: 'Of the tokens read, those that the provider had kept from before.',
      resolve: ({ data }) => data.cachedInputTokens,
    }),
    outputTokens: t.int({ description: 'Tokens written, also those of reasoning.', resolve: ({ data }) => data.outputTokens }),
    reasoningTokens: t.int({ description: 'Of the tokens written, those of reasoning.', resolve: ({ data }) => data.reasoningTokens }),
    costMicros: t.field({
      type: 'BigInt',
      nullable: true,
      description: 'What it cost, in millionths of a US dollar; null where a price is unknown.',
      resolve: ({ data }) => (data.costMicros === null ? null : BigInt(data.costMicros)),
    }),
    isEstimated: t.boolean({ description: 'Whether any of it is an estimate, because the provider did not say.', resolve: ({ data }) => data.isEstimated }),
  }),
});

eventRef('RunFinished').implement({
  interfaces: [RunEvent],
  description: 'The end of a run that did not fail. Nothing follows.',
  fields: (t) => ({
    reason: t.field({ type: RunFinishReason, description: 'Why it finished.', resolve: ({ data }) => data.reason }),
    dataUpdated: t.boolean({ description: 'Whether the tables of the session changed.', resolve: ({ data }) => data.dataUpdated }),
    run: t.field({
      type: Run,
      description: 'The run as it is now.',
      resolve: ({ runId }, _arguments, context) => loadExisting(context.loaders.run, runId, 'Run'),
    }),
  }),
});

eventRef('RunFailed').implement({
  interfaces: [RunEvent],
  description: 'The end of a run that failed. Nothing follows; what was written is kept.',
  fields: (t) => ({
    code: t.field({ type: ErrorCodeEnum, description: 'For programs.', resolve: ({ data }) => data.code }),
    message: t.string({ description: 'For people.', resolve: ({ data }) => data.message }),
    retryable: t.boolean({ description: 'Whether the same request may succeed later.', resolve: ({ data }) => data.retryable }),
    retryAfterMs: t.int({
      nullable: true,
      description: 'After how many milliseconds, where the provider says so.',
      resolve: ({ data }) => data.retryAfterMs,
    }),
    run: t.field({
      type: Run,
      description: 'The run as it is now.',
      resolve: ({ runId }, _arguments, context) => loadExisting(context.loaders.run, runId, 'Run'),
    }),
  }),
});

builder.subscriptionField('runEvents', (t) =>
  t.field({
    type: RunEvent,
    description:
      'Follows a run to its end: every event once, in order, over SSE or WebSocket, on any server. After a cut, subscribe again with `after` set to the last `seq` that you have. ' +
      'Leaving does not stop the run; `stopRun` does. When the events of an old run are gone, `after: 0` is answered from its stored message.',
    args: {
      runId: t.arg.globalID({ for: Run, required: true, description: 'The run.' }),
      after: t.arg.int({ defaultValue: 0, description: 'The `seq` of the last event that you have; 0 for all.' }),
    },
    subscribe: (_root, { runId, after }, context) => context.services.runs.events(context.viewer, runId.id, after ?? 0),
    resolve: (event) => event,
  }),
);
