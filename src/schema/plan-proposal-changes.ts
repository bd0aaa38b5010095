import type { ChangedRecords } from '../services/proposal/apply.ts';
import type { ProposalRow } from '../services/proposal/proposal-row.ts';
import { builder } from './builder.ts';
import { Conversation } from './conversation.ts';
import type { Context } from './context.ts';
import { Goal } from './goal.ts';
import { paginate } from './pagination.ts';
import { PlanItem } from './plan-item.ts';
import { PlanProposal } from './plan-proposal.ts';
import { DailyPlan, WeeklyPlan } from './plan.ts';
import { PlanProposalStatus } from './planning-enums.ts';

const PlanProposalEdge = builder.edgeObject({ type: PlanProposal, name: 'PlanProposalEdge', description: 'A proposal in a page.' });

const PlanProposalConnection = builder.connectionObject(
  { type: PlanProposal, name: 'PlanProposalConnection', description: 'A page of proposals.' },
  PlanProposalEdge,
);

builder.objectField(PlanProposal, 'conversation', (t) =>
  t.field({
    type: Conversation,
    nullable: true,
    description: 'The conversation in which it was made.',
    resolve: ({ conversationId }, _arguments, { loaders }) => (conversationId === null ? null : loaders.conversation.load(conversationId)),
  }),
);

builder.queryFields((t) => ({
  planProposals: t.connection(
    {
      type: PlanProposal,
      description: 'What assistants have proposed to you, newest first.',
      args: { status: t.arg({ type: [PlanProposalStatus], description: 'Any of these; all when absent.' }) },
      resolve: (_root, { status, ...args }, { services, viewer }) =>
        paginate(
          args,
          (page) => services.proposals.list(viewer, status ?? null, page),
          ({ createdAt: at, id }) => ({ at, id }),
        ),
    },
    PlanProposalConnection,
  ),
  planProposal: t.field({
    type: PlanProposal,
    nullable: true,
    description: 'One proposal.',
    args: { id: t.arg.globalID({ for: PlanProposal, required: true, description: 'The id of the proposal.' }) },
    resolve: (_root, { id }, { services, viewer }) => services.proposals.get(viewer, id.id),
  }),
}));

/** A decision, with the records that it changed. */
interface Decision {
  readonly proposal: ProposalRow;
  readonly changed: ChangedRecords;
}

type TypesOf<Builder> = Builder extends PothosSchemaTypes.SchemaBuilder<infer Types> ? Types : never;

type OutputFields = PothosSchemaTypes.ObjectFieldBuilder<TypesOf<typeof builder>, Decision>;

/** Those records that are still there; the ids of the others. */
async function split<Row>(ids: readonly string[], load: (id: string) => Promise<Row | null>) {
  const rows = await Promise.all(ids.map(async (id) => ({ id, row: await load(id) })));
  return { there: rows.flatMap(({ row }) => row ?? []), gone: rows.flatMap(({ id, row }) => (row === null ? [id] : [])) };
}

const goals = ({ changed }: Decision, { loaders }: Context) => split(changed.goalIds, (id) => loaders.goal.load(id));
const items = ({ changed }: Decision, { loaders }: Context) => split(changed.itemIds, (id) => loaders.planItem.load(id));
const weeks = ({ changed }: Decision, { loaders }: Context) => split(changed.weeklyPlanIds, (id) => loaders.weeklyPlan.load(id));
const days = ({ changed }: Decision, { loaders }: Context) => split(changed.dailyPlanIds, (id) => loaders.dailyPlan.load(id));

/** Everything that a decision changed. */
function decided(t: OutputFields) {
  return {
    proposal: t.field({ type: PlanProposal, description: 'The proposal as it is now.', resolve: ({ proposal }) => proposal }),
    goals: t.field({
      type: [Goal],
      description: 'The goals that were made or changed, also those that were parts of one that was deleted.',
      resolve: async (decision, _arguments, context) => (await goals(decision, context)).there,
    }),
    planItems: t.field({
      type: [PlanItem],
      description: 'The items that were made, changed or moved, also those that belonged to a goal that was deleted.',
      resolve: async (decision, _arguments, context) => (await items(decision, context)).there,
    }),
    weeklyPlans: t.field({
      type: [WeeklyPlan],
      description: 'The weekly plans that were made or changed.',
      resolve: async (decision, _arguments, context) => (await weeks(decision, context)).there,
    }),
    dailyPlans: t.field({
      type: [DailyPlan],
      description: 'The daily plans that were made or changed.',
      resolve: async (decision, _arguments, context) => (await days(decision, context)).there,
    }),
    deletedGoalIds: t.globalIDList({
      description: 'The goals that were deleted.',
      resolve: async (decision, _arguments, context) => (await goals(decision, context)).gone.map((id) => ({ id, type: Goal })),
    }),
    deletedPlanItemIds: t.globalIDList({
      description: 'The items that were deleted.',
      resolve: async (decision, _arguments, context) => (await items(decision, context)).gone.map((id) => ({ id, type: PlanItem })),
    }),
    deletedWeeklyPlanIds: t.globalIDList({
      description: 'The weekly plans that were made by applying and went with it, because they hold nothing.',
      resolve: async (decision, _arguments, context) => (await weeks(decision, context)).gone.map((id) => ({ id, type: WeeklyPlan })),
    }),
    deletedDailyPlanIds: t.globalIDList({
      description: 'The daily plans that were made by applying and went with it, because they hold nothing.',
      resolve: async (decision, _arguments, context) => (await days(decision, context)).gone.map((id) => ({ id, type: DailyPlan })),
    }),
  };
}

builder.relayMutationField(
  'applyProposal',
  {
    description: 'Which proposal, and what of it.',
    inputFields: (t) => ({
      id: t.globalID({ for: PlanProposal, required: true, description: 'The proposal.' }),
      operations: t.intList({ description: 'The numbers of the operations, from 0; all that wait when absent or null. The others can be applied later.' }),
    }),
  },
  {
    description:
      'Applies a proposal, or some of its operations: all of them, or nothing when something that they rest on was changed since (CONFLICT names it). What is applied already stays applied.',
    resolve: async (_root, { input }, { services, viewer }): Promise<Decision> => services.proposals.apply(viewer, input.id.id, input.operations ?? null),
  },
  { description: 'What was applied.', outputFields: decided },
);

builder.relayMutationField(
  'undoProposal',
  {
    description: 'Which proposal.',
    inputFields: (t) => ({ id: t.globalID({ for: PlanProposal, required: true, description: 'The proposal.' }) }),
  },
  {
    description:
      'Undoes all that was applied of a proposal: contents, places and goals are as they were, and versions go on. Refused with CONFLICT when something of it was changed since.',
    resolve: async (_root, { input }, { services, viewer }): Promise<Decision> => services.proposals.undo(viewer, input.id.id),
  },
  { description: 'What was undone.', outputFields: decided },
);

builder.relayMutationField(
  'dismissProposal',
  {
    description: 'Which proposal.',
    inputFields: (t) => ({ id: t.globalID({ for: PlanProposal, required: true, description: 'The proposal.' }) }),
  },
  {
    description: 'Dismisses what waits of a proposal. What is applied of it stays, and can be undone.',
    resolve: async (_root, { input }, { services, viewer }) => ({ proposal: await services.proposals.dismiss(viewer, input.id.id) }),
  },
  {
    description: 'The proposal.',
    outputFields: (t) => ({ proposal: t.expose('proposal', { type: PlanProposal, description: 'The proposal as it is now.' }) }),
  },
);
