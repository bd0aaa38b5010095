import type { Pool } from 'pg';
import type { Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError, notFound } from '../../base/errors.ts';
import type { IdSource } from '../../base/id.ts';
import type { Page, SortedPlace } from '../../base/page.ts';
import type { PersonaConfig } from '../../base/persona-config.ts';
import { parseInput } from '../../base/validate.ts';
import type { Statements } from '../../stores/statements.ts';
import { keysetSql } from '../keyset.ts';
import type { Sorted } from '../sorted-list.ts';
import { disposableBy, isUsable } from '../workspace/sharing.ts';
import { changeSharing, requireShared, requireSharing } from '../workspace/shared-thing.ts';
import type { TemplateVariable } from './render.ts';
import { filledTemplate, loadFilled, type FilledTemplateInput } from './filled-template.ts';
import { parseNewTemplate, parseTemplateChanges, variablesOf, type TemplateInput } from './template-input.ts';
import { templateListStatement, type TemplateFilter, type TemplateOrder } from './template-list.ts';
import { newestTemplates, templateColumns, variablesOfRow, type TemplateRow, type TemplateVersionRow } from './template-row.ts';

/** Texts with variables, for messages and for the system prompts of personas. A template belongs to one person, who may share it with a workspace. */
export type PromptTemplates = ReturnType<typeof createPromptTemplates>;

/** What the service needs. */
export interface PromptTemplateDependencies {
  readonly prisma: PrismaClient;
  readonly pool: Pool;
  readonly statements: Statements;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly limits: Pick<PersonaConfig, 'maxTemplatesPerUser' | 'maxTemplateVersions'>;
}

/** Variables as JSON, which has no `readonly`. */
const asJson = (variables: readonly TemplateVariable[]): Prisma.InputJsonArray => variables.map((variable) => ({ ...variable }));

