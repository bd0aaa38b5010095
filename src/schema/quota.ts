import type { Quota as QuotaRow } from '../../prisma/generated/client.ts';
import type { QuotaAmount as QuotaAmountShape, QuotaOfPeriod as QuotaOfPeriodShape, QuotaStanding as QuotaStandingShape } from '../services/quota/quotas.ts';
import { builder } from './builder.ts';
import { paginate } from './pagination.ts';
import { User } from './user.ts';

const QuotaScope = builder.enumType('QuotaScope', {
  description: 'For whom a quota is.',
  values: {
    USER: { description: 'For one person; it takes the place of that for everybody.' },
    EVERYBODY: { description: 'For each person who has none of their own; it takes the place of `QUOTA_USER_...` in the configuration.' },
    INSTALLATION: { description: 'For all together; it takes the place of `QUOTA_INSTALLATION_...` in the configuration.' },
  } as const,
});

/** Days and months. */
export const QuotaPeriod = builder.enumType('QuotaPeriod', {
  description: 'Over which time a quota counts.',
  values: { DAY: { description: 'A day in UTC.' }, MONTH: { description: 'A month in UTC.' } } as const,
});

/** How one thing stands. */
export const QuotaAmount = builder.objectRef<QuotaAmountShape>('QuotaAmount').implement({
  description: 'How one thing stands: tokens, cost in millionths of a US dollar, or messages.',
  fields: (t) => ({
    limit: t.expose('limit', { type: 'BigInt', nullable: true, description: 'The most in the period; null where there is no limit.' }),
    used: t.expose('used', {
      type: 'BigInt',
      description: 'What was used in the period. What keys of people and workspaces used counts in none of the installation.',
    }),
    reserved: t.expose('reserved', { type: 'BigInt', description: 'What is kept free for what is under way, by estimate.' }),
    remaining: t.expose('remaining', { type: 'BigInt', nullable: true, description: 'What is left beside both; null where there is no limit.' }),
  }),
});

const QuotaOfPeriod = builder.objectRef<QuotaOfPeriodShape>('QuotaOfPeriod').implement({
  description: 'How somebody stands in a day or a month.',
  fields: (t) => ({
    period: t.expose('period', { type: QuotaPeriod, description: 'Which period.' }),
    startsAt: t.expose('startsAt', { type: 'DateTime', description: 'When it began.' }),
    resetsAt: t.expose('resetsAt', { type: 'DateTime', description: 'When the next one begins, and everything counts from 0.' }),
    tokens: t.expose('tokens', { type: QuotaAmount, description: 'Tokens read and written.' }),
    costMicros: t.expose('costMicros', { type: QuotaAmount, description: 'What calls cost whose price is known, in millionths of a US dollar.' }),
    messages: t.expose('messages', { type: QuotaAmount, description: 'What started an answer: messages, edits, other answers, analyses.' }),
  }),
});

const QuotaStanding = builder.objectRef<QuotaStandingShape>('QuotaStanding').implement({
  description: 'How much somebody, or all together, may use and have used.',
  fields: (t) => ({
    day: t.field({ type: QuotaOfPeriod, description: 'In this day, UTC.', resolve: (standing) => standing.DAY }),
    month: t.field({ type: QuotaOfPeriod, description: 'In this month, UTC.', resolve: (standing) => standing.MONTH }),
  }),
});

