import { goalCursors, type GoalOrder as GoalOrderRow } from '../services/goal/goal-list.ts';
import type { GoalRow } from '../services/goal/goal-row.ts';
import { sortedPlace } from '../services/sorted-list.ts';
import { builder } from './builder.ts';
import { paginate, paginateBy } from './pagination.ts';
import { GoalHorizon, GoalStatus, Priority, SortDirection } from './planning-enums.ts';

/** What somebody wants to reach. */
export const Goal = builder.objectRef<GoalRow>('Goal');

const GoalEdge = builder.edgeObject({ type: Goal, name: 'GoalEdge', description: 'A goal in a page.' });

const GoalConnection = builder.connectionObject({ type: Goal, name: 'GoalConnection', description: 'A page of goals.' }, GoalEdge);

builder.node(Goal, {
  description: 'What you want to reach. A goal may be a part of a larger one, and items bring it closer. Nobody but you sees it.',
  id: { resolve: (goal) => goal.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.goal.load(id),
  fields: (t) => ({
    title: t.exposeString('title', { description: 'What it is called.' }),
    description: t.exposeString('description', { nullable: true, description: 'More about it.' }),
    horizon: t.field({ type: GoalHorizon, description: 'How far away it is.', resolve: (goal) => goal.horizon }),
    status: t.field({ type: GoalStatus, description: 'What has become of it.', resolve: (goal) => goal.status }),
    priority: t.field({ type: Priority, description: 'How much it matters.', resolve: (goal) => goal.priority }),
    targetDate: t.field({ type: 'Date', nullable: true, description: 'The day by which it is to be reached.', resolve: (goal) => goal.targetDate }),
    completedAt: t.expose('completedAt', { type: 'DateTime', nullable: true, description: 'When its status became `COMPLETED`; null while it is another.' }),
    version: t.exposeInt('version', { description: 'Goes up by one with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
    parent: t.field({
      type: Goal,
      nullable: true,
      description: 'The larger goal that it is a part of.',
      resolve: (goal, _arguments, context) => (goal.parentId === null ? null : context.loaders.goal.load(goal.parentId)),
    }),
    children: t.connection(
      {
        type: Goal,
        description: 'The goals that are parts of it, oldest first.',
        resolve: (goal, args, { loaders }) =>
          paginate(
            args,
            (page) => loaders.childrenOfGoal.load({ id: goal.id, page }),
            ({ createdAt: at, id }) => ({ at, id }),
          ),
      },
      GoalConnection,
    ),
  }),
});

const GoalFilter = builder.inputType('GoalFilter', {
  description: 'Which goals to list. What is absent does not matter; what is given must all be so.',
  fields: (t) => ({
    status: t.field({ type: [GoalStatus], description: 'Any of these.' }),
    horizon: t.field({ type: [GoalHorizon], description: 'Any of these.' }),
    priority: t.field({ type: [Priority], description: 'Any of these.' }),
    parentId: t.globalID({ for: Goal, description: 'The goal that they are parts of.' }),
    isTopLevel: t.boolean({ description: 'Whether they are a part of no other goal.' }),
    text: t.string({ description: 'What their title or description contains, in capitals or not. For words in all their forms there is `search`.' }),
  }),
});

const GoalOrderField = builder.enumType('GoalOrderField', {
  description: 'What goals can be ordered by.',
  values: {
    CREATED_AT: { description: 'When they were made.' },
    TARGET_DATE: { description: 'The day by which they are to be reached; those without one come last.' },
    PRIORITY: { description: 'How much they matter.' },
    TITLE: { description: 'What they are called, in capitals or not.' },
  } as const,
});

const GoalOrder = builder.inputType('GoalOrder', {
  description: 'An order of goals.',
  fields: (t) => ({
    field: t.field({ type: GoalOrderField, required: true, description: 'What they are ordered by.' }),
    direction: t.field({ type: SortDirection, required: true, defaultValue: 'ASC', description: 'Which come first.' }),
  }),
});

const newestFirst: GoalOrderRow = { field: 'CREATED_AT', direction: 'DESC' };

builder.queryFields((t) => ({
  goals: t.connection(
    {
      type: Goal,
      description: 'Your goals.',
      args: {
        filter: t.arg({ type: GoalFilter, description: 'Which ones; all when absent.' }),
        orderBy: t.arg({ type: GoalOrder, description: 'In which order; newest first when absent.' }),
      },
      resolve: (_root, { filter, orderBy, ...args }, { services, viewer }) => {
        const order = orderBy ?? newestFirst;
        const wanted = { ...filter, parentId: filter?.parentId?.id };
        return paginateBy(goalCursors(order), args, (page) => services.goals.list(viewer, wanted, order, page), sortedPlace);
      },
    },
    GoalConnection,
  ),
  goal: t.field({
    type: Goal,
    nullable: true,
    description: 'One goal.',
    args: { id: t.arg.globalID({ for: Goal, required: true, description: 'The id of the goal.' }) },
    resolve: (_root, { id }, context) => context.services.goals.get(context.viewer, id.id),
  }),
}));
