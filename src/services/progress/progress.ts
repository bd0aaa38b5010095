import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Statements } from '../../stores/statements.ts';
import { parseDay } from '../plan/plan-input.ts';
import { addDays, type CalendarDate } from '../planner/calendar.ts';
import type { Planner } from '../planner/planner-row.ts';
import type { Planners } from '../planner/planners.ts';
import { readGoalProgress, type GoalProgress } from './goal-progress.ts';
import { readPlanProgress, type PlanProgress } from './plan-progress.ts';
import { reviewText } from './review-text.ts';
import { readDayReview, readWeekReview, type Review } from './review.ts';
import { readStreaks, type PlanningStreaks } from './streaks.ts';
import { totalOf } from './tally.ts';
import { readTimeSpent, type TimeQuery, type TimeReport } from './time-spent.ts';

/** How far people are with what they planned. Everybody is told of their own alone. */
export type Progress = ReturnType<typeof createProgress>;

/** What the service needs. */
export interface ProgressDependencies {
  readonly statements: Statements;
  readonly planners: Pick<Planners, 'read'>;
}

/** How many weeks can be told of at once. */
const mostRecentReviews = 8;

/** Whether there is anything to tell of a week. */
const isOfUse = ({ tally, carried, weeklyPlan }: Review): boolean => totalOf(tally) > 0 || carried.length > 0 || weeklyPlan?.summary != null;

/** Creates the service. */
export function createProgress({ statements, planners }: ProgressDependencies) {
  return {
    /** How far those of some goals are that are the viewer's. */
    ofGoals: async (viewer: Viewer | null, goalIds: readonly string[]): Promise<ReadonlyMap<string, GoalProgress>> =>
      readGoalProgress(statements, requireViewer(viewer).userId, goalIds),

    /** How far those of some weekly plans are that are the viewer's. */
    ofWeeklyPlans: async (viewer: Viewer | null, planIds: readonly string[]): Promise<ReadonlyMap<string, PlanProgress>> =>
      readPlanProgress(statements, requireViewer(viewer).userId, 'WEEK', planIds),

    /** How far those of some daily plans are that are the viewer's. */
    ofDailyPlans: async (viewer: Viewer | null, planIds: readonly string[]): Promise<ReadonlyMap<string, PlanProgress>> =>
      readPlanProgress(statements, requireViewer(viewer).userId, 'DAY', planIds),

    /** How steadily a person works on their days; null for everybody but the viewer. */
    streaksOf: async (viewer: Viewer | null, userId: string): Promise<PlanningStreaks | null> => {
      if (requireViewer(viewer).userId !== userId) return null;
      const { today } = await planners.read(viewer);
      return readStreaks(statements, userId, today);
    },

    /** What the viewer's time was spent on. @throws AppError BAD_USER_INPUT */
    timeSpent: async (viewer: Viewer | null, query: TimeQuery): Promise<TimeReport> => readTimeSpent(statements, await planners.read(viewer), query),

    /** What became of the week that a day lies in, of this week when null. @throws AppError BAD_USER_INPUT */
    weekReview: async (viewer: Viewer | null, date: CalendarDate | null): Promise<Review> => {
      const planner = await planners.read(viewer);
      return readWeekReview(statements, planner, date === null ? planner.today : parseDay(date, ['date']));
    },

    /** What became of a day, of today when null. @throws AppError BAD_USER_INPUT */
    dayReview: async (viewer: Viewer | null, date: CalendarDate | null): Promise<Review> => {
      const planner = await planners.read(viewer);
      return readDayReview(statements, planner, date === null ? planner.today : parseDay(date, ['date']));
    },

    /**
     * The last weeks that are over as text for the context of an engine, the latest first; weeks without items and summary are left out.
     *
     * @param planner of the person whose weeks they are, whose rights were checked
     * @param count how many weeks to look at, at most 8
     */
    recentReviews: async (planner: Planner, count: number): Promise<readonly string[]> => {
      const weeks = Array.from({ length: Math.min(count, mostRecentReviews) }, (_, index) => addDays(planner.weekStartOf(planner.today), -7 * (index + 1)));
      const reviews = (await Promise.all(weeks.map((week) => readWeekReview(statements, planner, week)))).filter(isOfUse);
      const goalIds = new Set(reviews.flatMap((review) => review.goals.flatMap(({ goalId }) => goalId ?? [])));
      const { rows } = await statements.query<{ id: string; title: string }>(`SELECT id, title FROM goals WHERE id = ANY($1::uuid[]) AND owner_id = $2::uuid`, [
        [...goalIds],
        planner.userId,
      ]);
      const titles = new Map(rows.map(({ id, title }) => [id, title]));
      return reviews.map((review) => reviewText(review, titles));
    },
  };
}
