import { templateCursors, type TemplateOrder as TemplateOrderRow } from '../services/prompt-template/template-list.ts';
import type { TemplateVariable } from '../services/prompt-template/render.ts';
import type { TemplateRow, TemplateVersionRow } from '../services/prompt-template/template-row.ts';
import { sortedPlace } from '../services/sorted-list.ts';
import { builder } from './builder.ts';
import { paginate, paginateBy } from './pagination.ts';
import { SortDirection } from './planning-enums.ts';
import { sharingFields, sharingFilterOf, Visibility, visibilityOf } from './sharing.ts';
import { User } from './user.ts';
import { Workspace, workspaceOf } from './workspace.ts';

/** A text with variables. */
export const PromptTemplate = builder.objectRef<TemplateRow>('PromptTemplate');

const PromptTemplateEdge = builder.edgeObject({ type: PromptTemplate, name: 'PromptTemplateEdge', description: 'A prompt template in a page.' });

const PromptTemplateConnection = builder.connectionObject(
  { type: PromptTemplate, name: 'PromptTemplateConnection', description: 'A page of prompt templates.' },
  PromptTemplateEdge,
);

/** What a value may be. */
export const TemplateVariableType = builder.enumType('TemplateVariableType', {
  description: 'What the value of a variable may be.',
  values: {
    TEXT: { description: 'Any text of at most 20,000 characters.' },
    NUMBER: { description: 'A number.' },
    CHOICE: { description: 'One of its choices.' },
  } as const,
});

const TemplateVariableObject = builder.objectRef<TemplateVariable>('TemplateVariable').implement({
  description: 'A variable of a prompt template: `{{name}}` in its text.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Letters, digits and `_`.' }),
    type: t.field({ type: TemplateVariableType, description: 'What its value may be.', resolve: (variable) => variable.type }),
    description: t.exposeString('description', { nullable: true, description: 'What is to be filled in, for people.' }),
    isRequired: t.boolean({ description: 'Whether a value must be given: it has no default.', resolve: (variable) => variable.defaultValue === null }),
    defaultValue: t.exposeString('defaultValue', { nullable: true, description: 'What stands for it when no value is given; null for none.' }),
    choices: t.stringList({ description: 'Of a CHOICE, in their order; empty for the others.', resolve: ({ choices }) => [...choices] }),
  }),
});

