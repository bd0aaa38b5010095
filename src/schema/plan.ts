import { planCursors } from '../services/plan/plans.ts';
import type { DailyPlanRow, WeeklyPlanRow } from '../services/plan/plan-row.ts';
import { sortedPlace } from '../services/sorted-list.ts';
import { builder } from './builder.ts';
import { paginateBy } from './pagination.ts';
import { PlanStatus, SortDirection } from './planning-enums.ts';

/** The plan of a week. */
export const WeeklyPlan = builder.objectRef<WeeklyPlanRow>('WeeklyPlan');

/** The plan of a day. */
export const DailyPlan = builder.objectRef<DailyPlanRow>('DailyPlan');

const WeeklyPlanEdge = builder.edgeObject({ type: WeeklyPlan, name: 'WeeklyPlanEdge', description: 'A weekly plan in a page.' });

const WeeklyPlanConnection = builder.connectionObject(
  { type: WeeklyPlan, name: 'WeeklyPlanConnection', description: 'A page of weekly plans.' },
  WeeklyPlanEdge,
);

const DailyPlanEdge = builder.edgeObject({ type: DailyPlan, name: 'DailyPlanEdge', description: 'A daily plan in a page.' });

const DailyPlanConnection = builder.connectionObject({ type: DailyPlan, name: 'DailyPlanConnection', description: 'A page of daily plans.' }, DailyPlanEdge);

builder.node(WeeklyPlan, {
  description: 'The plan of a week. There is at most one for each, made by the first thing that is written for it. Nobody but you sees it.',
  id: { resolve: (plan) => plan.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.weeklyPlan.load(id),
  fields: (t) => ({
    weekStart: t.expose('weekStart', { type: 'Date', description: 'The first of its seven days.' }),
    summary: t.exposeString('summary', { nullable: true, description: 'What it is about, or how it went.' }),
    focusAreas: t.stringList({ description: 'What the week is for, in order.', resolve: (plan) => [...plan.focusAreas] }),
    status: t.field({ type: PlanStatus, description: 'How far it is.', resolve: (plan) => plan.status }),
    version: t.exposeInt('version', { description: 'Goes up by one with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
    dailyPlans: t.field({
      type: [DailyPlan],
      description: 'The plans of its days, as far as there are any, in order.',
      resolve: async (plan, _arguments, context) => [...((await context.loaders.daysOfWeeklyPlan.load(plan.id)) ?? [])],
    }),
  }),
});

builder.node(DailyPlan, {
  description: 'The plan of a day. There is at most one for each, made by the first thing that is written for it. Nobody but you sees it.',
  id: { resolve: (plan) => plan.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.dailyPlan.load(id),
  fields: (t) => ({
    date: t.expose('date', { type: 'Date', description: 'The day.' }),
    summary: t.exposeString('summary', { nullable: true, description: 'What it is about, or how it went.' }),
    status: t.field({ type: PlanStatus, description: 'How far it is.', resolve: (plan) => plan.status }),
    version: t.exposeInt('version', { description: 'Goes up by one with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
    weeklyPlan: t.field({
      type: WeeklyPlan,
      nullable: true,
      description: 'The plan of the week that it lies in, if there is one.',
      resolve: (plan, _arguments, context) => (plan.weeklyPlanId === null ? null : context.loaders.weeklyPlan.load(plan.weeklyPlanId)),
    }),
  }),
});

const PlanFilter = builder.inputType('PlanFilter', {
  description: 'Which plans to list. What is absent does not matter; what is given must all be so.',
  fields: (t) => ({
    from: t.field({ type: 'Date', description: 'This day or later; a week when it ends on this day or later.' }),
    to: t.field({ type: 'Date', description: 'This day or earlier; a week when it begins on this day or earlier.' }),
    status: t.field({ type: [PlanStatus], description: 'Any of these.' }),
  }),
});

builder.queryFields((t) => ({
  weeklyPlan: t.field({
    type: WeeklyPlan,
    nullable: true,
    description: 'The plan of a week; null when nothing was written for it. Reading makes nothing: `saveWeeklyPlan` and items do.',
    args: { date: t.arg({ type: 'Date', description: 'Any day of the week; today in your time zone when absent.' }) },
    resolve: (_root, { date }, { services, viewer }) => services.plans.weeklyPlan(viewer, date ?? null),
  }),
  dailyPlan: t.field({
    type: DailyPlan,
    nullable: true,
    description: 'The plan of a day; null when nothing was written for it. Reading makes nothing: `saveDailyPlan` and items do.',
    args: { date: t.arg({ type: 'Date', description: 'The day; today in your time zone when absent.' }) },
    resolve: (_root, { date }, { services, viewer }) => services.plans.dailyPlan(viewer, date ?? null),
  }),
  weeklyPlans: t.connection(
    {
      type: WeeklyPlan,
      description: 'Your weekly plans, by their days.',
      args: {
        filter: t.arg({ type: PlanFilter, description: 'Which ones; all when absent.' }),
        direction: t.arg({ type: SortDirection, description: 'Which come first; the latest when absent.' }),
      },
      resolve: (_root, { filter, direction, ...args }, { services, viewer }) => {
        const way = direction ?? 'DESC';
        return paginateBy(planCursors('WeeklyPlan', way), args, (page) => services.plans.listWeeklyPlans(viewer, filter ?? {}, way, page), sortedPlace);
      },
    },
    WeeklyPlanConnection,
  ),
  dailyPlans: t.connection(
    {
      type: DailyPlan,
      description: 'Your daily plans, by their days.',
      args: {
        filter: t.arg({ type: PlanFilter, description: 'Which ones; all when absent.' }),
        direction: t.arg({ type: SortDirection, description: 'Which come first; the latest when absent.' }),
      },
      resolve: (_root, { filter, direction, ...args }, { services, viewer }) => {
        const way = direction ?? 'DESC';
        return paginateBy(planCursors('DailyPlan', way), args, (page) => services.plans.listDailyPlans(viewer, filter ?? {}, way, page), sortedPlace);
      },
    },
    DailyPlanConnection,
  ),
}));
