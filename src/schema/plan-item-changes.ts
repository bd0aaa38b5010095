import type { ItemTarget } from '../services/plan-item/item-input.ts';
import { builder } from './builder.ts';
import { Goal } from './goal.ts';
import { rowIdOf } from './input-ids.ts';
import { PlanItem } from './plan-item.ts';
import { DailyPlan, WeeklyPlan } from './plan.ts';
import { PlanItemStatus, Priority, RecurrenceScope } from './planning-enums.ts';
import { RecurrenceInput } from './recurrence-input.ts';

type InputFields = Parameters<Parameters<typeof builder.inputType<string, never>>[1]['fields']>[0];

/** What can be said of an item besides its title. */
function itemFields(t: InputFields) {
  return {
    notes: t.string({ description: 'More about it, at most 10,000 characters.' }),
    status: t.field({ type: PlanItemStatus, description: 'How far it is; `TODO` for a new one when absent.' }),
    priority: t.field({ type: Priority, description: 'How much it matters; `MEDIUM` for a new one when absent.' }),
    goalId: t.globalID({ for: Goal, description: 'The goal that it brings closer.' }),
    estimateMinutes: t.int({ description: 'How many minutes it should take, 1 to 10,080.' }),
    actualMinutes: t.int({ description: 'How many minutes it took, 0 to 10,080.' }),
    startTime: t.string({ description: 'When to begin, on your clock: `09:30`.' }),
  };
}

const newFields = (t: InputFields) => ({
  title: t.string({ required: true, description: 'What is to be done, 1 to 200 characters.' }),
  date: t.field({ type: 'Date', description: 'The day that it is planned for, whose plan is made when there is none.' }),
  week: t.field({ type: 'Date', description: 'Any day of the week that it is planned for without a day. In no plan when `date` and `week` are absent.' }),
  ...itemFields(t),
  recurrence: t.field({
    type: RecurrenceInput,
    description: 'How it recurs. `date` must be a day of the rule, and is the first one; without it the first day of the rule from today on is.',
  }),
});

const changeFields = (t: InputFields) => ({
  id: t.globalID({ for: PlanItem, required: true, description: 'The item.' }),
  title: t.string({ description: 'What is to be done, 1 to 200 characters.' }),
  ...itemFields(t),
});

const targetFields = (t: InputFields) => ({
  id: t.globalID({ for: PlanItem, required: true, description: 'The item.' }),
  before: t.globalID({ for: PlanItem, description: 'The item that it is to stand right before, in whatever plan that is.' }),
  after: t.globalID({ for: PlanItem, description: 'The item that it is to stand right after.' }),
  toDate: t.field({ type: 'Date', description: 'The day to whose end it goes.' }),
  toWeek: t.field({ type: 'Date', description: 'Any day of the week to whose end it goes, without a day.' }),
  toPlanId: t.globalID({ for: [DailyPlan, WeeklyPlan], description: 'The daily or weekly plan to whose end it goes.' }),
  unplanned: t.boolean({ description: 'True: it goes to the end of the items that stand in no plan.' }),
});

/** The global id of an input. */
type GlobalId = { readonly id: string; readonly typename: string } | null | undefined;

/** The target of a move as the schema takes it. */
interface TargetInput extends Pick<ItemTarget, 'toDate' | 'toWeek' | 'unplanned'> {
  readonly before?: GlobalId;
  readonly after?: GlobalId;
  readonly toPlanId?: GlobalId;
}

/** The target of a move as the service takes it. */
function targetOf({ before, after, toDate, toWeek, toPlanId, unplanned }: TargetInput): ItemTarget {
  const plan = toPlanId?.typename === 'WeeklyPlan' ? { toWeeklyPlanId: toPlanId.id } : { toDailyPlanId: toPlanId?.id };
  return { before: before?.id, after: after?.id, toDate, toWeek, ...plan, unplanned };
}

builder.relayMutationField(
  'createPlanItem',
  { description: 'What the new item is like, and where it stands.', inputFields: newFields },
  {
    description: 'Makes an item, at the end of its plan. You may have 20,000, and 500 in one plan.',
    resolve: async (_root, { input: { goalId, ...input } }, { services, viewer }) => ({
      planItem: await services.planItems.create(viewer, { ...input, goalId: rowIdOf(goalId) }),
    }),
  },
  {
    description: 'The new item.',
    outputFields: (t) => ({ planItem: t.expose('planItem', { type: PlanItem, description: 'The new item.' }) }),
  },
);

builder.relayMutationField(
  'updatePlanItem',
  {
    description: 'What to change; what is absent stays as it is, null clears.',
    inputFields: (t) => ({
      ...changeFields(t),
      scope: t.field({ type: RecurrenceScope, description: 'Which items of its series to change as well; `THIS` when absent.' }),
      recurrence: t.field({
        type: RecurrenceInput,
        description:
          'How it recurs from now on. An item that stands alone becomes the first one of a series. With the scope `FUTURE` a series gets another rule: this item becomes its first one, on its first day, and unfinished ones after it are made anew; null ends the series with this item.',
      }),
    }),
  },
  {
    description: 'Changes an item, and others of its series by `scope`. `movePlanItem` changes where it stands.',
    resolve: (_root, { input: { id, goalId, ...input } }, { services, viewer }) =>
      services.recurrences.updateItem(viewer, { ...input, id: id.id, goalId: rowIdOf(goalId) }),
  },
  {
    description: 'The changed item, and what else changed.',
    outputFields: (t) => ({
      planItem: t.expose('planItem', { type: PlanItem, description: 'The changed item.' }),
      others: t.field({ type: [PlanItem], description: 'Other items of its series that were changed or made.', resolve: ({ others }) => [...others] }),
      deletedPlanItemIds: t.globalIDList({
        description: 'Other items of its series that went.',
        resolve: ({ deletedIds }) => deletedIds.map((id) => ({ id, type: PlanItem })),
      }),
    }),
  },
);

