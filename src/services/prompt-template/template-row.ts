import { storedVariables, type TemplateVariable } from './render.ts';

/** A prompt template with its newest version, or with an older one. */
export interface TemplateRow {
  readonly id: string;
  readonly ownerId: string;
  /** The workspace whose members may use it; null for its owner alone. */
  readonly workspaceId: string | null;
  readonly name: string;
  readonly description: string | null;
  /** The version that `text` and `variables` are of, from 1. */
  readonly version: number;
  readonly text: string;
  /** `variablesOfRow` makes variables of it. */
  readonly variables: unknown;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A version of a template. */
export interface TemplateVersionRow {
  readonly id: string;
  readonly templateId: string;
  readonly version: number;
  readonly text: string;
  readonly variables: unknown;
  readonly createdAt: Date;
}

/** The columns of `TemplateRow`, of `prompt_templates t` and `prompt_template_versions v`. */
export const templateColumns = `t.id, t.owner_id AS "ownerId", t.workspace_id AS "workspaceId", t.name, t.description, v.version, v.text, v.variables, t.created_at AS "createdAt", t.updated_at AS "updatedAt"`;

/** Templates with their newest versions. */
export const newestTemplates = 'prompt_templates t JOIN prompt_template_versions v ON v.template_id = t.id AND v.version = t.version';

/** The variables of a version. */
export function variablesOfRow({ variables }: { readonly variables: unknown }): readonly TemplateVariable[] {
  return storedVariables.parse(variables);
}
