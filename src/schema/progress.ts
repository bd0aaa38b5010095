import type { GoalProgress as GoalProgressShape } from '../services/progress/goal-progress.ts';
import type { PlanProgress as PlanProgressShape } from '../services/progress/plan-progress.ts';
import type { DayRun as DayRunShape, PlanningStreaks as PlanningStreaksShape, Streak as StreakShape } from '../services/progress/streaks.ts';
import { ratioOf, totalOf, type ItemTally } from '../services/progress/tally.ts';
import type { TimeReport, TimeRow } from '../services/progress/time-spent.ts';
import { loadExisting } from './batch.ts';
import { builder } from './builder.ts';
import { Goal } from './goal.ts';
import { DailyPlan, WeeklyPlan } from './plan.ts';
import { User } from './user.ts';

/** What has become of some items. */
export const ItemProgress = builder.objectRef<ItemTally>('ItemProgress').implement({
  description: 'What has become of some items. An unfinished item of which a copy was carried on does not count: its copy does.',
  fields: (t) => ({
    total: t.int({ description: 'How many there are.', resolve: totalOf }),
    todo: t.exposeInt('todo', { description: 'How many are not begun.' }),
    inProgress: t.exposeInt('inProgress', { description: 'How many are begun.' }),
    done: t.exposeInt('done', { description: 'How many are done.' }),
    skipped: t.exposeInt('skipped', { description: 'How many will not be done.' }),
    ratio: t.float({
      nullable: true,
      description: 'How much is done, 0 to 1. Skipped items do not count; null where no other is left.',
      resolve: ratioOf,
    }),
    estimatedMinutes: t.exposeInt('estimatedMinutes', { description: 'The estimates together, those of skipped items aside.' }),
    actualMinutes: t.exposeInt('actualMinutes', { description: 'The minutes that they took together, as far as was written down.' }),
    remainingMinutes: t.exposeInt('remainingMinutes', { description: 'The estimates of those that are neither done nor skipped.' }),
  }),
});

const GoalProgress = builder.objectRef<GoalProgressShape>('GoalProgress').implement({
  description: 'How far a goal is.',
  fields: (t) => ({
    own: t.field({ type: ItemProgress, description: 'The items of the goal itself.', resolve: ({ own }) => own }),
    whole: t.field({
      type: ItemProgress,
      description: 'The items of the goal and of all goals below it. Goals below it that are `CANCELLED` are left out, with what is below them.',
      resolve: ({ whole }) => whole,
    }),
    partCount: t.exposeInt('partCount', { description: 'How many goals are below it, at all levels, but for those that are left out.' }),
    completedPartCount: t.exposeInt('completedPartCount', { description: 'How many of these are `COMPLETED`.' }),
    ratio: t.exposeFloat('ratio', {
      nullable: true,
      description:
        'How much of the whole is done, 0 to 1. Every item counts as one, skipped ones aside; so does every goal that has neither items nor parts, which is done when it is `COMPLETED`. Null where there is nothing to count.',
    }),
  }),
});

const PlanProgress = builder.objectRef<PlanProgressShape>('PlanProgress').implement({
  description: 'How far a week or a day is.',
  fields: (t) => ({
    items: t.field({ type: ItemProgress, description: 'Its items; of a week those of its days as well.', resolve: ({ items }) => items }),
    carriedCount: t.exposeInt('carriedCount', { description: 'How many items were carried on from it to a later day or week.' }),
  }),
});

builder.objectField(Goal, 'progress', (t) =>
  t.field({
    type: GoalProgress,
    description: 'How far it is, by its items and the goals that are parts of it.',
    resolve: (goal, _arguments, { loaders }) => loadExisting(loaders.progressOfGoal, goal.id, 'Goal'),
  }),
);

builder.objectField(WeeklyPlan, 'progress', (t) =>
  t.field({
    type: PlanProgress,
    description: 'How far the week is. `weekReview` tells more.',
    resolve: (plan, _arguments, { loaders }) => loadExisting(loaders.progressOfWeeklyPlan, plan.id, 'WeeklyPlan'),
  }),
);

builder.objectField(DailyPlan, 'progress', (t) =>
  t.field({
    type: PlanProgress,
    description: 'How far the day is. `dayReview` tells more.',
    resolve: (plan, _arguments, { loaders }) => loadExisting(loaders.progressOfDailyPlan, plan.id, 'DailyPlan'),
  }),
);

