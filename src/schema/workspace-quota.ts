import type { WorkspaceQuota as WorkspaceQuotaRow } from '../../prisma/generated/client.ts';
import type { QuotaOfPeriod, QuotaStanding } from '../services/quota/quotas.ts';
import type { WorkspaceQuotasView } from '../services/workspace/quotas.ts';
import { loadExisting } from './batch.ts';
import { builder } from './builder.ts';
import { QuotaAmount, QuotaPeriod } from './quota.ts';
import { UsageReport, usageRange } from './usage.ts';
import { Workspace } from './workspace.ts';

const WorkspaceQuotaScope = builder.enumType('WorkspaceQuotaScope', {
  description: 'For whom a quota of a workspace is.',
  values: {
    WORKSPACE: { description: 'For all of its members together.' },
    EACH_MEMBER: { description: 'For each of its members by themselves.' },
  } as const,
});

const WorkspaceQuotaOfPeriod = builder.objectRef<QuotaOfPeriod>('WorkspaceQuotaOfPeriod').implement({
  description: 'How a member, or all together, stand in a day or a month.',
  fields: (t) => ({
    period: t.expose('period', { type: QuotaPeriod, description: 'Which period.' }),
    startsAt: t.expose('startsAt', { type: 'DateTime', description: 'When it began.' }),
    resetsAt: t.expose('resetsAt', { type: 'DateTime', description: 'When the next one begins, and everything counts from 0.' }),
    tokens: t.expose('tokens', { type: QuotaAmount, description: 'Tokens read and written with keys of the workspace.' }),
    costMicros: t.expose('costMicros', {
      type: QuotaAmount,
      description: 'What calls with keys of the workspace cost whose price is known, in millionths of a US dollar.',
    }),
  }),
});

const WorkspaceQuotaStanding = builder.objectRef<QuotaStanding>('WorkspaceQuotaStanding').implement({
  description: 'How much a member, or all together, may use and have used with the keys of a workspace.',
  fields: (t) => ({
    day: t.field({ type: WorkspaceQuotaOfPeriod, description: 'In this day, UTC.', resolve: (standing) => standing.DAY }),
    month: t.field({ type: WorkspaceQuotaOfPeriod, description: 'In this month, UTC.', resolve: (standing) => standing.MONTH }),
  }),
});

/** How a workspace stands to whoever asks. */
const WorkspaceQuotas = builder.objectRef<WorkspaceQuotasView>('WorkspaceQuotas').implement({
  description: 'How much may be used with the keys of a workspace, and was.',
  fields: (t) => ({
    together: t.expose('together', { type: WorkspaceQuotaStanding, nullable: true, description: 'Of all members together; null for all but OWNERs.' }),
    own: t.expose('own', { type: WorkspaceQuotaStanding, description: 'Of yourself, as a member.' }),
  }),
});

