import type { Part as PartRow } from '../../prisma/generated/client.ts';
import {
  recordTypeOf,
  type DayState as DayStateRow,
  type GoalState as GoalStateRow,
  type ItemState as ItemStateRow,
  type Operation,
  type RecordState,
  type WeekState as WeekStateRow,
} from '../services/proposal/operation.ts';
import { proposalPartData, type ProposalRow } from '../services/proposal/proposal-row.ts';
import { builder } from './builder.ts';
import { Goal } from './goal.ts';
import { loadPart } from './part-data.ts';
import { PlanItem } from './plan-item.ts';
import { DailyPlan, WeeklyPlan } from './plan.ts';
import { GoalHorizon, GoalStatus, PlanItemStatus, PlanOperationKind, PlanOperationStatus, PlanProposalStatus, PlanStatus, Priority } from './planning-enums.ts';

const GoalState = builder.objectRef<GoalStateRow>('GoalState').implement({
  description: 'What a goal was like, or would be like.',
  fields: (t) => ({
    title: t.exposeString('title', { description: 'What it is called.' }),
    description: t.exposeString('description', { nullable: true, description: 'More about it.' }),
    horizon: t.field({ type: GoalHorizon, description: 'How far away it is.', resolve: (state) => state.horizon }),
    status: t.field({ type: GoalStatus, description: 'What has become of it.', resolve: (state) => state.status }),
    priority: t.field({ type: Priority, description: 'How much it matters.', resolve: (state) => state.priority }),
    targetDate: t.field({ type: 'Date', nullable: true, description: 'The day by which it is to be reached.', resolve: (state) => state.targetDate }),
    parent: t.field({
      type: Goal,
      nullable: true,
      description: 'The larger goal that it is a part of, where there is it already; see `PlanOperation.goalOf`.',
      resolve: ({ parentId }, _arguments, { loaders }) => (parentId === null ? null : loaders.goal.load(parentId)),
    }),
  }),
});

const PlanItemState = builder.objectRef<ItemStateRow>('PlanItemState').implement({
  description: 'What an item was like, or would be like, and where it stood or would stand.',
  fields: (t) => ({
    title: t.exposeString('title', { description: 'What is to be done.' }),
    notes: t.exposeString('notes', { nullable: true, description: 'More about it.' }),
    status: t.field({ type: PlanItemStatus, description: 'How far it is.', resolve: (state) => state.status }),
    priority: t.field({ type: Priority, description: 'How much it matters.', resolve: (state) => state.priority }),
    estimateMinutes: t.exposeInt('estimateMinutes', { nullable: true, description: 'How many minutes it should take.' }),
    actualMinutes: t.exposeInt('actualMinutes', { nullable: true, description: 'How many minutes it took.' }),
    startTime: t.exposeString('startTime', { nullable: true, description: 'When to begin, as `09:30`.' }),
    date: t.field({ type: 'Date', nullable: true, description: 'The day; null for a week or for no plan.', resolve: (state) => state.date }),
    weekStart: t.field({
      type: 'Date',
      nullable: true,
      description: 'The first day of the week; null for a day or for no plan.',
      resolve: (state) => state.weekStart,
    }),
    goal: t.field({
      type: Goal,
      nullable: true,
      description: 'The goal that it brings closer, where there is it already; see `PlanOperation.goalOf`.',
      resolve: ({ goalId }, _arguments, { loaders }) => (goalId === null ? null : loaders.goal.load(goalId)),
    }),
  }),
});

const WeeklyPlanState = builder.objectRef<WeekStateRow>('WeeklyPlanState').implement({
  description: 'What the plan of a week said, or would say.',
  fields: (t) => ({
    weekStart: t.field({ type: 'Date', description: 'Its first day.', resolve: (state) => state.weekStart }),
    summary: t.exposeString('summary', { nullable: true, description: 'What it is about, or how it went.' }),
    focusAreas: t.exposeStringList('focusAreas', { description: 'What the week is for.' }),
    status: t.field({ type: PlanStatus, description: 'How far it is.', resolve: (state) => state.status }),
  }),
});

const DailyPlanState = builder.objectRef<DayStateRow>('DailyPlanState').implement({
  description: 'What the plan of a day said, or would say.',
  fields: (t) => ({
    date: t.field({ type: 'Date', description: 'The day.', resolve: (state) => state.date }),
    summary: t.exposeString('summary', { nullable: true, description: 'What it is about, or how it went.' }),
    status: t.field({ type: PlanStatus, description: 'How far it is.', resolve: (state) => state.status }),
  }),
});

/** An operation with its place in its proposal. */
type PlacedOperation = Operation & { readonly index: number };

const types = { GOAL: 'GoalOperation', ITEM: 'PlanItemOperation', WEEK: 'WeeklyPlanOperation', DAY: 'DailyPlanOperation' } as const;

const PlanOperation = builder.interfaceRef<PlacedOperation>('PlanOperation').implement({
  description: 'One change of a proposal.',
  resolveType: ({ kind }) => types[recordTypeOf(kind)],
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Its number in the proposal, from 0; `applyProposal` names it by that.' }),
    kind: t.field({ type: PlanOperationKind, description: 'What it does.', resolve: (operation) => operation.kind }),
    reason: t.exposeString('reason', { description: 'Why, in the words of the assistant.' }),
    status: t.field({ type: PlanOperationStatus, description: 'What has become of it.', resolve: (operation) => operation.status }),
    goalOf: t.exposeInt('goalOf', {
      nullable: true,
      description: 'The number of the operation that makes the goal which this one belongs to: apply that one as well. Null for most.',
    }),
  }),
});

