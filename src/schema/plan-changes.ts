import { builder } from './builder.ts';
import { PlanItem } from './plan-item.ts';
import { DailyPlan, WeeklyPlan } from './plan.ts';
import { PlanStatus } from './planning-enums.ts';

type InputFields = Parameters<Parameters<typeof builder.inputType<string, never>>[1]['fields']>[0];

const dailyFields = (t: InputFields) => ({
  summary: t.string({ description: 'What it is about, or how it went, at most 10,000 characters.' }),
  status: t.field({ type: PlanStatus, description: 'How far it is; `DRAFT` for a new one when absent.' }),
});

const weeklyFields = (t: InputFields) => ({
  ...dailyFields(t),
  focusAreas: t.stringList({ description: 'What the week is for: at most 20 of at most 100 characters, which take the place of those before.' }),
});

builder.relayMutationField(
  'saveWeeklyPlan',
  {
    description: 'What to write; what is absent stays as it is, null clears.',
    inputFields: (t) => ({ date: t.field({ type: 'Date', description: 'Any day of the week; today in your time zone when absent.' }), ...weeklyFields(t) }),
  },
  {
    description: 'Writes the plan of a week. It is made when there is none, and takes in the plans of its days.',
    resolve: async (_root, { input }, { services, viewer }) => ({ weeklyPlan: await services.plans.saveWeeklyPlan(viewer, input) }),
  },
  {
    description: 'The plan of the week.',
    outputFields: (t) => ({ weeklyPlan: t.expose('weeklyPlan', { type: WeeklyPlan, description: 'The plan as it is now.' }) }),
  },
);

builder.relayMutationField(
  'updateWeeklyPlan',
  {
    description: 'What to change; what is absent stays as it is, null clears.',
    inputFields: (t) => ({ id: t.globalID({ for: WeeklyPlan, required: true, description: 'The plan.' }), ...weeklyFields(t) }),
  },
  {
    description: 'Changes a weekly plan that there is.',
    resolve: async (_root, { input: { id, ...input } }, { services, viewer }) => ({
      weeklyPlan: await services.plans.updateWeeklyPlan(viewer, { ...input, id: id.id }),
    }),
  },
  {
    description: 'The changed plan.',
    outputFields: (t) => ({ weeklyPlan: t.expose('weeklyPlan', { type: WeeklyPlan, description: 'The plan as it is now.' }) }),
  },
);

builder.relayMutationField(
  'saveDailyPlan',
  {
    description: 'What to write; what is absent stays as it is, null clears.',
    inputFields: (t) => ({ date: t.field({ type: 'Date', description: 'The day; today in your time zone when absent.' }), ...dailyFields(t) }),
  },
  {
    description: 'Writes the plan of a day. It is made when there is none.',
    resolve: async (_root, { input }, { services, viewer }) => ({ dailyPlan: await services.plans.saveDailyPlan(viewer, input) }),
  },
  {
    description: 'The plan of the day.',
    outputFields: (t) => ({ dailyPlan: t.expose('dailyPlan', { type: DailyPlan, description: 'The plan as it is now.' }) }),
  },
);

builder.relayMutationField(
  'updateDailyPlan',
  {
    description: 'What to change; what is absent stays as it is, null clears.',
    inputFields: (t) => ({ id: t.globalID({ for: DailyPlan, required: true, description: 'The plan.' }), ...dailyFields(t) }),
  },
  {
    description: 'Changes a daily plan that there is.',
    resolve: async (_root, { input: { id, ...input } }, { services, viewer }) => ({
      dailyPlan: await services.plans.updateDailyPlan(viewer, { ...input, id: id.id }),
    }),
  },
  {
    description: 'The changed plan.',
    outputFields: (t) => ({ dailyPlan: t.expose('dailyPlan', { type: DailyPlan, description: 'The plan as it is now.' }) }),
  },
);

/** `deleteWeeklyPlan` or `deleteDailyPlan`: they differ in nothing but what they delete. */
function deletePlanField(kind: 'WeeklyPlan' | 'DailyPlan', type: typeof WeeklyPlan | typeof DailyPlan, description: string): void {
  builder.relayMutationField(
    `delete${kind}`,
    {
      description: 'What to delete.',
      inputFields: (t) => ({
        id: t.globalID({ for: type, required: true, description: 'The plan.' }),
        deleteItems: t.boolean({
          required: true,
          defaultValue: false,
          description: 'Whether its items go as well. Otherwise they stay, in no plan, behind those that are unplanned already.',
        }),
      }),
    },
    {
      description,
      resolve: (_root, { input }, { services, viewer }) => services.plans[`delete${kind}`](viewer, input.id.id, input.deleteItems),
    },
    {
      description: 'What was deleted, and what was changed by it.',
      outputFields: (t) => ({
        [`deleted${kind}Id`]: t.globalID({ description: 'The id that was deleted.', resolve: ({ id }) => ({ id, type }) }),
        deletedPlanItemIds: t.globalIDList({
          description: 'The items that were deleted with it.',
          resolve: ({ deletedIds }) => deletedIds.map((id) => ({ id, type: PlanItem })),
        }),
        unplannedItems: t.field({
          type: [PlanItem],
          description: 'Its items that are in no plan now.',
          resolve: ({ unplannedIds }, _arguments, { services, viewer }) => services.planItems.inOrder(viewer, unplannedIds),
        }),
      }),
    },
  );
}

deletePlanField('WeeklyPlan', WeeklyPlan, 'Deletes the plan of a week. The plans of its days stay, with their items.');
deletePlanField('DailyPlan', DailyPlan, 'Deletes the plan of a day.');