builder.relayMutationField(
  'movePlanItem',
  { description: 'What to move, and where to: exactly one of `before`, `after`, `toDate`, `toWeek`, `toPlanId` and `unplanned`.', inputFields: targetFields },
  {
    description: 'Moves an item within its plan or to another one. However many move at once, every item keeps a place of its own.',
    resolve: async (_root, { input: { id, ...target } }, { services, viewer }) => ({
      planItem: await services.planItems.move(viewer, { ...targetOf(target), id: id.id }),
    }),
  },
  {
    description: 'The moved item.',
    outputFields: (t) => ({ planItem: t.expose('planItem', { type: PlanItem, description: 'The moved item.' }) }),
  },
);

builder.relayMutationField(
  'deletePlanItem',
  {
    description: 'What to delete.',
    inputFields: (t) => ({
      id: t.globalID({ for: PlanItem, required: true, description: 'The item.' }),
      scope: t.field({ type: RecurrenceScope, description: 'Which items of its series to delete as well; `THIS` when absent.' }),
    }),
  },
  {
    description:
      'Deletes an item. The series that it is of makes none for its day again; with the scopes `FUTURE` and `ALL` it ends, and its unfinished items go.',
    resolve: async (_root, { input: { id, scope } }, { services, viewer }) => ({
      id: id.id,
      deletedIds: await services.recurrences.deleteItem(viewer, id.id, scope),
    }),
  },
  {
    description: 'What was deleted.',
    outputFields: (t) => ({
      deletedPlanItemId: t.globalID({ description: 'The id that was deleted.', resolve: ({ id }) => ({ id, type: PlanItem }) }),
      deletedPlanItemIds: t.globalIDList({
        description: 'All that were deleted, this one among them.',
        resolve: ({ deletedIds }) => deletedIds.map((id) => ({ id, type: PlanItem })),
      }),
    }),
  },
);

const PlanItemCreation = builder.inputType('PlanItemCreation', { description: 'What a new item is like, and where it stands.', fields: newFields });

const PlanItemUpdate = builder.inputType('PlanItemUpdate', {
  description: 'What to change of an item; what is absent stays as it is, null clears.',
  fields: changeFields,
});

const PlanItemMove = builder.inputType('PlanItemMove', {
  description: 'What to move, and where to: exactly one of `before`, `after`, `toDate`, `toWeek`, `toPlanId` and `unplanned`.',
  fields: targetFields,
});

const PlanItemDeletion = builder.inputType('PlanItemDeletion', {
  description: 'What to delete.',
  fields: (t) => ({ id: t.globalID({ for: PlanItem, required: true, description: 'The item.' }) }),
});

const PlanItemChange = builder.inputType('PlanItemChange', {
  description: 'One change of items: exactly one of these.',
  isOneOf: true,
  fields: (t) => ({
    create: t.field({ type: PlanItemCreation, description: 'Makes an item.' }),
    update: t.field({ type: PlanItemUpdate, description: 'Changes an item.' }),
    move: t.field({ type: PlanItemMove, description: 'Moves an item.' }),
    delete: t.field({ type: PlanItemDeletion, description: 'Deletes an item.' }),
  }),
});

/** A change as the service takes it. */
function changeOf({ create, update, move, delete: deletion }: typeof PlanItemChange.$inferInput) {
  return {
    ...(create != null && { create: { ...create, goalId: rowIdOf(create.goalId) } }),
    ...(update != null && { update: { ...update, id: update.id.id, goalId: rowIdOf(update.goalId) } }),
    ...(move != null && { move: { ...targetOf(move), id: move.id.id } }),
    ...(deletion != null && { delete: { id: deletion.id.id } }),
  };
}

builder.relayMutationField(
  'changePlanItems',
  {
    description: 'What to do, one after the other.',
    inputFields: (t) => ({ changes: t.field({ type: [PlanItemChange], required: true, description: '1 to 200 changes.' }) }),
  },
  {
    description: 'Makes, changes, moves and deletes many items at once: all of it, or nothing when one of them cannot be done.',
    resolve: (_root, { input }, { services, viewer }) => services.planItems.change(viewer, input.changes.map(changeOf)),
  },
  {
    description: 'What became of the items.',
    outputFields: (t) => ({
      planItems: t.field({
        type: [PlanItem],
        description: 'Those that were made, changed or moved, in the order of their first change.',
        resolve: ({ items }) => [...items],
      }),
      deletedPlanItemIds: t.globalIDList({
        description: 'Those that were deleted.',
        resolve: ({ deletedIds }) => deletedIds.map((id) => ({ id, type: PlanItem })),
      }),
    }),
  },
);
