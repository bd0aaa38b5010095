import { planItemCursors, planOrder, type PlanItemOrder as PlanItemOrderRow } from '../services/plan-item/item-list.ts';
import type { PlanItemRow } from '../services/plan-item/item-row.ts';
import { sortedPlace, type Sorted } from '../services/sorted-list.ts';
import { builder } from './builder.ts';
import { Goal } from './goal.ts';
import { paginate, paginateBy } from './pagination.ts';
import { DailyPlan, WeeklyPlan } from './plan.ts';
import { PlanItemStatus, Priority, SortDirection } from './planning-enums.ts';

/** Something to do. */
export const PlanItem = builder.objectRef<PlanItemRow>('PlanItem');

const PlanItemEdge = builder.edgeObject({ type: PlanItem, name: 'PlanItemEdge', description: 'An item in a page.' });

const PlanItemConnection = builder.connectionObject({ type: PlanItem, name: 'PlanItemConnection', description: 'A page of items.' }, PlanItemEdge);

builder.node(PlanItem, {
  description: 'Something to do: on a day, in a week without a day, or in no plan yet. Nobody but you sees it.',
  id: { resolve: (item) => item.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.planItem.load(id),
  fields: (t) => ({
    title: t.exposeString('title', { description: 'What is to be done.' }),
    notes: t.exposeString('notes', { nullable: true, description: 'More about it.' }),
    status: t.field({ type: PlanItemStatus, description: 'How far it is.', resolve: (item) => item.status }),
    priority: t.field({ type: Priority, description: 'How much it matters.', resolve: (item) => item.priority }),
    estimateMinutes: t.exposeInt('estimateMinutes', { nullable: true, description: 'How many minutes it should take.' }),
    actualMinutes: t.exposeInt('actualMinutes', { nullable: true, description: 'How many minutes it took.' }),
    startTime: t.exposeString('startTime', { nullable: true, description: 'When to begin, on your clock: `09:30`.' }),
    date: t.field({
      type: 'Date',
      nullable: true,
      description: 'The day that it is planned for; null when it is in a week or in no plan.',
      resolve: (item) => item.date,
    }),
    weekStart: t.field({
      type: 'Date',
      nullable: true,
      description: 'The first day of the week that it is planned for without a day; null when it is on a day or in no plan.',
      resolve: (item) => item.weekStart,
    }),
    carriedCount: t.exposeInt('carriedCount', { description: 'How often it was carried on to another day.' }),
    originDate: t.field({
      type: 'Date',
      nullable: true,
      description: 'The day that it was planned for at first; null when it was never carried on.',
      resolve: (item) => item.originDate,
    }),
    completedAt: t.expose('completedAt', { type: 'DateTime', nullable: true, description: 'When its status became `DONE`; null while it is another.' }),
    version: t.exposeInt('version', { description: 'Goes up by one with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
    goal: t.field({
      type: Goal,
      nullable: true,
      description: 'The goal that it brings closer.',
      resolve: (item, _arguments, context) => (item.goalId === null ? null : context.loaders.goal.load(item.goalId)),
    }),
    dailyPlan: t.field({
      type: DailyPlan,
      nullable: true,
      description: 'The plan of the day that it stands in.',
      resolve: (item, _arguments, context) => (item.dailyPlanId === null ? null : context.loaders.dailyPlan.load(item.dailyPlanId)),
    }),
    weeklyPlan: t.field({
      type: WeeklyPlan,
      nullable: true,
      description: 'The plan of the week that it stands in without a day.',
      resolve: (item, _arguments, context) => (item.weeklyPlanId === null ? null : context.loaders.weeklyPlan.load(item.weeklyPlanId)),
    }),
  }),
});

builder.objectField(Goal, 'items', (t) =>
  t.connection(
    {
      type: PlanItem,
      description: 'The items that bring it closer, oldest first. `planItems` finds some of them in any order.',
      resolve: (goal, args, { loaders }) =>
        paginate(
          args,
          (page) => loaders.itemsOfGoal.load({ id: goal.id, page }),
          ({ createdAt: at, id }) => ({ at, id }),
        ),
    },
    PlanItemConnection,
  ),
);

builder.objectField(DailyPlan, 'items', (t) =>
  t.connection(
    {
      type: PlanItem,
      description: 'What is to be done on the day, in the order that `movePlanItem` gives.',
      resolve: (plan, args, { loaders }) =>
        paginateBy(planItemCursors(planOrder), args, (page) => loaders.itemsOfDailyPlan.load({ id: plan.id, page }), placeOf),
    },
    PlanItemConnection,
  ),
);

builder.objectField(WeeklyPlan, 'items', (t) =>
  t.connection(
    {
      type: PlanItem,
      description: 'What is to be done in the week on no certain day, in the order that `movePlanItem` gives. What stands on a day is in `dailyPlans`.',
      resolve: (plan, args, { loaders }) =>
        paginateBy(planItemCursors(planOrder), args, (page) => loaders.itemsOfWeeklyPlan.load({ id: plan.id, page }), placeOf),
    },
    PlanItemConnection,
  ),
);

const placeOf = (row: Sorted<PlanItemRow>) => sortedPlace(row);

const PlanItemFilter = builder.inputType('PlanItemFilter', {
  description: 'Which items to list. What is absent does not matter; what is given must all be so.',
  fields: (t) => ({
    status: t.field({ type: [PlanItemStatus], description: 'Any of these.' }),
    priority: t.field({ type: [Priority], description: 'Any of these.' }),
    goalId: t.globalID({ for: Goal, description: 'The goal that they bring closer.' }),
    from: t.field({ type: 'Date', description: 'On this day or later; items without a day are left out.' }),
    to: t.field({ type: 'Date', description: 'On this day or earlier; items without a day are left out.' }),
    isUnplanned: t.boolean({ description: 'Whether they stand in no plan.' }),
    isOverdue: t.boolean({ description: 'Whether they are unfinished and their day or week is over, in your time zone.' }),
    text: t.string({ description: 'What their title or notes contain, in capitals or not. For words in all their forms there is `search`.' }),
  }),
});

const PlanItemOrderField = builder.enumType('PlanItemOrderField', {
  description: 'What items can be ordered by.',
  values: {
    CREATED_AT: { description: 'When they were made.' },
    DATE: { description: 'Their day; those without one come last.' },
    POSITION: { description: 'Their place in their plan. Of use where all stand in one, as with `isUnplanned: true`.' },
    PRIORITY: { description: 'How much they matter.' },
    TITLE: { description: 'What is to be done, in capitals or not.' },
  } as const,
});

const PlanItemOrder = builder.inputType('PlanItemOrder', {
  description: 'An order of items.',
  fields: (t) => ({
    field: t.field({ type: PlanItemOrderField, required: true, description: 'What they are ordered by.' }),
    direction: t.field({ type: SortDirection, required: true, defaultValue: 'ASC', description: 'Which come first.' }),
  }),
});

const newestFirst: PlanItemOrderRow = { field: 'CREATED_AT', direction: 'DESC' };

builder.queryFields((t) => ({
  planItems: t.connection(
    {
      type: PlanItem,
      description: 'Your items, of all plans and of none.',
      args: {
        filter: t.arg({ type: PlanItemFilter, description: 'Which ones; all when absent.' }),
        orderBy: t.arg({ type: PlanItemOrder, description: 'In which order; newest first when absent.' }),
      },
      resolve: (_root, { filter, orderBy, ...args }, { services, viewer }) => {
        const order = orderBy ?? newestFirst;
        const wanted = { ...filter, goalId: filter?.goalId?.id };
        return paginateBy(planItemCursors(order), args, (page) => services.planItems.list(viewer, wanted, order, page), placeOf);
      },
    },
    PlanItemConnection,
  ),
  planItem: t.field({
    type: PlanItem,
    nullable: true,
    description: 'One item.',
    args: { id: t.arg.globalID({ for: PlanItem, required: true, description: 'The id of the item.' }) },
    resolve: (_root, { id }, context) => context.services.planItems.get(context.viewer, id.id),
  }),
}));
