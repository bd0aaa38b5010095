import { z } from 'zod';
import { personaCursors, type PersonaOrder as PersonaOrderRow } from '../services/persona/persona-list.ts';
import type { PersonaRow } from '../services/persona/persona-row.ts';
import { sortedPlace } from '../services/sorted-list.ts';
import { Author } from './author.ts';
import { builder } from './builder.ts';
import { McpServer } from './mcp-server.ts';
import { paginateBy } from './pagination.ts';
import { SortDirection } from './planning-enums.ts';
import { PromptTemplate } from './prompt-template.ts';
import { sharingFields, sharingFilterOf, Visibility, visibilityOf } from './sharing.ts';
import { User } from './user.ts';
import { Workspace, workspaceOf } from './workspace.ts';

/** A virtual user. */
export const Persona = builder.objectRef<PersonaRow>('Persona');

const PersonaEdge = builder.edgeObject({ type: Persona, name: 'PersonaEdge', description: 'A persona in a page.' });

const PersonaConnection = builder.connectionObject({ type: Persona, name: 'PersonaConnection', description: 'A page of personas.' }, PersonaEdge);

builder.node(Persona, {
  description:
    'A virtual user: an engine speaks in its name, with a system prompt, a model and tools of its own. It takes part in conversations (`addPersona`) and is mentioned by its handle. Visible are yours, those that are shared with a workspace of yours, and those that take part in a conversation of yours.',
  interfaces: [Author],
  id: { resolve: (persona) => persona.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.persona.load(id),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What it is called.' }),
    handle: t.exposeString('handle', { description: 'By which messages mention it, without the `@`: in lower case.' }),
    description: t.exposeString('description', { nullable: true, description: 'Who it is, for people.' }),
    emoji: t.exposeString('emoji', { nullable: true, description: 'A character that stands for it.' }),
    color: t.exposeString('color', { nullable: true, description: 'Its colour, as `#rrggbb`.' }),
    visibility: t.field({
      type: Visibility,
      description: 'Who may use it. Others see who it is where it takes part in a conversation of theirs.',
      resolve: visibilityOf,
    }),
    workspace: t.field({
      type: Workspace,
      nullable: true,
      description: 'The workspace that it is shared with; null where it is with none, and for whoever is not in it.',
      resolve: workspaceOf,
    }),
    isMine: t.boolean({ description: 'Whether it is yours.', resolve: (persona) => persona.isOwn }),
    owner: t.field({
      type: User,
      nullable: true,
      description: 'Whose it is.',
      resolve: (persona, _arguments, context) => context.loaders.user.load(persona.ownerId),
    }),
    systemPrompt: t.exposeString('systemPrompt', { nullable: true, description: 'How it is told to answer; null for those who may not change it.' }),
    model: t.exposeString('model', {
      nullable: true,
      description: 'The model that speaks for it, as `provider:model`; null for the one that would answer without it, and for those who may not change it.',
    }),
    fallbacks: t.stringList({
      nullable: true,
      description: 'Models that answer when that one fails before its first token; null for those who may not change it.',
      resolve: ({ fallbacks }) => (fallbacks === null ? null : [...fallbacks]),
    }),
    temperature: t.exposeFloat('temperature', { nullable: true, description: 'How freely it chooses words, 0 to 2; null for those who may not change it.' }),
    tools: t.stringList({
      nullable: true,
      description: 'The names of the tools that it may use; null for all that a conversation gives, and for those who may not change it.',
      resolve: (persona, _arguments, context) => {
        const tools = context.services.personas.toolsOf(persona);
        return tools === null ? null : [...tools];
      },
    }),
    mcpServers: t.field({
      type: [McpServer],
      nullable: true,
      description:
        'The servers whose tools it may use, in runs of its owner; null for everybody but its owner, and for an API key whose scopes do not name `Query.mcpServers`.',
      resolve: async ({ id, isOwn }, _arguments, { loaders, services, viewer }) => {
        if (!isOwn || !services.mcpServers.maySee(viewer)) return null;
        return [...((await loaders.mcpServersOf.load(id)) ?? [])];
      },
    }),
    approvals: t.stringList({
      nullable: true,
      description: 'The tools that a person must approve of, call by call; null for those who may not change it.',
      resolve: ({ approvals }) => (approvals === null ? null : [...approvals]),
    }),
    mayAsk: t.exposeBoolean('mayAsk', {
      nullable: true,
      description: 'Whether it may ask something in the middle of its answer, with the tool `ask_person`; null for those who may not change it.',
    }),
    template: t.field({
      type: PromptTemplate,
      nullable: true,
      description: 'The template whose text is its system prompt; null for none, for one that you may not use, and for those who may not change it.',
      resolve: ({ templateId }, _arguments, { loaders }) => (templateId === null ? null : loaders.promptTemplate.load(templateId)),
    }),
    templateVariables: t.field({
      type: 'JSON',
      nullable: true,
      description: 'The values of the variables of that, by their names; null for none, and for those who may not change it.',
      resolve: ({ templateVariables }) => z.json().parse(templateVariables),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
  }),
});

const PersonaFilter = builder.inputType('PersonaFilter', {
  description: 'Which personas to list. What is absent does not matter; what is given must all be so.',
  fields: (t) => ({
    text: t.string({ description: 'What their name, handle or description contains, in capitals or not.' }),
    handle: t.string({ description: 'Their handle, whole, with or without the `@`.' }),
    ...sharingFields(t),
  }),
});

const PersonaOrderField = builder.enumType('PersonaOrderField', {
  description: 'What personas can be ordered by.',
  values: {
    CREATED_AT: { description: 'When they were made.' },
    UPDATED_AT: { description: 'When they were last changed.' },
    NAME: { description: 'What they are called, in capitals or not.' },
  } as const,
});

const PersonaOrder = builder.inputType('PersonaOrder', {
  description: 'An order of personas.',
  fields: (t) => ({
    field: t.field({ type: PersonaOrderField, required: true, description: 'What they are ordered by.' }),
    direction: t.field({ type: SortDirection, required: true, defaultValue: 'ASC', description: 'Which come first.' }),
  }),
});

const newestFirst: PersonaOrderRow = { field: 'CREATED_AT', direction: 'DESC' };

builder.queryFields((t) => ({
  personas: t.connection(
    {
      type: Persona,
      description: 'Your personas, and those that are shared with a workspace of yours.',
      args: {
        filter: t.arg({ type: PersonaFilter, description: 'Which ones; all when absent.' }),
        orderBy: t.arg({ type: PersonaOrder, description: 'In which order; newest first when absent.' }),
      },
      resolve: (_root, { filter, orderBy, ...args }, { services, viewer }) => {
        const order = orderBy ?? newestFirst;
        return paginateBy(personaCursors(order), args, (page) => services.personas.list(viewer, sharingFilterOf(filter ?? {}), order, page), sortedPlace);
      },
    },
    PersonaConnection,
  ),
  persona: t.field({
    type: Persona,
    nullable: true,
    description: 'One persona.',
    args: { id: t.arg.globalID({ for: Persona, required: true, description: 'The id of the persona.' }) },
    resolve: (_root, { id }, context) => context.services.personas.get(context.viewer, id.id),
  }),
}));
