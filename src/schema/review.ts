import type { PlanItemRow } from '../services/plan-item/item-row.ts';
import type { CarriedItem as CarriedItemShape, Review as ReviewShape, ReviewPart } from '../services/progress/review.ts';
import { badInput } from '../base/errors.ts';
import { builder } from './builder.ts';
import { Goal } from './goal.ts';
import { DailyPlan, WeeklyPlan } from './plan.ts';
import { PlanItem } from './plan-item.ts';
import { ItemProgress } from './progress.ts';

const mostShown = 100;

/** The first of some rows. @throws AppError BAD_USER_INPUT for a number that is not allowed */
function firstOf<Row>(rows: readonly Row[], first: number): readonly Row[] {
  if (first < 1 || first > mostShown) throw badInput(['first'], `"first" is ${first}; it must be from 1 to ${mostShown}.`);
  return rows.slice(0, first);
}

const ReviewedItems = builder.objectRef<readonly PlanItemRow[]>('ReviewedItems').implement({
  description: 'The items of one kind in a review.',
  fields: (t) => ({
    count: t.int({ description: 'How many there are.', resolve: (items) => items.length }),
    items: t.field({
      type: [PlanItem],
      description: 'The items by day and order, those without a day last. `planItems` has all of them.',
      args: { first: t.arg.int({ required: true, defaultValue: 50, description: 'How many at most, 1 to 100.' }) },
      resolve: (items, { first }) => firstOf(items, first),
    }),
  }),
});

const CarriedItem = builder.objectRef<CarriedItemShape>('CarriedItem').implement({
  description: 'An item that was carried on.',
  fields: (t) => ({
    item: t.field({
      type: PlanItem,
      nullable: true,
      description: 'The item; null when it was deleted a moment ago. Where a copy went on it is the one that stayed.',
      resolve: ({ itemId }, _arguments, { loaders }) => loaders.planItem.load(itemId),
    }),
    from: t.field({ type: 'Date', description: 'The day that it stood on at first in this time.', resolve: ({ from }) => from }),
    to: t.field({ type: 'Date', description: 'The day that it went to at last.', resolve: ({ to }) => to }),
    count: t.exposeInt('count', { description: 'How often it was carried on in this time.' }),
    isAutomatic: t.exposeBoolean('isAutomatic', { description: 'Whether that happened by itself each time.' }),
  }),
});

const DayOfReview = builder.objectRef<ReviewPart & { readonly date: string }>('DayOfReview').implement({
  description: 'One day of a review.',
  fields: (t) => ({
    date: t.field({ type: 'Date', description: 'The day.', resolve: ({ date }) => date }),
    items: t.field({ type: ItemProgress, description: 'What became of its items.', resolve: ({ items }) => items }),
  }),
});

const GoalOfReview = builder.objectRef<ReviewPart>('GoalOfReview').implement({
  description: 'What was done for one goal.',
  fields: (t) => ({
    goal: t.field({
      type: Goal,
      nullable: true,
      description: 'The goal; null for the items without one.',
      resolve: ({ goalId }, _arguments, { loaders }) => (goalId === null ? null : loaders.goal.load(goalId)),
    }),
    items: t.field({ type: ItemProgress, description: 'What became of its items.', resolve: ({ items }) => items }),
  }),
});

const Review = builder.objectRef<ReviewShape>('Review').implement({
  description: 'What became of a week or a day, whether there is a plan of it or not.',
  fields: (t) => ({
    from: t.field({ type: 'Date', description: 'The first day.', resolve: ({ from }) => from }),
    to: t.field({ type: 'Date', description: 'The last day.', resolve: ({ to }) => to }),
    weeklyPlan: t.field({
      type: WeeklyPlan,
      nullable: true,
      description: 'The plan of the week; null in the review of a day, and where there is none.',
      resolve: ({ weeklyPlan }) => weeklyPlan,
    }),
    dailyPlan: t.field({
      type: DailyPlan,
      nullable: true,
      description: 'The plan of the day; null in the review of a week, and where there is none.',
      resolve: ({ dailyPlan }) => dailyPlan,
    }),
    progress: t.field({ type: ItemProgress, description: 'All items together, with their minutes.', resolve: ({ tally }) => tally }),
    done: t.field({ type: ReviewedItems, description: 'What was done.', resolve: ({ done }) => done }),
    skipped: t.field({ type: ReviewedItems, description: 'What was skipped.', resolve: ({ skipped }) => skipped }),
    open: t.field({ type: ReviewedItems, description: 'What is neither done nor skipped, nor carried on as a copy.', resolve: ({ open }) => open }),
    added: t.field({
      type: ReviewedItems,
      description:
        'What came late: in a week after its first day, on a day after it had begun, in your time zone. What was carried here or made by a recurrence is not among it.',
      resolve: ({ added }) => added,
    }),
    carriedCount: t.int({ description: 'How many items were carried on from one of its days.', resolve: ({ carried }) => carried.length }),
    carried: t.field({
      type: [CarriedItem],
      description: 'What was carried on from one of its days, wherever it went, by day.',
      args: { first: t.arg.int({ required: true, defaultValue: 50, description: 'How many at most, 1 to 100.' }) },
      resolve: ({ carried }, { first }) => firstOf(carried, first),
    }),
    days: t.field({
      type: [DayOfReview],
      description: 'Each day. What stands in a week on no day is in none of them.',
      resolve: ({ days }) => days.flatMap(({ date, ...part }) => (date === null ? [] : [{ ...part, date }])),
    }),
    goals: t.field({
      type: [GoalOfReview],
      description: 'Each goal that had items, the one with the most first; items without a goal come last.',
      args: { first: t.arg.int({ required: true, defaultValue: 50, description: 'How many at most, 1 to 100.' }) },
      resolve: ({ goals }, { first }) => firstOf(goals, first),
    }),
  }),
});

builder.queryFields((t) => ({
  weekReview: t.field({
    type: Review,
    description: 'What became of a week.',
    args: { date: t.arg({ type: 'Date', description: 'Any day of the week; today in your time zone when absent.' }) },
    resolve: (_root, { date }, { services, viewer }) => services.progress.weekReview(viewer, date ?? null),
  }),
  dayReview: t.field({
    type: Review,
    description: 'What became of a day.',
    args: { date: t.arg({ type: 'Date', description: 'The day; today in your time zone when absent.' }) },
    resolve: (_root, { date }, { services, viewer }) => services.progress.dayReview(viewer, date ?? null),
  }),
}));
