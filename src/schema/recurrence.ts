import { ruleOf, type RecurrenceRow } from '../services/recurrence/recurrence-row.ts';
import { ruleText } from '../services/recurrence/rule-text.ts';
import { builder } from './builder.ts';
import { PlanItem } from './plan-item.ts';
import { RecurrenceMode } from './planning-enums.ts';

export const Recurrence = builder.objectRef<RecurrenceRow>('Recurrence');

builder.node(Recurrence, {
  description: 'A series: a rule that makes items. They stand in the plans up to 60 days ahead. Nobody but you sees it.',
  id: { resolve: (series) => series.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.recurrence.load(id),
  fields: (t) => ({
    rule: t.exposeString('rule', { description: 'The value of an RRULE of RFC 5545, written in one way.' }),
    mode: t.field({ type: RecurrenceMode, description: 'How the rule makes days.', resolve: (series) => series.mode }),
    text: t.string({
      description: 'The rule in English, for example `Every 2 weeks on Monday and Thursday`.',
      resolve: (series) => ruleText(ruleOf(series), series.mode),
    }),
    startDate: t.field({ type: 'Date', description: 'The day of its first item.', resolve: (series) => series.startDate }),
    excludedDates: t.field({
      type: ['Date'],
      description: 'Days for which it makes none, because theirs was deleted.',
      resolve: (series) => [...series.excludedDates],
    }),
    next: t.field({
      type: ['Date'],
      description: 'The next days of the rule, today or later; none where each counts from the completion of the one before, or when it is over.',
      args: { first: t.arg.int({ required: true, defaultValue: 5, description: 'How many, 1 to 50.' }) },
      resolve: async (series, { first }, { loaders, services }) => [...(await services.recurrences.next(series, await loaders.planner(), first))],
    }),
    title: t.exposeString('title', { description: 'The title that its next items get.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
  }),
});

builder.objectFields(PlanItem, (t) => ({
  recurrence: t.field({
    type: Recurrence,
    nullable: true,
    description: 'The series that it is of.',
    resolve: (item, _arguments, { loaders }) => (item.recurrenceId === null ? null : loaders.recurrence.load(item.recurrenceId)),
  }),
  occurrenceDate: t.field({
    type: 'Date',
    nullable: true,
    description: 'The day that its series made it for, wherever it stands now; null outside a series, and for what was copied on.',
    resolve: (item) => item.occurrenceDate,
  }),
}));

builder.relayMutationField(
  'stopRecurrence',
  {
    description: 'Which series to end, and when.',
    inputFields: (t) => ({
      id: t.globalID({ for: Recurrence, required: true, description: 'The series.' }),
      lastDate: t.field({ type: 'Date', description: 'The last day that may have an item; today when absent.' }),
    }),
  },
  {
    description: 'Ends a series. Its items up to the last day and those that are finished stay; unfinished ones of later days go.',
    resolve: (_root, { input }, { services, viewer }) => services.recurrences.stop(viewer, input.id.id, input.lastDate ?? null),
  },
  {
    description: 'The ended series, and what went.',
    outputFields: (t) => ({
      recurrence: t.expose('recurrence', { type: Recurrence, description: 'The series as it is now.' }),
      deletedPlanItemIds: t.globalIDList({
        description: 'Items that went.',
        resolve: ({ deletedIds }) => deletedIds.map((id) => ({ id, type: PlanItem })),
      }),
    }),
  },
);
