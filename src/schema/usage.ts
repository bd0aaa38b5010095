import { encodeGlobalID } from '@pothos/plugin-relay';
import type { RunUsage as RunUsageShape } from '../services/usage/run-usage.ts';
import type { UsageReport as UsageReportShape, UsageRow as UsageRowShape, UsageSum as UsageSumShape } from '../services/usage/usage.ts';
import { builder } from './builder.ts';
import { Conversation } from './conversation.ts';
import { Message } from './message.ts';
import { Run } from './run.ts';
import { User } from './user.ts';
import { Workspace } from './workspace.ts';

const RunUsage = builder.objectRef<RunUsageShape>('RunUsage').implement({
  description: 'What the answer of a run used, over all its steps, also when it was stopped or failed. Titles and the like are in `usage`.',
  fields: (t) => ({
    inputTokens: t.exposeInt('inputTokens', { description: 'Tokens read, also those that the provider had kept from before.' }),
    cachedInputTokens: t.exposeInt('cachedInputTokens', { description: 'Of the tokens read, those that the provider had kept from before.' }),
    outputTokens: t.exposeInt('outputTokens', { description: 'Tokens written, also those of reasoning.' }),
    reasoningTokens: t.exposeInt('reasoningTokens', { description: 'Of the tokens written, those of reasoning.' }),
    costMicros: t.expose('costMicros', {
      type: 'BigInt',
      nullable: true,
      description: 'What it cost, in millionths of a US dollar; null where the price of the model is unknown. The built-in engine costs nothing.',
    }),
    isEstimated: t.exposeBoolean('isEstimated', {
      description: 'Whether any of it is an estimate, because the provider did not say: it does not when an answer is stopped or breaks off.',
    }),
  }),
});

builder.objectField(Run, 'usage', (t) =>
  t.field({
    type: RunUsage,
    nullable: true,
    description: 'What it used; null until the end.',
    resolve: (run, _arguments, context) => context.services.runs.usageOf(run),
  }),
);

builder.objectField(Message, 'usage', (t) =>
  t.field({
    type: RunUsage,
    nullable: true,
    description: 'What the answer used; null for people, and while it is being written.',
    resolve: (message, _arguments, context) => (message.role === 'ASSISTANT' ? context.loaders.usageOfAnswer.load(message.id) : null),
  }),
);

const UsageGroup = builder.enumType('UsageGroup', {
  description: 'By what usage is put together.',
  values: {
    DAY: { description: 'By the day on which the calls began, in UTC. The key is like `2026-11-20`.' },
    MONTH: { description: 'By the month, in UTC. The key is like `2026-11`.' },
    MODEL: { description: 'By the model. The key is `provider:model`.' },
    PROVIDER: { description: 'By the provider.' },
    PURPOSE: {
      description:
        'By what the model was called for: ANSWER, TITLE, SENTIMENT, SUMMARY, PLOT_EDIT, MODERATION, IMAGE, TRANSCRIPTION, SPEECH, EMBEDDING or RERANKING.',
    },
    CONVERSATION: { description: 'By the conversation, which may be deleted by now. The key is its id.' },
    WORKSPACE: { description: 'By the workspace that paid, which may be deleted by now. The key is its id; null for all that no workspace paid.' },
  } as const,
});

const UsageOfAllGroup = builder.enumType('UsageOfAllGroup', {
  description: 'By what the usage of everybody is put together.',
  values: {
    DAY: { description: 'By the day on which the calls began, in UTC. The key is like `2026-11-20`.' },
    MONTH: { description: 'By the month, in UTC. The key is like `2026-11`.' },
    MODEL: { description: 'By the model. The key is `provider:model`.' },
    PROVIDER: { description: 'By the provider.' },
    PURPOSE: {
      description:
        'By what the model was called for: ANSWER, TITLE, SENTIMENT, SUMMARY, PLOT_EDIT, MODERATION, IMAGE, TRANSCRIPTION, SPEECH, EMBEDDING or RERANKING.',
    },
    USER: { description: 'By the person. The key is their id.' },
  } as const,
});