const Quota = builder.objectRef<QuotaRow>('Quota').implement({
  description: 'A quota that administrators have set. Its limits are null where it sets none, 0 where it allows nothing.',
  fields: (t) => ({
    scope: t.expose('scope', { type: QuotaScope, description: 'For whom it is.' }),
    user: t.field({
      type: User,
      nullable: true,
      description: 'The person of scope USER; null otherwise.',
      resolve: ({ userId }, _arguments, context) => (userId === null ? null : context.loaders.user.load(userId)),
    }),
    period: t.expose('period', { type: QuotaPeriod, description: 'Over which time it counts.' }),
    maxTokens: t.expose('maxTokens', { type: 'BigInt', nullable: true, description: 'The most tokens, read and written together.' }),
    maxCostMicros: t.expose('maxCostMicros', { type: 'BigInt', nullable: true, description: 'The most cost, in millionths of a US dollar.' }),
    maxMessages: t.expose('maxMessages', { type: 'BigInt', nullable: true, description: 'The most messages.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was set first.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
  }),
});

const QuotaEdge = builder.edgeObject({ type: Quota, name: 'QuotaEdge', description: 'A quota in a page.' });
const QuotaConnection = builder.connectionObject({ type: Quota, name: 'QuotaConnection', description: 'A page of quotas.' }, QuotaEdge);

builder.objectField(User, 'quota', (t) =>
  t.field({
    type: QuotaStanding,
    nullable: true,
    description: 'How much the person may use and has used; null for everybody but yourself, except to administrators.',
    resolve: (user, _arguments, context) => context.loaders.quota.load(user.id),
  }),
);

builder.queryFields((t) => ({
  quotas: t.connection(
    {
      type: Quota,
      description: 'Administrators alone: the quotas that were set, the newest first. Where none is set the configuration holds.',
      resolve: (_root, args, context) =>
        paginate(
          args,
          (page) => context.services.quotas.list(context.viewer, page),
          (quota) => ({ at: quota.createdAt, id: quota.id }),
        ),
    },
    QuotaConnection,
  ),
  quotaOf: t.field({
    type: QuotaStanding,
    description: 'Administrators alone: how much somebody may use and has used.',
    args: { userId: t.arg.globalID({ for: User, required: true, description: 'The person.' }) },
    resolve: (_root, { userId }, context) => context.services.quotas.of(context.viewer, userId.id),
  }),
  quotaOfAll: t.field({
    type: QuotaStanding,
    description: 'Administrators alone: how much all together may use and have used.',
    resolve: (_root, _arguments, context) => context.services.quotas.ofAll(context.viewer),
  }),
}));

const whose = 'The person of scope USER; absent otherwise.';

builder.relayMutationField(
  'setQuota',
  {
    description:
      'The limits: what is absent stays as it is, null sets no limit, 0 allows nothing. A quota that is new takes what it is silent about from what held before.',
    inputFields: (t) => ({
      scope: t.field({ type: QuotaScope, required: true, description: 'For whom it is.' }),
      userId: t.globalID({ for: User, description: whose }),
      period: t.field({ type: QuotaPeriod, required: true, description: 'Over which time it counts.' }),
      maxTokens: t.field({ type: 'BigInt', description: 'The most tokens, read and written together; at most 10^15.' }),
      maxCostMicros: t.field({ type: 'BigInt', description: 'The most cost, in millionths of a US dollar; at most 10^15.' }),
      maxMessages: t.field({ type: 'BigInt', description: 'The most messages; at most 10^15.' }),
    }),
  },
  {
    description:
      'Administrators alone: sets how much may be used in a day or a month. It holds within two seconds, for what starts from then on; what is under way goes on.',
    resolve: async (_root, { input }, context) => ({
      quota: await context.services.quotas.set(context.viewer, { ...input, userId: input.userId?.id }, context.device),
    }),
  },
  {
    description: 'What changed.',
    outputFields: (t) => ({ quota: t.field({ type: Quota, description: 'The quota as it is now.', resolve: ({ quota }) => quota }) }),
  },
);

builder.relayMutationField(
  'removeQuota',
  {
    description: 'Which quota.',
    inputFields: (t) => ({
      scope: t.field({ type: QuotaScope, required: true, description: 'For whom it is.' }),
      userId: t.globalID({ for: User, description: whose }),
      period: t.field({ type: QuotaPeriod, required: true, description: 'Over which time it counts.' }),
    }),
  },
  {
    description: 'Administrators alone: removes a quota, so that what held before holds again. What was used stays counted.',
    resolve: async (_root, { input }, context) => ({
      removed: await context.services.quotas.remove(context.viewer, { ...input, userId: input.userId?.id }, context.device),
    }),
  },
  {
    description: 'What changed.',
    outputFields: (t) => ({
      removedQuota: t.field({ type: Quota, nullable: true, description: 'What was removed; null when there was none.', resolve: ({ removed }) => removed }),
    }),
  },
);
