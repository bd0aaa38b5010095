import { builder } from './builder.ts';
import { Goal } from './goal.ts';
import { rowIdOf } from './input-ids.ts';
import { PlanItem } from './plan-item.ts';
import { GoalHorizon, GoalStatus, Priority } from './planning-enums.ts';

type InputFields = Parameters<Parameters<typeof builder.inputType<string, never>>[1]['fields']>[0];

/** What can be said of a goal besides its title. */
function goalFields(t: InputFields) {
  return {
    description: t.string({ description: 'More about it, at most 10,000 characters.' }),
    horizon: t.field({ type: GoalHorizon, description: 'How far away it is; `MEDIUM` for a new one when absent.' }),
    status: t.field({ type: GoalStatus, description: 'What has become of it; `ACTIVE` for a new one when absent.' }),
    priority: t.field({ type: Priority, description: 'How much it matters; `MEDIUM` for a new one when absent.' }),
    targetDate: t.field({ type: 'Date', description: 'The day by which it is to be reached.' }),
    parentId: t.globalID({ for: Goal, description: 'The larger goal that it is a part of. Goals have at most 10 levels.' }),
  };
}

builder.relayMutationField(
  'createGoal',
  {
    description: 'What the new goal is like.',
    inputFields: (t) => ({ title: t.string({ required: true, description: 'What it is called, 1 to 200 characters.' }), ...goalFields(t) }),
  },
  {
    description: 'Makes a goal. You may have 5,000.',
    resolve: async (_root, { input: { parentId, ...input } }, { services, viewer }) => ({
      goal: await services.goals.create(viewer, { ...input, parentId: rowIdOf(parentId) }),
    }),
  },
  {
    description: 'The new goal.',
    outputFields: (t) => ({ goal: t.expose('goal', { type: Goal, description: 'The new goal.' }) }),
  },
);

builder.relayMutationField(
  'updateGoal',
  {
    description: 'What to change; what is absent stays as it is, null clears.',
    inputFields: (t) => ({
      id: t.globalID({ for: Goal, required: true, description: 'The goal.' }),
      title: t.string({ description: 'What it is called, 1 to 200 characters.' }),
      ...goalFields(t),
    }),
  },
  {
    description: 'Changes a goal.',
    resolve: async (_root, { input: { id, parentId, ...input } }, { services, viewer }) => ({
      goal: await services.goals.update(viewer, { ...input, id: id.id, parentId: rowIdOf(parentId) }),
    }),
  },
  {
    description: 'The changed goal.',
    outputFields: (t) => ({ goal: t.expose('goal', { type: Goal, description: 'The changed goal.' }) }),
  },
);

builder.relayMutationField(
  'deleteGoal',
  {
    description: 'What to delete.',
    inputFields: (t) => ({ id: t.globalID({ for: Goal, required: true, description: 'The goal.' }) }),
  },
  {
    description: 'Deletes a goal. The goals that were parts of it stand alone, and its items have no goal any more.',
    resolve: (_root, { input }, { services, viewer }) => services.goals.delete(viewer, input.id.id),
  },
  {
    description: 'What was deleted, and what was changed by it. There may be thousands of these, so they are told by their ids.',
    outputFields: (t) => ({
      deletedGoalId: t.globalID({ description: 'The id that was deleted.', resolve: ({ id }) => ({ id, type: Goal }) }),
      changedGoalIds: t.globalIDList({
        description: 'The goals that were parts of it.',
        resolve: ({ partIds }) => partIds.map((id) => ({ id, type: Goal })),
      }),
      changedPlanItemIds: t.globalIDList({
        description: 'The items that were to bring it closer.',
        resolve: ({ itemIds }) => itemIds.map((id) => ({ id, type: PlanItem })),
      }),
    }),
  },
);
