import { z } from 'zod';
import { AppError } from '../../base/errors.ts';
import { isUuid, type IdSource } from '../../base/id.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import type { Logger } from '../../base/logger.ts';
import { createTool, inShort } from '../data-tools/tool.ts';
import { goalStatuses } from '../goal/goal-row.ts';
import { itemStatuses, type PlanItemRow } from '../plan-item/item-row.ts';
import { addDays } from '../planner/calendar.ts';
import type { Planner } from '../planner/planner-row.ts';
import type { Planners } from '../planner/planners.ts';
import { recordInWords } from '../proposal/operation.ts';
import type { ProposalPartData, ProposalRow } from '../proposal/proposal-row.ts';
import type { Proposals } from '../proposal/proposals.ts';
import type { PlanningTools, RunTool } from '../run-tool.ts';
import { draftOperations } from './draft.ts';
import { dayInWords, goalJson, itemJson, planningNotice } from './item-json.ts';
import { modelDate, readModelDate, type ModelDate } from './model-date.ts';
import { proposeParameters } from './operation-input.ts';
import type { PlanningReads } from './planning-reads.ts';

/** What `createPlanningTools` stands on. */
export interface PlanningToolsDependencies {
  readonly reads: PlanningReads;
  readonly planners: Pick<Planners, 'readOf'>;
  readonly proposals: Pick<Proposals, 'propose'>;
  readonly newId: IdSource;
  readonly logger: Logger;
}

/** How many proposals a run may make. */
export const mostProposalsOfRun = 5;

const mostListed = 200;
const mostOfADay = 60;
const maxBytes = 32 * 1024;

const goalParameters = z.object({
  status: z.array(z.enum(goalStatuses)).max(4).nullish().describe('Which ones; the active ones when absent.'),
  text: z.string().max(200).nullish().describe('What their title or description contains.'),
});

const itemParameters = z.object({
  status: z.array(z.enum(itemStatuses)).max(4).nullish().describe('Which ones; TODO and IN_PROGRESS when absent.'),
  from: modelDate.nullish().describe('On this day or later.'),
  to: modelDate.nullish().describe('On this day or earlier.'),
  goal: z.string().max(100).nullish().describe('The id of the goal that they belong to.'),
  isOverdue: z.boolean().nullish().describe('Unfinished, and their day or week is over.'),
  isUnplanned: z.boolean().nullish().describe('In no plan.'),
  text: z.string().max(200).nullish().describe('What their title or notes contain.'),
});

const planParameters = z.object({
  day: modelDate.nullish().describe('A day, to read it alone.'),
  week: modelDate.nullish().describe('Any day of a week, to read it with all its days; this week when both are absent.'),
});

const descriptions = {
  list_goals: 'Lists the goals of the person with their ids, those that matter most first.',
  list_items: 'Lists items of the person with their ids: what is to be done, where it is planned, and how far it is.',
  read_plan: 'Reads the plan of a week with its days, or of one day, with all items and how many minutes are planned for each day.',
  propose_changes: [
    'Proposes changes of goals, plans and items. Nothing is changed by it: the person sees the changes and applies all, some or none of them, so say that they are proposed.',
    'Put everything that belongs together into one call. Give each operation a reason. Days are given with their weekday, or in the words of the person as "when".',
  ].join(' '),
};

const total = (items: readonly PlanItemRow[]): number =>
  items.reduce((sum, { status, estimateMinutes }) => sum + (status === 'SKIPPED' ? 0 : (estimateMinutes ?? 0)), 0);

/** A list within the bytes that an engine is shown, which says how much it left out. */
function listWithin(name: string, entries: readonly Json[], besides: JsonObject = {}): string {
  const kept: Json[] = [];
  let bytes = 0;
  for (const entry of entries.slice(0, mostListed)) {
    bytes += Buffer.byteLength(JSON.stringify(entry)) + 1;
    if (bytes > maxBytes) break;
    kept.push(entry);
  }
  const left = entries.length - kept.length;
  const more = left === 0 ? {} : { notShown: entries.length > mostListed ? `more than ${left}` : left, hint: 'Ask for fewer, by the arguments.' };
  return JSON.stringify({ notice: planningNotice, ...besides, [name]: kept, ...more });
}

function partDataOf({ id, summary, operations }: ProposalRow, isApplied: boolean): ProposalPartData {
  const about = operations.map(({ kind, reason, before, after }) => {
    const record = after ?? before;
    return { kind, reason, about: record === null ? '' : recordInWords(record) };
  });
  return { proposalId: id, summary: summary ?? '', isApplied, operations: about };
}

/** The operations as an engine is told them: with the days that were understood. */
function proposedJson({ operations }: ProposalRow): readonly JsonObject[] {
  return operations.map(({ kind, before, after }): JsonObject => {
    const record = after ?? before;
    const date = record?.type === 'ITEM' ? (record.date ?? record.weekStart) : record?.type === 'GOAL' ? record.targetDate : null;
    return { kind, about: record === null ? '' : recordInWords(record), ...(date === null ? {} : { day: dayInWords(date) }) };
  });
}

