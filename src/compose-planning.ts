import type { Foundation } from './compose.ts';
import { createCalendarTokens } from './auth/opaque-tokens.ts';
import { createCalendarFeeds } from './services/calendar-feed/calendar-feeds.ts';
import type { ConversationLog } from './events/conversation-log.ts';
import { createGoals } from './services/goal/goals.ts';
import { createPlanItems } from './services/plan-item/plan-items.ts';
import { createPlans } from './services/plan/plans.ts';
import { createPersonalSessions } from './services/personal-session/personal-sessions.ts';
import { createPlanners } from './services/planner/planners.ts';
import type { Planner } from './services/planner/planner-row.ts';
import { createPlannerLock } from './services/planner/with-planner.ts';
import { createPlanningContexts, writtenReviews } from './services/planning-context/planning-context.ts';
import { createPlanningReads } from './services/planning-tools/planning-reads.ts';
import { createPlanningTools } from './services/planning-tools/planning-tools.ts';
import { createProgress } from './services/progress/progress.ts';
import { createProposals } from './services/proposal/proposals.ts';
import { createRecurrences } from './services/recurrence/recurrences.ts';
import { createRollovers } from './services/rollover/rollovers.ts';
import type { Sessions } from './services/session/sessions.ts';
import type { Statements } from './stores/statements.ts';

/** How many of the last weeks an engine is told about. */
const recentWeeks = 4;

/** Goals, plans and items, what engines do with them, and the data sessions over them. */
export function composePlanning(foundation: Foundation, statements: Statements, conversationLog: ConversationLog) {
  const { database, clock, newId, logger, duckdb, fileStore, limits } = foundation;
  const { prisma, pool } = database;
  const { withPlanner, withPlannerOf } = createPlannerLock({ prisma, clock, newId });
  const rollovers = createRollovers({ pool, clock, withPlanner, withPlannerOf });
  const planners = createPlanners({ prisma, clock, newId, withPlanner, catchUp: rollovers.catchUp });
  const goals = createGoals({ pool, statements, withPlanner });
  const proposals = createProposals({ prisma, statements, conversationLog, withPlannerOf });
  const reads = createPlanningReads(pool);
  const progress = createProgress({ statements, planners });
  const recentReviews = async (planner: Planner): Promise<readonly string[]> => [
    ...(await writtenReviews(reads, planner, recentWeeks)),
    ...(await progress.recentReviews(planner, recentWeeks)),
  ];
  return {
    services: {
      planners,
      goals,
      plans: createPlans({ pool, statements, planners, withPlanner }),
      rollovers,
      calendarFeeds: createCalendarFeeds({ prisma, statements, clock, newId, tokens: createCalendarTokens(), limiter: limits.calendarReadsPerAddress }),
      recurrences: createRecurrences({ pool, statements, clock, withPlanner, withPlannerOf }),
      planItems: createPlanItems({ pool, statements, goals, planners, withPlanner }),
      progress,
      proposals,
    },
    /** What runs in conversations about goals and plans use. */
    planning: {
      ...createPlanningContexts({ planners, reads, recentReviews }),
      toolsOf: createPlanningTools({ reads, planners, proposals, newId, logger }),
    },
    personalSessionsOf: (sessions: Sessions) => createPersonalSessions({ prisma, statements, duckdb, fileStore, clock, logger, planners, sessions }),
  };
}