const UsageSum = builder.interfaceRef<UsageSumShape>('UsageSum').implement({
  description: 'What some calls of models used together. Calls that are still under way do not count yet, and the built-in engine is no model.',
  fields: (t) => ({
    calls: t.exposeInt('calls', { description: 'How many calls there were, also those that failed. The attempts of one call are one.' }),
    inputTokens: t.expose('inputTokens', { type: 'BigInt', description: 'Tokens read, also those that providers had kept from before.' }),
    cachedInputTokens: t.expose('cachedInputTokens', { type: 'BigInt', description: 'Of the tokens read, those that providers had kept from before.' }),
    outputTokens: t.expose('outputTokens', { type: 'BigInt', description: 'Tokens written, also those of reasoning.' }),
    reasoningTokens: t.expose('reasoningTokens', { type: 'BigInt', description: 'Of the tokens written, those of reasoning.' }),
    costMicros: t.expose('costMicros', { type: 'BigInt', description: 'What the calls cost whose price is known, in millionths of a US dollar.' }),
    ownKeyCostMicros: t.expose('ownKeyCostMicros', {
      type: 'BigInt',
      description: 'Of the cost, that of calls with keys of people and of workspaces, which counts in no quota of the installation.',
    }),
    workspaceCostMicros: t.expose('workspaceCostMicros', {
      type: 'BigInt',
      description: 'Of that, the cost of calls with keys of workspaces, which counts in the quotas of those.',
    }),
    estimatedCalls: t.exposeInt('estimatedCalls', { description: 'Of the calls, those of which the tokens are an estimate.' }),
    unknownPriceCalls: t.exposeInt('unknownPriceCalls', { description: 'Of the calls, those whose price is unknown; their cost is missing from the sum.' }),
  }),
});

const UsageTotal = builder.objectRef<UsageSumShape>('UsageTotal').implement({ interfaces: [UsageSum], description: 'All rows together.' });

/** The groups whose keys are ids. */
const keyTypes = new Map<string, { readonly name: string }>([
  ['CONVERSATION', Conversation],
  ['USER', User],
  ['WORKSPACE', Workspace],
]);

const UsageRow = builder.objectRef<UsageRowShape>('UsageRow').implement({
  interfaces: [UsageSum],
  description: 'The usage of one day, one model ...',
  fields: (t) => ({
    key: t.string({
      nullable: true,
      description: 'What the row is about, as the group says; null for calls that belong to no conversation, or to no workspace.',
      resolve: ({ groupBy, key }) => {
        const type = keyTypes.get(groupBy);
        return key === null || type === undefined ? key : encodeGlobalID(type.name, key);
      },
    }),
    conversation: t.field({
      type: Conversation,
      nullable: true,
      description: 'The conversation of the row; null in other groups, and where it is deleted.',
      resolve: ({ groupBy, key }, _arguments, context) => (groupBy === 'CONVERSATION' && key !== null ? context.loaders.conversation.load(key) : null),
    }),
    user: t.field({
      type: User,
      nullable: true,
      description: 'The person of the row; null in other groups.',
      resolve: ({ groupBy, key }, _arguments, context) => (groupBy === 'USER' && key !== null ? context.loaders.user.load(key) : null),
    }),
  }),
});

/** Usage in a range of time. */
export const UsageReport = builder.objectRef<UsageReportShape>('UsageReport').implement({
  description: 'Usage in a range of time.',
  fields: (t) => ({
    from: t.expose('from', { type: 'DateTime', description: 'The first moment that counts.' }),
    to: t.expose('to', { type: 'DateTime', description: 'The first moment that does not count any more.' }),
    rows: t.field({ type: [UsageRow], description: 'Days and months in order, all else with the highest cost first.', resolve: ({ rows }) => [...rows] }),
    total: t.expose('total', { type: UsageTotal, description: 'All rows together.' }),
  }),
});

/** How the range of a report is described. */
export const usageRange = {
  from: 'The first moment that counts; 30 days before `to` when absent.',
  to: 'The first moment that does not count any more; now when absent.',
};

builder.queryFields((t) => ({
  usage: t.field({
    type: UsageReport,
    description:
      'What you used of models and what it cost, in at most two years and 1,000 rows. It stays when conversations are deleted, and goes with your account.',
    args: {
      groupBy: t.arg({ type: UsageGroup, defaultValue: 'DAY', description: 'By what to put it together.' }),
      from: t.arg({ type: 'DateTime', description: usageRange.from }),
      to: t.arg({ type: 'DateTime', description: usageRange.to }),
    },
    resolve: (_root, { groupBy, from, to }, context) => context.services.usages.ofViewer(context.viewer, { groupBy: groupBy ?? 'DAY', from, to }),
  }),
  usageOfAll: t.field({
    type: UsageReport,
    description: 'Administrators alone: what everybody used of models and what it cost, in at most two years and 1,000 rows.',
    args: {
      groupBy: t.arg({ type: UsageOfAllGroup, defaultValue: 'DAY', description: 'By what to put it together.' }),
      from: t.arg({ type: 'DateTime', description: usageRange.from }),
      to: t.arg({ type: 'DateTime', description: usageRange.to }),
    },
    resolve: (_root, { groupBy, from, to }, context) => context.services.usages.ofAll(context.viewer, { groupBy: groupBy ?? 'DAY', from, to }),
  }),
}));