const PromptTemplateVersion = builder.objectRef<TemplateVersionRow>('PromptTemplateVersion').implement({
  description: 'A prompt template as it was after a change of its text or its variables. `restorePromptTemplate` makes it the newest again.',
  fields: (t) => ({
    version: t.exposeInt('version', { description: 'Its number, from 1.' }),
    text: t.exposeString('text', { description: 'The text, with `{{name}}` for each variable.' }),
    variables: t.field({
      type: [TemplateVariableObject],
      description: 'The variables, in the order in which they come in the text.',
      resolve: (version, _arguments, context) => [...context.services.promptTemplates.variablesOf(version)],
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

const VersionEdge = builder.edgeObject({ type: PromptTemplateVersion, name: 'PromptTemplateVersionEdge', description: 'A version in a page.' });

const VersionConnection = builder.connectionObject(
  { type: PromptTemplateVersion, name: 'PromptTemplateVersionConnection', description: 'A page of versions.' },
  VersionEdge,
);

builder.node(PromptTemplate, {
  description:
    'A text with variables, for messages (`SendMessageInput.template`) and for the system prompts of personas. `{{name}}` stands for a variable, `\\{{` for two braces; there are no conditions and no loops, and a value is never read as a template. Visible are yours, and those that are shared with a workspace of yours.',
  id: { resolve: (template) => template.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.promptTemplate.load(id),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What it is called.' }),
    description: t.exposeString('description', { nullable: true, description: 'More about it.' }),
    visibility: t.field({ type: Visibility, description: 'Who may use it.', resolve: visibilityOf }),
    workspace: t.field({
      type: Workspace,
      nullable: true,
      description: 'The workspace that it is shared with; null where it is with none, and for whoever is not in it.',
      resolve: workspaceOf,
    }),
    isMine: t.boolean({ description: 'Whether it is yours.', resolve: ({ ownerId }, _arguments, { viewer }) => ownerId === viewer?.userId }),
    owner: t.field({
      type: User,
      nullable: true,
      description: 'Whose it is.',
      resolve: ({ ownerId }, _arguments, { loaders }) => loaders.user.load(ownerId),
    }),
    version: t.exposeInt('version', { description: 'The number of its newest version, from 1.' }),
    text: t.exposeString('text', { description: 'Its text, with `{{name}}` for each variable.' }),
    variables: t.field({
      type: [TemplateVariableObject],
      description: 'Its variables, in the order in which they come in the text.',
      resolve: (template, _arguments, context) => [...context.services.promptTemplates.variablesOf(template)],
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
    versions: t.connection(
      {
        type: PromptTemplateVersion,
        description: 'Its versions, newest first. The oldest ones go when there are more than MAX_PROMPT_TEMPLATE_VERSIONS.',
        resolve: (template, args, { loaders }) =>
          paginate(
            args,
            (page) => loaders.versionsOfTemplate.load({ id: template.id, page }),
            ({ createdAt: at, id }) => ({ at, id }),
          ),
      },
      VersionConnection,
    ),
  }),
});

const PromptTemplateFilter = builder.inputType('PromptTemplateFilter', {
  description: 'Which prompt templates to list.',
  fields: (t) => ({ text: t.string({ description: 'What their name, description or text contains, in capitals or not.' }), ...sharingFields(t) }),
});

const PromptTemplateOrderField = builder.enumType('PromptTemplateOrderField', {
  description: 'What prompt templates can be ordered by.',
  values: {
    CREATED_AT: { description: 'When they were made.' },
    UPDATED_AT: { description: 'When they were last changed.' },
    NAME: { description: 'What they are called, in capitals or not.' },
  } as const,
});

const PromptTemplateOrder = builder.inputType('PromptTemplateOrder', {
  description: 'An order of prompt templates.',
  fields: (t) => ({
    field: t.field({ type: PromptTemplateOrderField, required: true, description: 'What they are ordered by.' }),
    direction: t.field({ type: SortDirection, required: true, defaultValue: 'ASC', description: 'Which come first.' }),
  }),
});

/** A template that is to be filled in. */
export const FilledTemplateInput = builder.inputType('FilledTemplateInput', {
  description: 'A prompt template with values for its variables.',
  fields: (t) => ({
    id: t.globalID({ for: PromptTemplate, required: true, description: 'The template.' }),
    variables: t.field({ type: 'JSON', description: 'The values by the names of the variables, for example `{ "topic": "verbs", "count": 3 }`.' }),
    version: t.int({ description: 'A version of it; the newest when absent.' }),
  }),
});

/** What an input names, as the services take it. */
export function filledTemplateOf({ id, ...input }: typeof FilledTemplateInput.$inferInput) {
  return { ...input, id: id.id };
}

const newestFirst: TemplateOrderRow = { field: 'CREATED_AT', direction: 'DESC' };

builder.queryFields((t) => ({
  promptTemplates: t.connection(
    {
      type: PromptTemplate,
      description: 'Your prompt templates, and those that are shared with a workspace of yours.',
      args: {
        filter: t.arg({ type: PromptTemplateFilter, description: 'Which ones; all when absent.' }),
        orderBy: t.arg({ type: PromptTemplateOrder, description: 'In which order; newest first when absent.' }),
      },
      resolve: (_root, { filter, orderBy, ...args }, { services, viewer }) => {
        const order = orderBy ?? newestFirst;
        return paginateBy(
          templateCursors(order),
          args,
          (page) => services.promptTemplates.list(viewer, sharingFilterOf(filter ?? {}), order, page),
          sortedPlace,
        );
      },
    },
    PromptTemplateConnection,
  ),
  promptTemplate: t.field({
    type: PromptTemplate,
    nullable: true,
    description: 'One prompt template.',
    args: { id: t.arg.globalID({ for: PromptTemplate, required: true, description: 'The id of the prompt template.' }) },
    resolve: (_root, { id }, context) => context.services.promptTemplates.get(context.viewer, id.id),
  }),
  renderPromptTemplate: t.string({
    description:
      'The text of a prompt template with values for its variables. `BAD_USER_INPUT` with an issue for each variable that is missing, unknown or not acceptable.',
    args: {
      id: t.arg.globalID({ for: PromptTemplate, required: true, description: 'The prompt template.' }),
      variables: t.arg({ type: 'JSON', description: 'The values by the names of the variables, for example `{ "topic": "verbs", "count": 3 }`.' }),
      version: t.arg.int({ description: 'A version of it; the newest when absent.' }),
    },
    resolve: (_root, { id, variables, version }, { services, viewer }) => services.promptTemplates.render(viewer, { id: id.id, variables, version }),
  }),
}));