/** Creates the service. */
export function createPromptTemplates({ prisma, pool, statements, clock, newId, limits }: PromptTemplateDependencies) {
  const byIds = async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, TemplateRow>> => {
    const { userId } = requireViewer(viewer);
    const { rows } = await statements.query<TemplateRow>(
      `SELECT ${templateColumns} FROM ${newestTemplates} WHERE t.id = ANY($1::uuid[]) AND ${isUsable('t', '$2::uuid')}`,
      [ids, userId],
    );
    return new Map(rows.map((template) => [template.id, template]));
  };

  const get = async (viewer: Viewer | null, id: string): Promise<TemplateRow> => {
    const found = (await byIds(viewer, [id])).get(id);
    if (found === undefined) throw notFound('PromptTemplate');
    return found;
  };

  /** Writes the next version, with the template locked so that numbers come one after the other. The oldest ones go when there are too many. */
  const addVersion = async (
    transaction: Prisma.TransactionClient,
    id: string,
    { text, variables }: { readonly text: string; readonly variables: readonly TemplateVariable[] },
  ): Promise<void> => {
    const { version } = await transaction.promptTemplate.update({ where: { id }, data: { version: { increment: 1 } }, select: { version: true } });
    const data = { id: newId(), templateId: id, version, text, variables: asJson(variables), createdAt: clock.now() };
    await transaction.promptTemplateVersion.create({ data });
    await transaction.promptTemplateVersion.deleteMany({ where: { templateId: id, version: { lte: version - limits.maxTemplateVersions } } });
  };

  /**
   * Works on a template that is locked, and that the viewer may change.
   *
   * @param wanted.workspaceId whom it is shared with after it; undefined leaves it
   */
  const change = async (
    viewer: Viewer | null,
    wanted: { readonly id: string; readonly workspaceId?: string | null },
    work: (transaction: Prisma.TransactionClient, known: TemplateRow) => Promise<void>,
  ): Promise<TemplateRow> => {
    const { userId } = requireViewer(viewer);
    const { id, workspaceId } = wanted;
    const place = { kind: 'PromptTemplate', id, userId } as const;
    const before = await prisma.$transaction(async (transaction) => {
      await changeSharing(transaction, place, workspaceId);
      await transaction.$queryRaw`SELECT id FROM prompt_templates WHERE id = ${id}::uuid FOR UPDATE`;
      // Whoever takes back what others share may not change it any more after it.
      if (workspaceId === undefined) await requireShared(transaction, place);
      const known = await transaction.promptTemplate.findUnique({ where: { id } });
      const newest = known === null ? null : await transaction.promptTemplateVersion.findFirst({ where: { templateId: id, version: known.version } });
      if (known === null || newest === null) throw notFound('PromptTemplate');
      const template = { ...known, text: newest.text, variables: newest.variables };
      await work(transaction, template);
      return template;
    });
    return (await byIds(viewer, [id])).get(id) ?? before;
  };

  return {
    /** Those of some templates that the viewer may use. */
    byIds,

    /** One template. @throws AppError NOT_FOUND */
    get,

    /** The variables of a template or of a version of it. */
    variablesOf: variablesOfRow,

    /** The templates that the viewer may use, in an order. @throws AppError BAD_USER_INPUT */
    list: async (viewer: Viewer | null, filter: TemplateFilter, order: TemplateOrder, page: Page<SortedPlace>): Promise<readonly Sorted<TemplateRow>[]> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await pool.query<Sorted<TemplateRow>>(templateListStatement(userId, filter, order, page));
      return rows;
    },

    /** A page of the versions of each template, the newest first, in one statement. */
    versionsOf: async (viewer: Viewer | null, ids: readonly string[], page: Page): Promise<ReadonlyMap<string, readonly TemplateVersionRow[]>> => {
      const { userId } = requireViewer(viewer);
      const keyset = keysetSql(page, 'DESC', 'v.created_at', 'v.id', 3);
      const { rows } = await statements.query<TemplateVersionRow>(
        `SELECT found.* FROM unnest($1::uuid[]) WITH ORDINALITY AS o (id, place) JOIN prompt_templates t ON t.id = o.id AND ${isUsable('t', '$2::uuid')}
         CROSS JOIN LATERAL (
           SELECT v.id, v.template_id AS "templateId", v.version, v.text, v.variables, v.created_at AS "createdAt" FROM prompt_template_versions v
           WHERE v.template_id = t.id${keyset.where} ${keyset.limit}
         ) AS found ORDER BY o.place`,
        [ids, userId, ...keyset.values],
      );
      return Map.groupBy(rows, (version) => version.templateId);
    },

    /** Makes a template. @throws AppError BAD_USER_INPUT; NOT_FOUND, FORBIDDEN for a workspace that they may not share with; CONFLICT at the limit */
    create: async (viewer: Viewer | null, input: TemplateInput): Promise<TemplateRow> => {
      const { userId } = requireViewer(viewer);
      const { text, variables = [], ...values } = parseNewTemplate(input);
      const known = variablesOf(text, variables);
      const id = newId();
      const now = clock.now();
      await prisma.$transaction(async (transaction) => {
        await requireSharing(transaction, values.workspaceId, userId);
        // Two at once would both find the last place free.
        await transaction.$queryRaw`SELECT id FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
        if ((await transaction.promptTemplate.count({ where: { ownerId: userId } })) >= limits.maxTemplatesPerUser) {
          throw new AppError('CONFLICT', `You have ${limits.maxTemplatesPerUser} prompt templates, as many as are allowed; delete one that you do not need.`);
        }
        const versions = { create: { id: newId(), version: 1, text, variables: asJson(known), createdAt: now } };
        await transaction.promptTemplate.create({ data: { ...values, id, ownerId: userId, version: 1, createdAt: now, updatedAt: now, versions } });
      });
      return get(viewer, id);
    },

    /**
     * Changes a template: what is absent stays, null clears. A change of its text or its variables is a new version. Variables that are absent
     * stay as far as they stand in a new text.
     *
     * @throws AppError NOT_FOUND, FORBIDDEN, BAD_USER_INPUT
     */
    update: async (viewer: Viewer | null, { id, ...input }: TemplateInput & { readonly id: string }): Promise<TemplateRow> => {
      requireViewer(viewer);
      const { text, variables, workspaceId, ...values } = parseTemplateChanges(input);
      return change(viewer, { id, ...(workspaceId === undefined ? {} : { workspaceId }) }, async (transaction, known) => {
        const newText = text ?? known.text;
        const before = variablesOfRow(known);
        const kept = before.filter(({ name }) => newText.includes(name)).filter(({ name }) => variablesOf(newText, []).some((used) => used.name === name));
        const after = variablesOf(newText, variables ?? kept);
        await transaction.promptTemplate.update({ where: { id }, data: { ...values, updatedAt: clock.now() } });
        const isNew = newText !== known.text || JSON.stringify(after) !== JSON.stringify(before);
        if (isNew) await addVersion(transaction, id, { text: newText, variables: after });
      });
    },

    /** Makes an older version the newest again, as a new one. @throws AppError NOT_FOUND, FORBIDDEN */
    restore: (viewer: Viewer | null, id: string, version: number): Promise<TemplateRow> =>
      change(viewer, { id }, async (transaction, known) => {
        if (known.version === version) return;
        const older = await transaction.promptTemplateVersion.findFirst({ where: { templateId: id, version } });
        if (older === null) throw new AppError('NOT_FOUND', `This template has no version ${version}; its versions go up to ${known.version}.`);
        await addVersion(transaction, id, { text: older.text, variables: variablesOfRow(older) });
        await transaction.promptTemplate.update({ where: { id }, data: { updatedAt: clock.now() } });
      }),

    /** Deletes a template with its versions. Personas that had it as their prompt have none. @throws AppError NOT_FOUND, FORBIDDEN */
    delete: async (viewer: Viewer | null, id: string): Promise<string> => {
      const { userId } = requireViewer(viewer);
      await requireShared(prisma, { kind: 'PromptTemplate', id, userId }, 'TAKE_BACK');
      const { count } = await prisma.promptTemplate.deleteMany({ where: { id, ...disposableBy(userId) } });
      if (count === 0) throw notFound('PromptTemplate');
      return id;
    },

    /** The text of a template with values for its variables. @throws AppError NOT_FOUND; BAD_USER_INPUT that names each variable */
    render: async (viewer: Viewer | null, filled: FilledTemplateInput): Promise<string> => {
      const { userId } = requireViewer(viewer);
      return loadFilled(pool, userId, parseInput(filledTemplate, filled, []), ['variables']);
    },
  };
}