const DayRun = builder.objectRef<DayRunShape>('DayRun').implement({
  description: 'Days in a row. Days without items, or with nothing but skipped ones, are passed over: they neither count nor end it.',
  fields: (t) => ({
    length: t.exposeInt('length', { description: 'How many days.' }),
    from: t.field({ type: 'Date', description: 'The first of them.', resolve: (run) => run.from }),
    to: t.field({ type: 'Date', description: 'The last of them.', resolve: (run) => run.to }),
  }),
});

const Streak = builder.objectRef<StreakShape>('Streak').implement({
  description: 'The runs of days of one kind.',
  fields: (t) => ({
    current: t.field({
      type: DayRun,
      nullable: true,
      description: 'The run that lasts; null when there is none. Today can only add to it, for it is not over.',
      resolve: ({ current }) => current,
    }),
    longest: t.field({
      type: DayRun,
      nullable: true,
      description: 'The longest one up to now, the latest of several; null when there was none.',
      resolve: ({ longest }) => longest,
    }),
  }),
});

const PlanningStreaks = builder.objectRef<PlanningStreaksShape>('PlanningStreaks').implement({
  description: 'How steadily you work on your days. What counts is the day that an item stands on, not the moment at which it was done.',
  fields: (t) => ({
    allDone: t.field({
      type: Streak,
      description: 'Days on which everything was done that was not skipped, and from which nothing was carried on.',
      resolve: ({ allDone }) => allDone,
    }),
    someDone: t.field({ type: Streak, description: 'Days on which at least one thing was done.', resolve: ({ someDone }) => someDone }),
  }),
});

builder.objectField(User, 'planningStreaks', (t) =>
  t.field({
    type: PlanningStreaks,
    nullable: true,
    description: 'How steadily you work on your days; null for everybody but yourself.',
    resolve: (user, _arguments, { services, viewer }) => services.progress.streaksOf(viewer, user.id),
  }),
);

const TimeGroup = builder.enumType('TimeGroup', {
  description: 'By what time is put together.',
  values: {
    DAY: { description: 'By the day.' },
    WEEK: { description: 'By the week, as you count weeks.' },
    GOAL: { description: 'By the goal, the one with the most first.' },
  } as const,
});

const TimeSpentRow = builder.objectRef<TimeRow>('TimeSpentRow').implement({
  description: 'The time of one day, one week or one goal.',
  fields: (t) => ({
    date: t.field({ type: 'Date', nullable: true, description: 'The day, or the first one of the week; null by goal.', resolve: ({ date }) => date }),
    goal: t.field({
      type: Goal,
      nullable: true,
      description: 'The goal; null by day and week, and for items without a goal.',
      resolve: ({ goalId }, _arguments, { loaders }) => (goalId === null ? null : loaders.goal.load(goalId)),
    }),
    minutes: t.exposeInt('minutes', { description: 'How many minutes.' }),
    estimatedMinutes: t.exposeInt('estimatedMinutes', { description: 'How many minutes the same items were thought to take, as far as there are estimates.' }),
    itemCount: t.exposeInt('itemCount', { description: 'How many items the minutes were written to.' }),
  }),
});

const TimeSpent = builder.objectRef<TimeReport>('TimeSpent').implement({
  description: 'What your time was spent on.',
  fields: (t) => ({
    from: t.field({ type: 'Date', description: 'The first day.', resolve: ({ from }) => from }),
    to: t.field({ type: 'Date', description: 'The last day.', resolve: ({ to }) => to }),
    groupBy: t.field({ type: TimeGroup, description: 'By what it is put together.', resolve: ({ groupBy }) => groupBy }),
    rows: t.field({ type: [TimeSpentRow], description: 'The days, weeks or goals with any time.', resolve: ({ rows }) => rows }),
    minutes: t.exposeInt('minutes', { description: 'All of it together.' }),
  }),
});

builder.queryField('timeSpent', (t) =>
  t.field({
    type: TimeSpent,
    description:
      'What your time was spent on: the `actualMinutes` of items, on the day that they stand on. Those of items without a day count on the day on which they were done, else on the first day of their week.',
    args: {
      groupBy: t.arg({ type: TimeGroup, required: true, description: 'By what to put it together.' }),
      from: t.arg({ type: 'Date', description: 'The first day; 27 days before `to` when absent.' }),
      to: t.arg({ type: 'Date', description: 'The last day; today in your time zone when absent. A range has at most 731 days.' }),
    },
    resolve: (_root, query, { services, viewer }) => services.progress.timeSpent(viewer, query),
  }),
);
