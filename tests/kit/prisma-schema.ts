import { readFileSync } from 'node:fs';

/** A field of a model, as the Prisma schema writes it. */
export interface SchemaField {
  readonly name: string;
  readonly column: string;
  /** A scalar, an enum, a model, or `Unsupported`. */
  readonly type: string;
  /** What PostgreSQL calls an unsupported type. */
  readonly nativeType: string | null;
  readonly isUuid: boolean;
  readonly isList: boolean;
  readonly isOptional: boolean;
  readonly isUnique: boolean;
  /** The fields that hold the relation; empty for what is no relation, and for its other side. */
  readonly holds: readonly string[];
}

/** A model of the Prisma schema. */
export interface SchemaModel {
  readonly name: string;
  readonly table: string;
  readonly fields: readonly SchemaField[];
  /** Whether its comments say that something of it lies in the file store under its id. */
  readonly hasFiles: boolean;
}

/** What the Prisma schema says. */
export interface PrismaSchema {
  readonly models: readonly SchemaModel[];
  /** The first word of each enum. */
  readonly enums: ReadonlyMap<string, string>;
}

const namesIn = (text: string | undefined): readonly string[] => (text ?? '').split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));

function parseField(line: string): SchemaField | null {
  const [, name = '', type = '', native, list, optional, rest = ''] = /^(\w+)\s+(\w+)(?:\("([^"]+)"\))?(\[\])?(\?)?(.*)$/.exec(line.trim()) ?? [];
  if (name === '') return null;
  return {
    name,
    column: /@map\("([^"]+)"\)/.exec(rest)?.[1] ?? name,
    type,
    nativeType: native ?? null,
    isUuid: rest.includes('@db.Uuid'),
    isList: list !== undefined,
    isOptional: optional !== undefined,
    isUnique: /@(id|unique)\b/.test(rest),
    holds: namesIn(/@relation\([^)]*fields: \[([^\]]*)\]/.exec(rest)?.[1]),
  };
}

function parseModel(name: string, comment: string, body: string): SchemaModel {
  const lines = body.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('//'));
  const fields = lines.filter((line) => !line.trim().startsWith('@@')).flatMap((line) => parseField(line) ?? []);
  return { name, table: /@@map\("([^"]+)"\)/.exec(body)?.[1] ?? name, fields, hasFiles: /file store/.test(comment + body) };
}

/** The models of a Prisma schema; of ours by default. */
export function readPrismaSchema(text: string = readFileSync('prisma/schema.prisma', 'utf8')): PrismaSchema {
  const blocks = [...text.matchAll(/((?:^\/\/\/.*\n)*)^(model|enum) (\w+) \{\n([\s\S]*?)^\}/gm)];
  const of = (kind: string) => blocks.filter((block) => block[2] === kind);
  return {
    models: of('model').map(([, comment = '', , name = '', body = '']) => parseModel(name, comment, body)),
    enums: new Map(of('enum').map(([, , , name = '', body = '']) => [name, /^\s*(\w+)\s*$/m.exec(body)?.[1] ?? ''])),
  };
}