const WorkspaceQuota = builder.objectRef<WorkspaceQuotaRow>('WorkspaceQuota').implement({
  description: 'A quota that an OWNER of a workspace has set. Its limits are null where it sets none, 0 where it allows nothing.',
  fields: (t) => ({
    workspace: t.field({
      type: Workspace,
      description: 'The workspace.',
      resolve: ({ workspaceId }, _arguments, { loaders }) => loadExisting(loaders.workspace, workspaceId, 'Workspace'),
    }),
    scope: t.expose('scope', { type: WorkspaceQuotaScope, description: 'For whom it is.' }),
    period: t.expose('period', { type: QuotaPeriod, description: 'Over which time it counts.' }),
    maxTokens: t.expose('maxTokens', { type: 'BigInt', nullable: true, description: 'The most tokens, read and written together.' }),
    maxCostMicros: t.expose('maxCostMicros', { type: 'BigInt', nullable: true, description: 'The most cost, in millionths of a US dollar.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
  }),
});

const WorkspaceUsageGroup = builder.enumType('WorkspaceUsageGroup', {
  description: 'By what the usage of a workspace is put together.',
  values: {
    DAY: { description: 'By the day on which the calls began, in UTC. The key is like `2026-11-20`.' },
    MONTH: { description: 'By the month, in UTC. The key is like `2026-11`.' },
    MODEL: { description: 'By the model. The key is `provider:model`, without the handle of the workspace.' },
    PROVIDER: { description: 'By the provider, without the handle of the workspace.' },
    PURPOSE: { description: 'By what the model was called for: ANSWER, TITLE, SENTIMENT and so on.' },
    MEMBER: { value: 'USER', description: 'By the member, who may be one no more. The key is their id.' },
  } as const,
});

const workspace = 'The workspace.';

builder.queryFields((t) => ({
  workspaceQuotas: t.field({
    type: WorkspaceQuotas,
    description: 'How much may be used with the keys of a workspace, and was: by all of its members together, for its OWNERs, and by yourself.',
    args: { workspaceId: t.arg.globalID({ for: Workspace, required: true, description: workspace }) },
    resolve: (_root, { workspaceId }, context) => context.services.workspaceQuotas.of(context.viewer, workspaceId.id),
  }),
  workspaceUsage: t.field({
    type: UsageReport,
    description:
      'What was used of models with the keys of a workspace and what it cost, in at most two years and 1,000 rows: by all of its members for its OWNERs, for all others by themselves.',
    args: {
      workspaceId: t.arg.globalID({ for: Workspace, required: true, description: workspace }),
      groupBy: t.arg({ type: WorkspaceUsageGroup, defaultValue: 'DAY', description: 'By what to put it together.' }),
      from: t.arg({ type: 'DateTime', description: usageRange.from }),
      to: t.arg({ type: 'DateTime', description: usageRange.to }),
    },
    resolve: (_root, { workspaceId, groupBy, from, to }, context) =>
      context.services.workspaceUsages.of(context.viewer, workspaceId.id, { groupBy: groupBy ?? 'DAY', from, to }),
  }),
}));

builder.relayMutationField(
  'setWorkspaceQuota',
  {
    description: 'The limits: what is absent stays as it is, null sets no limit, 0 allows nothing. A quota that is new limits nothing that it is silent about.',
    inputFields: (t) => ({
      workspaceId: t.globalID({ for: Workspace, required: true, description: workspace }),
      scope: t.field({ type: WorkspaceQuotaScope, required: true, description: 'For whom it is.' }),
      period: t.field({ type: QuotaPeriod, required: true, description: 'Over which time it counts.' }),
      maxTokens: t.field({ type: 'BigInt', description: 'The most tokens, read and written together; at most 10^15.' }),
      maxCostMicros: t.field({ type: 'BigInt', description: 'The most cost, in millionths of a US dollar; at most 10^15.' }),
    }),
  },
  {
    description:
      'OWNERs of the workspace alone: sets how much may be used with its keys in a day or a month. It holds within a second, for the calls of models that start from then on.',
    resolve: async (_root, { input }, context) => ({
      workspaceQuota: await context.services.workspaceQuotas.set(context.viewer, { ...input, workspaceId: input.workspaceId.id }, context.device),
    }),
  },
  {
    description: 'What changed.',
    outputFields: (t) => ({
      workspaceQuota: t.field({ type: WorkspaceQuota, description: 'The quota as it is now.', resolve: (result) => result.workspaceQuota }),
    }),
  },
);

builder.relayMutationField(
  'removeWorkspaceQuota',
  {
    description: 'Which quota.',
    inputFields: (t) => ({
      workspaceId: t.globalID({ for: Workspace, required: true, description: workspace }),
      scope: t.field({ type: WorkspaceQuotaScope, required: true, description: 'For whom it is.' }),
      period: t.field({ type: QuotaPeriod, required: true, description: 'Over which time it counts.' }),
    }),
  },
  {
    description: 'OWNERs of the workspace alone: removes a quota of it, so that nothing is limited in its place. What was used stays counted.',
    resolve: async (_root, { input }, context) => ({
      removed: await context.services.workspaceQuotas.remove(context.viewer, { ...input, workspaceId: input.workspaceId.id }, context.device),
    }),
  },
  {
    description: 'What changed.',
    outputFields: (t) => ({
      removedWorkspaceQuota: t.field({
        type: WorkspaceQuota,
        nullable: true,
        description: 'What was removed; null when there was none.',
        resolve: ({ removed }) => removed,
      }),
    }),
  },
);

builder.objectField(Workspace, 'quotas', (t) =>
  t.field({
    type: WorkspaceQuotas,
    description: 'How much may be used with its keys, and was: by all of its members together, for its OWNERs, and by yourself.',
    resolve: (workspaceRow, _arguments, { loaders }) => loadExisting(loaders.workspaceQuotasOf, workspaceRow.id, 'Workspace'),
  }),
);
