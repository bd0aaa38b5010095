import { brandWithType } from '@pothos/core';
import { encodeGlobalID } from '@pothos/plugin-relay';
import { changeCursorOf, type Change as ChangeRow, type ChangedThing, type ChangeSet as ChangeSetRow } from '../services/change/changes.ts';
import { builder } from './builder.ts';
import type { Loaders } from './loaders.ts';
import { Conversation } from './conversation.ts';
import { DerivedTable } from './derived-table.ts';
import { File } from './file.ts';
import { Goal } from './goal.ts';
import { Invitation } from './invitation.ts';
import { KnowledgeBase } from './knowledge-base.ts';
import { Persona } from './persona.ts';
import { DailyPlan, WeeklyPlan } from './plan.ts';
import { PlanItem } from './plan-item.ts';
import { PlanProposal } from './plan-proposal.ts';
import { PlannerSettings } from './planner.ts';
import { PromptTemplate } from './prompt-template.ts';
import { Recurrence } from './recurrence.ts';
import { Session } from './session.ts';
import { User } from './user.ts';
import { Workspace } from './workspace.ts';

/** How each is read for whoever follows: null when it is gone, or not theirs to see. Not as `node` does it, which keeps what it has read as long as the stream lives. */
const things = {
  Conversation: { type: Conversation, load: (loaders: Loaders, id: string) => loaders.conversation.load(id) },
  DailyPlan: { type: DailyPlan, load: (loaders: Loaders, id: string) => loaders.dailyPlan.load(id) },
  DerivedTable: { type: DerivedTable, load: (loaders: Loaders, id: string) => loaders.derivedTable.load(id) },
  File: { type: File, load: (loaders: Loaders, id: string) => loaders.file.load(id) },
  Goal: { type: Goal, load: (loaders: Loaders, id: string) => loaders.goal.load(id) },
  Invitation: { type: Invitation, load: (loaders: Loaders, id: string) => loaders.invitation.load(id) },
  KnowledgeBase: { type: KnowledgeBase, load: (loaders: Loaders, id: string) => loaders.knowledgeBase.load(id) },
  Persona: { type: Persona, load: (loaders: Loaders, id: string) => loaders.persona.load(id) },
  PlanItem: { type: PlanItem, load: (loaders: Loaders, id: string) => loaders.planItem.load(id) },
  PlanProposal: { type: PlanProposal, load: (loaders: Loaders, id: string) => loaders.planProposal.load(id) },
  PlannerSettings: { type: PlannerSettings, load: (loaders: Loaders, id: string) => loaders.plannerSettings.load(id) },
  PromptTemplate: { type: PromptTemplate, load: (loaders: Loaders, id: string) => loaders.promptTemplate.load(id) },
  Recurrence: { type: Recurrence, load: (loaders: Loaders, id: string) => loaders.recurrence.load(id) },
  Session: { type: Session, load: (loaders: Loaders, id: string) => loaders.session.load(id) },
  User: { type: User, load: (loaders: Loaders, id: string) => loaders.user.load(id) },
  WeeklyPlan: { type: WeeklyPlan, load: (loaders: Loaders, id: string) => loaders.weeklyPlan.load(id) },
  Workspace: { type: Workspace, load: (loaders: Loaders, id: string) => loaders.workspace.load(id) },
} satisfies Record<ChangedThing, unknown>;

const Change = builder.objectRef<ChangeRow>('Change').implement({
  description: 'A thing that was made, changed or deleted, or that came into or out of your sight.',
  fields: (t) => ({
    id: t.id({ description: 'Its global id.', resolve: ({ thing, id }) => encodeGlobalID(thing, id) }),
    node: t.field({
      type: builder.nodeInterfaceRef(),
      nullable: true,
      description: 'The thing as it is now; null when it is deleted, or when you may not see it any more: take it out of your lists.',
      resolve: async ({ thing, id }, _arguments, { loaders }) => {
        const { type, load } = things[thing];
        const row = await load(loaders, id);
        if (row !== null) brandWithType(row, type);
        return row;
      },
    }),
  }),
});

const ChangeSet = builder.objectRef<ChangeSetRow>('ChangeSet').implement({
  description: 'What has changed since the set before.',
  fields: (t) => ({
    cursor: t.string({ description: 'Give it as `after` to go on behind this set. Good for 30 days.', resolve: changeCursorOf }),
    isReset: t.exposeBoolean('isReset', {
      description: 'Whether more may have changed than is told, because `after` is older than what is kept: fetch anew what you show.',
    }),
    changes: t.field({
      type: [Change],
      description: 'At most 100 things, each once; of what changed more often, only how it is now.',
      resolve: (set) => set.changes,
    }),
  }),
});

builder.subscriptionField('changes', (t) =>
  t.field({
    type: ChangeSet,
    description:
      'Follows everything of yours on all of your devices: conversations and how much in them is unread, invitations, workspaces and what is shared in them, goals, plans, items, sessions with their tables, personas, templates, knowledge and your profile. ' +
      'The first set comes at once: what changed since `after`, or nothing. Subscribe, then fetch what you show, and nothing falls between. A thing may be told of again, and is never left out. After a cut, subscribe again with the last `cursor`.',
    args: { after: t.arg.string({ description: 'The `cursor` of the last set that you have; null for what changes from now on.' }) },
    subscribe: (_root, { after }, context) => context.services.changes.follow(context.viewer, after ?? null),
    resolve: (set) => set,
  }),
);