/** The state of one type; null where there is none. */
const stateOf = <Type extends RecordState['type']>(type: Type, state: RecordState | null): Extract<RecordState, { type: Type }> | null => {
  const isOfType = (candidate: RecordState): candidate is Extract<RecordState, { type: Type }> => candidate.type === type;
  return state !== null && isOfType(state) ? state : null;
};

const beforeText = 'As it was; null for what is made.';
const afterText = 'As it would be, or has become; null for what is deleted.';
const recordText = 'The record as it is now; null for what is not made yet, or is gone.';

builder.objectRef<PlacedOperation>('GoalOperation').implement({
  description: 'A change of a goal.',
  interfaces: [PlanOperation],
  fields: (t) => ({
    before: t.field({ type: GoalState, nullable: true, description: beforeText, resolve: ({ before }) => stateOf('GOAL', before) }),
    after: t.field({ type: GoalState, nullable: true, description: afterText, resolve: ({ after }) => stateOf('GOAL', after) }),
    goal: t.field({
      type: Goal,
      nullable: true,
      description: recordText,
      resolve: ({ recordId }, _arguments, { loaders }) => (recordId === null ? null : loaders.goal.load(recordId)),
    }),
  }),
});

builder.objectRef<PlacedOperation>('PlanItemOperation').implement({
  description: 'A change of an item.',
  interfaces: [PlanOperation],
  fields: (t) => ({
    before: t.field({ type: PlanItemState, nullable: true, description: beforeText, resolve: ({ before }) => stateOf('ITEM', before) }),
    after: t.field({ type: PlanItemState, nullable: true, description: afterText, resolve: ({ after }) => stateOf('ITEM', after) }),
    planItem: t.field({
      type: PlanItem,
      nullable: true,
      description: recordText,
      resolve: ({ recordId }, _arguments, { loaders }) => (recordId === null ? null : loaders.planItem.load(recordId)),
    }),
  }),
});

builder.objectRef<PlacedOperation>('WeeklyPlanOperation').implement({
  description: 'A change of what the plan of a week says.',
  interfaces: [PlanOperation],
  fields: (t) => ({
    before: t.field({ type: WeeklyPlanState, nullable: true, description: beforeText, resolve: ({ before }) => stateOf('WEEK', before) }),
    after: t.field({ type: WeeklyPlanState, nullable: true, description: afterText, resolve: ({ after }) => stateOf('WEEK', after) }),
    weeklyPlan: t.field({
      type: WeeklyPlan,
      nullable: true,
      description: recordText,
      resolve: ({ recordId }, _arguments, { loaders }) => (recordId === null ? null : loaders.weeklyPlan.load(recordId)),
    }),
  }),
});

builder.objectRef<PlacedOperation>('DailyPlanOperation').implement({
  description: 'A change of what the plan of a day says.',
  interfaces: [PlanOperation],
  fields: (t) => ({
    before: t.field({ type: DailyPlanState, nullable: true, description: beforeText, resolve: ({ before }) => stateOf('DAY', before) }),
    after: t.field({ type: DailyPlanState, nullable: true, description: afterText, resolve: ({ after }) => stateOf('DAY', after) }),
    dailyPlan: t.field({
      type: DailyPlan,
      nullable: true,
      description: recordText,
      resolve: ({ recordId }, _arguments, { loaders }) => (recordId === null ? null : loaders.dailyPlan.load(recordId)),
    }),
  }),
});

/** Changes that an assistant proposes. */
export const PlanProposal = builder.objectRef<ProposalRow>('PlanProposal');

builder.node(PlanProposal, {
  description: 'Changes of your goals, plans and items that an assistant proposes. Nobody but you sees and decides on it.',
  id: { resolve: (proposal) => proposal.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.planProposal.load(id),
  fields: (t) => ({
    summary: t.string({ description: 'What it does, in one sentence.', resolve: (proposal) => proposal.summary ?? '' }),
    status: t.field({ type: PlanProposalStatus, description: 'What has become of it.', resolve: (proposal) => proposal.status }),
    operations: t.field({
      type: [PlanOperation],
      description: 'The changes, in order.',
      resolve: (proposal) => proposal.operations.map((operation, index) => ({ ...operation, index })),
    }),
    version: t.exposeInt('version', { description: 'Goes up by one with every decision.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    decidedAt: t.expose('decidedAt', { type: 'DateTime', nullable: true, description: 'When it was last decided on; null while it waits.' }),
  }),
});

/** A proposal in a message, over a part of kind PLAN_PROPOSAL. */
export const PlanProposalPart = builder.objectRef<PartRow>('PlanProposalPart');

builder.node(PlanProposalPart, {
  description: 'Changes of somebody’s plans that an assistant proposes.',
  id: { resolve: (part) => part.id, description: 'The global id.' },
  loadOne: (id, context) => loadPart(id, 'PLAN_PROPOSAL', context),
  fields: (t) => ({
    summary: t.string({ description: 'What the proposal does, in one sentence.', resolve: (part) => proposalPartData.parse(part.data).summary }),
    proposal: t.field({
      type: PlanProposal,
      nullable: true,
      description: 'The proposal as it is now; null for everybody but the person whose plans it would change.',
      resolve: (part, _arguments, { loaders }) => loaders.planProposal.load(proposalPartData.parse(part.data).proposalId),
    }),
  }),
});
