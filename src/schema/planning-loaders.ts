import type { Conversation } from '../../prisma/generated/client.ts';
import type { Viewer } from '../auth/viewer.ts';
import type { SortedPlace } from '../base/page.ts';
import type { CalendarFeedRow } from '../services/calendar-feed/calendar-feeds.ts';
import type { GoalRow } from '../services/goal/goal-row.ts';
import type { PlanItemRow } from '../services/plan-item/item-row.ts';
import type { DailyPlanRow, WeeklyPlanRow } from '../services/plan/plan-row.ts';
import type { GoalProgress } from '../services/progress/goal-progress.ts';
import type { PlanProgress } from '../services/progress/plan-progress.ts';
import type { Planner, PlannerSettingsRow } from '../services/planner/planner-row.ts';
import type { RecurrenceRow } from '../services/recurrence/recurrence-row.ts';
import type { ProposalRow } from '../services/proposal/proposal-row.ts';
import type { Services } from '../services/services.ts';
import type { Sorted } from '../services/sorted-list.ts';
import { loaderOf, pageLoaderOf } from './batch.ts';

/** The batches of goals, plans and items. */
export function createPlanningLoaders(services: Services, viewer: Viewer | null) {
  const { planners, goals, plans, planItems, progress, recurrences, calendarFeeds, abouts, proposals } = services;
  let planner: Promise<Planner> | undefined;
  return {
    /** The viewer's planner, read once. */
    planner: () => (planner ??= planners.read(viewer)),
    calendarFeed: loaderOf<CalendarFeedRow>((ids) => calendarFeeds.byIds(viewer, ids)),
    recurrence: loaderOf<RecurrenceRow>((ids) => recurrences.byIds(viewer, ids)),
    plannerSettings: loaderOf<PlannerSettingsRow>((ids) => planners.byIds(viewer, ids)),
    goal: loaderOf<GoalRow>((ids) => goals.byIds(viewer, ids)),
    childrenOfGoal: pageLoaderOf<GoalRow>((ids, page) => goals.childrenOf(viewer, ids, page)),
    itemsOfGoal: pageLoaderOf<PlanItemRow>((ids, page) => planItems.ofGoals(viewer, ids, page)),
    weeklyPlan: loaderOf<WeeklyPlanRow>((ids) => plans.weeklyPlansByIds(viewer, ids)),
    dailyPlan: loaderOf<DailyPlanRow>((ids) => plans.dailyPlansByIds(viewer, ids)),
    daysOfWeeklyPlan: loaderOf<readonly DailyPlanRow[]>((ids) => plans.daysOf(viewer, ids)),
    itemsOfWeeklyPlan: pageLoaderOf<Sorted<PlanItemRow>, SortedPlace>((ids, page) => planItems.ofWeeklyPlans(viewer, ids, page)),
    itemsOfDailyPlan: pageLoaderOf<Sorted<PlanItemRow>, SortedPlace>((ids, page) => planItems.ofDailyPlans(viewer, ids, page)),
    progressOfGoal: loaderOf<GoalProgress>((ids) => progress.ofGoals(viewer, ids)),
    progressOfWeeklyPlan: loaderOf<PlanProgress>((ids) => progress.ofWeeklyPlans(viewer, ids)),
    progressOfDailyPlan: loaderOf<PlanProgress>((ids) => progress.ofDailyPlans(viewer, ids)),
    conversationsOfGoal: pageLoaderOf<Conversation>((ids, page) => abouts.ofGoals(viewer, ids, page)),
    conversationsOfWeeklyPlan: pageLoaderOf<Conversation>((ids, page) => abouts.ofWeeklyPlans(viewer, ids, page)),
    conversationsOfDailyPlan: pageLoaderOf<Conversation>((ids, page) => abouts.ofDailyPlans(viewer, ids, page)),
    planProposal: loaderOf<ProposalRow>((ids) => proposals.byIds(viewer, ids)),
    planItem: loaderOf<PlanItemRow>((ids) => planItems.byIds(viewer, ids)),
  };
}