/** Makes the tools of conversations about goals and plans: `list_goals`, `list_items`, `read_plan` and `propose_changes`. */
export function createPlanningTools({ reads, planners, proposals, newId, logger }: PlanningToolsDependencies): PlanningTools {
  const day = (name: string, input: ModelDate | null | undefined, planner: Planner): string | null => {
    if (input == null) return null;
    const read = readModelDate(input, planner);
    if ('problem' in read) throw new AppError('BAD_USER_INPUT', `"${name}": ${read.problem}`);
    return read.date;
  };

  const listGoals = (userId: string): RunTool =>
    createTool(
      {
        name: 'list_goals',
        description: descriptions.list_goals,
        parameters: goalParameters,
        run: async ({ status, text }, recorder) => {
          recorder.status('Looking at the goals');
          const planner = await planners.readOf(userId);
          const goals = await reads.goals(planner, { status: status ?? ['ACTIVE'], text: text === '' ? null : text }, mostListed + 1);
          return listWithin('goals', goals.map(goalJson));
        },
      },
      logger,
    );

  const listItems = (userId: string): RunTool =>
    createTool(
      {
        name: 'list_items',
        description: descriptions.list_items,
        parameters: itemParameters,
        run: async ({ status, from, to, goal, isOverdue, isUnplanned, text }, recorder) => {
          recorder.status('Looking at the items');
          const planner = await planners.readOf(userId);
          if (goal != null && !isUuid(goal)) throw new AppError('NOT_FOUND', `There is no goal "${goal}"; list_goals tells the ids.`);
          const filter = {
            status: status ?? (['TODO', 'IN_PROGRESS'] as const),
            from: day('from', from, planner),
            to: day('to', to, planner),
            goalId: goal,
            isOverdue,
            isUnplanned,
            text: text === '' ? null : text,
          };
          const items = await reads.items(planner, filter, { field: 'DATE', direction: 'ASC' }, mostListed + 1);
          return listWithin('items', items.map(itemJson), { today: dayInWords(planner.today) });
        },
      },
      logger,
    );

  const readPlan = (userId: string): RunTool =>
    createTool(
      {
        name: 'read_plan',
        description: descriptions.read_plan,
        parameters: planParameters,
        run: async (input, recorder) => {
          recorder.status('Looking at the plan');
          const planner = await planners.readOf(userId);
          const oneDay = day('day', input.day, planner);
          const { weekStart, plan, dailyPlans, items } = await reads.week(planner, oneDay ?? day('week', input.week, planner) ?? planner.today);
          const dates = oneDay === null ? Array.from({ length: 7 }, (_, index) => addDays(weekStart, index)) : [oneDay];
          const days = dates.map((date): JsonObject => {
            const own = items.filter((item) => item.date === date);
            const daily = dailyPlans.find((candidate) => candidate.date === date);
            return {
              day: dayInWords(date),
              plannedMinutes: total(own),
              ...(daily === undefined ? {} : { status: daily.status, ...(daily.summary === null ? {} : { summary: daily.summary.slice(0, 1_000) }) }),
              items: own.slice(0, mostOfADay).map(itemJson),
              ...(own.length > mostOfADay ? { itemsNotShown: own.length - mostOfADay } : {}),
            };
          });
          const about: JsonObject = {
            today: dayInWords(planner.today),
            timeZone: planner.timeZone,
            capacityMinutes: planner.capacityMinutes,
            week: {
              weekStart: dayInWords(weekStart),
              status: plan?.status ?? 'DRAFT',
              ...(plan?.summary == null ? {} : { summary: plan.summary.slice(0, 1_000) }),
              focusAreas: plan?.focusAreas.slice() ?? [],
            },
            ...(oneDay === null
              ? {
                  itemsWithoutDay: items
                    .filter((item) => item.date === null)
                    .slice(0, mostOfADay)
                    .map(itemJson),
                }
              : {}),
          };
          return listWithin('days', days, about);
        },
      },
      logger,
    );

  const proposeChanges = ({ userId, conversationId }: Parameters<PlanningTools>[0]): RunTool => {
    let count = 0;
    return createTool(
      {
        name: 'propose_changes',
        description: descriptions.propose_changes,
        parameters: proposeParameters,
        run: async ({ summary, operations }, recorder) => {
          recorder.status(`Proposing: ${inShort(summary)}`);
          if (count >= mostProposalsOfRun) {
            throw new AppError(
              'CONFLICT',
              `${mostProposalsOfRun} proposals were made for this question, as many as are allowed. Wait for what the person says.`,
            );
          }
          const partId = newId();
          const { proposal, isApplied } = await proposals.propose({ userId, conversationId, partId, summary }, (transaction, planner) =>
            draftOperations(transaction, planner, operations),
          );
          count += 1;
          await recorder.addPart({ kind: 'PLAN_PROPOSAL', id: partId, isApplied, data: { ...partDataOf(proposal, isApplied) } });
          const state = isApplied
            ? 'The person has small changes applied without asking: these are applied now, and can be undone. Say so.'
            : 'The person sees these changes and decides; nothing is changed yet. Say that they are proposed.';
          return JSON.stringify({ isApplied, state, proposed: proposedJson(proposal) });
        },
      },
      logger,
    );
  };

  return (context) => [listGoals(context.userId), listItems(context.userId), readPlan(context.userId), proposeChanges(context)];
}
