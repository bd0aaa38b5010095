import { builder } from './builder.ts';
import { rowIdOf } from './input-ids.ts';
import { filledTemplateOf, FilledTemplateInput, PromptTemplate, TemplateVariableType } from './prompt-template.ts';
import { Run } from './run.ts';
import { workspaceIdField } from './sharing.ts';

const TemplateVariableInput = builder.inputType('TemplateVariableInput', {
  description: 'A variable of a prompt template.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'As it stands between the braces: letters, digits and `_`, at most 40.' }),
    type: t.field({ type: TemplateVariableType, description: 'What its value may be; TEXT when absent.' }),
    description: t.string({ description: 'What is to be filled in, for people; at most 500 characters.' }),
    defaultValue: t.string({ description: 'What stands for it when no value is given, also the empty text. Without one a value must be given.' }),
    choices: t.stringList({ description: 'Of a CHOICE: at most 50, in the order in which they are shown.' }),
  }),
});

const textDescription = 'The text, at most 50,000 characters: `{{name}}` stands for a variable, `\\{{` for two braces.';

builder.relayMutationField(
  'createPromptTemplate',
  {
    description: 'What the new prompt template is like.',
    inputFields: (t) => ({
      name: t.string({ required: true, description: 'What it is called, 1 to 200 characters.' }),
      description: t.string({ description: 'More about it, at most 1,000 characters.' }),
      text: t.string({ required: true, description: textDescription }),
      variables: t.field({
        type: [TemplateVariableInput],
        description: 'Its variables, at most 50. One that stands in the text and is not among them is a TEXT that must be given.',
      }),
      workspaceId: workspaceIdField(t),
    }),
  },
  {
    description: 'Makes a prompt template.',
    resolve: async (_root, { input: { workspaceId, ...input } }, { services, viewer }) => ({
      promptTemplate: await services.promptTemplates.create(viewer, { ...input, workspaceId: rowIdOf(workspaceId) }),
    }),
  },
  {
    description: 'The new prompt template.',
    outputFields: (t) => ({ promptTemplate: t.expose('promptTemplate', { type: PromptTemplate, description: 'The new prompt template.' }) }),
  },
);

builder.relayMutationField(
  'updatePromptTemplate',
  {
    description: 'What to change; what is absent stays as it is, null clears.',
    inputFields: (t) => ({
      id: t.globalID({ for: PromptTemplate, required: true, description: 'The prompt template.' }),
      name: t.string({ description: 'What it is called, 1 to 200 characters.' }),
      description: t.string({ description: 'More about it, at most 1,000 characters.' }),
      text: t.string({ description: textDescription }),
      variables: t.field({
        type: [TemplateVariableInput],
        description: 'All its variables, which take the place of those before. When absent, those before stay as far as they stand in the text.',
      }),
      workspaceId: workspaceIdField(t),
    }),
  },
  {
    description:
      'Changes a prompt template of yours, or as an EDITOR one that is shared with a workspace. A change of its text or its variables is a new version; those before stay.',
    resolve: async (_root, { input: { id, workspaceId, ...input } }, { services, viewer }) => ({
      promptTemplate: await services.promptTemplates.update(viewer, { ...input, id: id.id, workspaceId: rowIdOf(workspaceId) }),
    }),
  },
  {
    description: 'The changed prompt template.',
    outputFields: (t) => ({ promptTemplate: t.expose('promptTemplate', { type: PromptTemplate, description: 'The changed prompt template.' }) }),
  },
);

builder.relayMutationField(
  'restorePromptTemplate',
  {
    description: 'Which version to go back to.',
    inputFields: (t) => ({
      id: t.globalID({ for: PromptTemplate, required: true, description: 'The prompt template.' }),
      version: t.int({ required: true, description: 'The number of the version.' }),
    }),
  },
  {
    description: 'Makes an older version the newest again, as a new one.',
    resolve: async (_root, { input: { id, version } }, { services, viewer }) => ({
      promptTemplate: await services.promptTemplates.restore(viewer, id.id, version),
    }),
  },
  {
    description: 'The changed prompt template.',
    outputFields: (t) => ({ promptTemplate: t.expose('promptTemplate', { type: PromptTemplate, description: 'The changed prompt template.' }) }),
  },
);

builder.relayMutationField(
  'deletePromptTemplate',
  {
    description: 'What to delete.',
    inputFields: (t) => ({ id: t.globalID({ for: PromptTemplate, required: true, description: 'The prompt template.' }) }),
  },
  {
    description:
      'Deletes a prompt template of yours, or as an OWNER one that is shared with a workspace, with its versions. Personas that had it as their system prompt have none.',
    resolve: async (_root, { input }, { services, viewer }) => ({ id: await services.promptTemplates.delete(viewer, input.id.id) }),
  },
  {
    description: 'What was deleted.',
    outputFields: (t) => ({
      deletedPromptTemplateId: t.globalID({ description: 'The id that was deleted.', resolve: ({ id }) => ({ id, type: PromptTemplate }) }),
    }),
  },
);

builder.relayMutationField(
  'tryPromptTemplate',
  {
    description: 'What to try out, and by which model.',
    inputFields: (t) => ({
      template: t.field({ type: FilledTemplateInput, required: true, description: 'The template with its values.' }),
      question: t.string({ description: 'A message: then the template is tried as the system prompt above it. When absent the template is the message.' }),
      model: t.string({ description: 'The model, as `provider:model` or a provider; the one that answers you when absent.' }),
      temperature: t.float({ description: 'How freely to choose words, 0 to 2.' }),
    }),
  },
  {
    description: 'Tries a prompt template out: a run in a new conversation that vanishes after an hour. Follow it with `runEvents`.',
    resolve: async (_root, { input: { template, ...input } }, { services, viewer }) => ({
      run: await services.runs.tryTemplate(viewer, { ...input, template: filledTemplateOf(template) }),
    }),
  },
  {
    description: 'The run, with its conversation and its messages.',
    outputFields: (t) => ({ run: t.expose('run', { type: Run, description: 'The run.' }) }),
  },
);
