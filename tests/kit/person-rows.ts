import type { Pool } from 'pg';
import { uuidv7 } from '../../src/base/id.ts';
import type { PrismaSchema, SchemaField, SchemaModel } from './prisma-schema.ts';

/** The ids of the rows of somebody, by model. Of a model whose key is no id of its own there is none. */
export type RowIds = ReadonlyMap<string, string>;

/** Whose rows are made. */
export interface RowOwner {
  readonly userId: string;
  /** Stands in every text of theirs, so that it is seen wherever something of it is left. */
  readonly mark: string;
}

const moment = '2026-01-01T00:00:00.000Z';

/** Of what a constraint allows only one of several: these stay empty, another is filled. */
const others: ReadonlySet<string> = new Set([
  'Conversation.goalId',
  'Conversation.weeklyPlanId',
  'Conversation.dailyPlanId',
  'PlanItem.weeklyPlanId',
  'Invitation.tokenHash',
  'Invitation.workspaceId',
  'ProviderKey.workspaceId',
]);

/** The model that a field holds the id of: by its relation, or by its name where there is none. */
function targetOf(schema: PrismaSchema, model: SchemaModel, field: SchemaField): string | null {
  const relation = model.fields.find((other) => other.holds.includes(field.name));
  if (relation !== undefined) return relation.type;
  const named = schema.models.find(({ name }) => `${name.charAt(0).toLowerCase()}${name.slice(1)}Id` === field.name);
  return named?.name ?? null;
}

/** The models, each after those that it needs. */
function inOrder(schema: PrismaSchema, left: readonly SchemaModel[]): readonly SchemaModel[] {
  const sorted: SchemaModel[] = [];
  const done = new Set(schema.models.filter((model) => !left.includes(model)).map(({ name }) => name));
  const needs = (model: SchemaModel): readonly string[] =>
    model.fields.flatMap((field) => {
      const target = field.isUuid ? targetOf(schema, model, field) : null;
      return target === null || target === model.name || done.has(target) ? [] : [target];
    });
  for (let rest = [...left]; rest.length > 0;) {
    const ready = rest.filter((model) => needs(model).length === 0);
    if (ready.length === 0) throw new Error(`these models need one another: ${rest.map(({ name }) => name).join(', ')}`);
    for (const model of ready) done.add(model.name);
    sorted.push(...ready);
    rest = rest.filter((model) => !ready.includes(model));
  }
  return sorted;
}

function valueOf(schema: PrismaSchema, model: SchemaModel, field: SchemaField, owner: RowOwner, ids: RowIds): unknown {
  const { type, isUuid, isList } = field;
  if (others.has(`${model.name}.${field.name}`)) return null;
  if (isUuid) {
    const target = targetOf(schema, model, field);
    // The first of a tree has no parent.
    if (target === model.name) return null;
    const id = target === null ? uuidv7() : (ids.get(target) ?? null);
    return isList ? [id] : id;
  }
  const text = `${owner.mark} ${model.name}.${field.name}`;
  if (isList) return [type === 'DateTime' ? moment : text];
  if (type === 'String') return field.isUnique || /hash|key|subject/i.test(field.name) ? `${text} ${uuidv7()}` : text;
  // A list: triggers look into the columns of files.
  if (type === 'Json') return JSON.stringify([{ note: text, name: text }]);
  if (type === 'DateTime') return moment;
  if (type === 'Boolean') return false;
  if (type === 'Unsupported') return '';
  return schema.enums.get(type) ?? 1;
}

/**
 * Makes one row of every model that belongs to a person, by the Prisma schema alone: every field is filled, every relation leads to a row of
 * the same person.
 *
 * @param given rows that are there already; of a model in it none is made
 * @param models which ones; all that are not given by default
 * @returns the ids of all of them
 */
export async function fillRows(
  pool: Pool,
  schema: PrismaSchema,
  owner: RowOwner,
  given: RowIds,
  models: readonly SchemaModel[] = schema.models,
): Promise<RowIds> {
  const ids = new Map(given);
  for (const model of inOrder(
    schema,
    models.filter(({ name }) => !given.has(name) && name !== 'User'),
  )) {
    const stored = model.fields.filter((field) => field.holds.length === 0 && !schema.models.some(({ name }) => name === field.type));
    const values = stored.map((field) => {
      if (field.name !== 'id' || !field.isUuid) return valueOf(schema, model, field, owner, new Map(ids).set('User', owner.userId));
      const id = uuidv7();
      ids.set(model.name, id);
      return id;
    });
    const places = stored.map((field, index) => `$${index + 1}${field.nativeType === null ? '' : `::text::${field.nativeType}`}`);
    const columns = stored.map(({ column }) => `"${column}"`).join(', ');
    // A row whose key is no id of its own may have been written by a trigger already.
    await pool.query(`INSERT INTO ${model.table} (${columns}) VALUES (${places.join(', ')}) ON CONFLICT DO NOTHING`, values);
  }
  return ids;
}
