import { conversationKind } from './conversation-kind.ts';
import { fileKind } from './file-kind.ts';
import { messageKind } from './message-kind.ts';
import { dailyPlanKind, goalKind, planItemKind, weeklyPlanKind } from './planning-kinds.ts';
import type { SearchKind } from './search-kind.ts';

/** What can be found, by the word in `search_entries.kind`. */
export const searchKinds = {
  MESSAGE: messageKind,
  CONVERSATION: conversationKind,
  FILE: fileKind,
  GOAL: goalKind,
  WEEKLY_PLAN: weeklyPlanKind,
  DAILY_PLAN: dailyPlanKind,
  PLAN_ITEM: planItemKind,
} as const satisfies Readonly<Record<string, SearchKind>>;

/** The name of a kind. */
export type SearchType = keyof typeof searchKinds;

/** All names of kinds. */
export const searchTypes: readonly SearchType[] = ['MESSAGE', 'CONVERSATION', 'FILE', 'GOAL', 'WEEKLY_PLAN', 'DAILY_PLAN', 'PLAN_ITEM'];
