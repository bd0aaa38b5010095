import { builder } from './builder.ts';
import { rowIdOf, rowIdsOf } from './input-ids.ts';
import { KnowledgeBase } from './knowledge-base.ts';
import { McpServer } from './mcp-server.ts';
import { PromptTemplate } from './prompt-template.ts';
import { Persona } from './persona.ts';
import { workspaceIdField } from './sharing.ts';

type InputFields = Parameters<Parameters<typeof builder.inputType<string, never>>[1]['fields']>[0];

/** The ids of rows that an input names. */
const idsOf = ({
  templateId,
  mcpServerIds,
  knowledgeBaseIds,
  workspaceId,
}: {
  readonly templateId?: Parameters<typeof rowIdOf>[0];
  readonly mcpServerIds?: Parameters<typeof rowIdsOf>[0];
  readonly knowledgeBaseIds?: Parameters<typeof rowIdsOf>[0];
  readonly workspaceId?: Parameters<typeof rowIdOf>[0];
}) => ({
  templateId: rowIdOf(templateId),
  mcpServerIds: rowIdsOf(mcpServerIds),
  knowledgeBaseIds: rowIdsOf(knowledgeBaseIds),
  workspaceId: rowIdOf(workspaceId),
});

const handleText = 'By which messages mention it: 1 to 32 letters, digits, `_` or `-`, in capitals or not; unique among your personas.';

/** What can be said of a persona besides its name and handle. */
function personaFields(t: InputFields) {
  return {
    description: t.string({ description: 'Who it is, for people; at most 1,000 characters.' }),
    emoji: t.string({ description: 'A character that stands for it, for example 🦉.' }),
    color: t.string({ description: 'Its colour, as `#rrggbb`.' }),
    systemPrompt: t.string({ description: 'How it is told to answer, at most 50,000 characters. Only those who may change the persona see it.' }),
    model: t.string({
      description: 'The model that speaks for it, as `provider:model` or a provider; see `models`. Without it the one that would answer without the persona.',
    }),
    fallbacks: t.stringList({ description: 'At most 3 models that answer, one after the other, when the one before fails before its first token.' }),
    temperature: t.float({ description: 'How freely it chooses words, 0 to 2.' }),
    templateId: t.globalID({
      for: PromptTemplate,
      description: 'A template that you and its owner may use, whose newest text is its system prompt, in place of `systemPrompt`, which must be null then.',
    }),
    templateVariables: t.field({ type: 'JSON', description: 'The values of the variables of that, by their names.' }),
    approvals: t.stringList({
      description: 'The names of tools that a person must approve of, call by call, at most 50: the run waits, see `respondToRun`. None when absent.',
    }),
    mayAsk: t.boolean({
      description:
        'Whether it may ask the person something in the middle of its answer, with the tool `ask_person`: the run waits, see `respondToRun`. False when absent.',
    }),
    mcpServerIds: t.globalIDList({
      for: McpServer,
      description:
        'Servers of yours whose tools it may use besides, in your runs alone; all of them, in place of those before. Only its owner gives them. None when absent in a new persona.',
    }),
    knowledgeBaseIds: t.globalIDList({
      for: KnowledgeBase,
      description:
        'Knowledge bases of yours that it draws on wherever it answers, at most 10; all of them, in place of those before. Only its owner gives them. None when absent in a new persona. By giving it a base you agree that whoever talks to it gets answers and cited passages out of that base, though they cannot open it.',
    }),
    tools: t.stringList({
      description:
        'The names of the tools that it may use, at most 50, for example `run_sql`; of these it gets the ones that a conversation has. An empty list gives it none, null or absent all.',
    }),
    workspaceId: workspaceIdField(t),
  };
}

builder.relayMutationField(
  'createPersona',
  {
    description: 'What the new persona is like.',
    inputFields: (t) => ({
      name: t.string({ required: true, description: 'What it is called, 1 to 80 characters.' }),
      handle: t.string({ required: true, description: handleText }),
      ...personaFields(t),
    }),
  },
  {
    description: 'Makes a persona. It is yours alone until you share it with a workspace or bring it into a conversation.',
    resolve: async (_root, { input: { templateId, mcpServerIds, knowledgeBaseIds, workspaceId, ...input } }, { services, viewer }) => ({
      persona: await services.personas.create(viewer, { ...input, ...idsOf({ templateId, mcpServerIds, knowledgeBaseIds, workspaceId }) }),
    }),
  },
  {
    description: 'The new persona.',
    outputFields: (t) => ({ persona: t.expose('persona', { type: Persona, description: 'The new persona.' }) }),
  },
);

builder.relayMutationField(
  'updatePersona',
  {
    description: 'What to change; what is absent stays as it is, null clears.',
    inputFields: (t) => ({
      id: t.globalID({ for: Persona, required: true, description: 'The persona.' }),
      name: t.string({ description: 'What it is called, 1 to 80 characters.' }),
      handle: t.string({ description: handleText }),
      ...personaFields(t),
    }),
  },
  {
    description:
      'Changes a persona of yours, or as an EDITOR one that is shared with a workspace. Answers that are being written are as they began; what it said keeps the name that it had.',
    resolve: async (_root, { input: { id, templateId, mcpServerIds, knowledgeBaseIds, workspaceId, ...input } }, { services, viewer }) => ({
      persona: await services.personas.update(viewer, { ...input, id: id.id, ...idsOf({ templateId, mcpServerIds, knowledgeBaseIds, workspaceId }) }),
    }),
  },
  {
    description: 'The changed persona.',
    outputFields: (t) => ({ persona: t.expose('persona', { type: Persona, description: 'The changed persona.' }) }),
  },
);

builder.relayMutationField(
  'deletePersona',
  {
    description: 'What to delete.',
    inputFields: (t) => ({ id: t.globalID({ for: Persona, required: true, description: 'The persona.' }) }),
  },
  {
    description:
      'Deletes a persona of yours, or as an OWNER one that is shared with a workspace. It leaves its conversations; what it said stays, see `Message.authorName`.',
    resolve: async (_root, { input }, { services, viewer }) => ({ id: await services.personas.delete(viewer, input.id.id) }),
  },
  {
    description: 'What was deleted.',
    outputFields: (t) => ({
      deletedPersonaId: t.globalID({ description: 'The id that was deleted.', resolve: ({ id }) => ({ id, type: Persona }) }),
    }),
  },
);
