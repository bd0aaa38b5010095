import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

// The folders of the house and what each may import. A type costs nothing at run time, so some floors may take types only.
interface Floor {
  readonly values: readonly string[];
  readonly types: readonly string[];
}

const outsideThings = ['engines', 'stores', 'duckdb', 'events', 'auth', 'plots', 'limits', 'live', 'sentiment', 'telemetry', 'documents', 'embeddings', 'mcp'];

const floors: Readonly<Record<string, Floor>> = {
  base: { values: [], types: [] },
  ...Object.fromEntries(outsideThings.map((folder) => [folder, { values: ['base', ...(folder === 'stores' ? ['generated'] : [])], types: ['generated'] }])),
  services: { values: ['base', 'generated', ...outsideThings], types: [] },
  schema: { values: ['base', 'services'], types: ['auth', 'duckdb', 'events', 'generated'] },
  server: { values: ['base', 'auth', 'services', 'schema'], types: [] },
  roof: { values: ['base', 'generated', ...outsideThings, 'services', 'schema', 'server'], types: [] },
};

/** Packages that belong to one floor alone. */
const ownedPackages: readonly { readonly pattern: RegExp; readonly folders: readonly string[] }[] = [
  { pattern: /^(graphql|@pothos\/.*)$/, folders: ['schema', 'server'] },
  { pattern: /^(graphql-yoga|graphql-ws.*|ws|@graphql-yoga\/.*)$/, folders: ['server'] },
  { pattern: /^(openai|@anthropic-ai\/sdk)(\/.*)?$/, folders: ['engines'] },
  { pattern: /^livekit-server-sdk$/, folders: ['live'] },
  { pattern: /^@modelcontextprotocol\//, folders: ['mcp'] },
  { pattern: /^@duckdb\//, folders: ['duckdb'] },
  { pattern: /^@energetic-ai\//, folders: ['embeddings'] },
  { pattern: /^(unpdf|mammoth|htmlparser2|csv-parse)(\/.*)?$/, folders: ['documents'] },
  { pattern: /^(vega|vega-lite)(\/.*)?$/, folders: ['plots'] },
  { pattern: /^@node-rs\/bcrypt$/, folders: ['auth'] },
  { pattern: /^jose$/, folders: ['auth', 'sentiment'] },
  { pattern: /^(rate-limiter-flexible|ioredis)$/, folders: ['limits'] },
  { pattern: /^(prom-client|@opentelemetry\/.*)$/, folders: ['telemetry'] },
  { pattern: /^(rrule-temporal|ical\.js|temporal-polyfill|fractional-indexing)$/, folders: ['services'] },
];

const importPattern = /^(?:import|export)\s+(type\s)?[^'"]*?from\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/gm;

interface Import {
  readonly file: string;
  readonly target: string;
  readonly isType: boolean;
}

function folderOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  if (top === 'prisma') return 'generated';
  return second.endsWith('.ts') ? 'roof' : second;
}

const files = globSync('src/**/*.ts').map((file) => file.replaceAll('\\', '/'));

const imports: readonly Import[] = files.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(importPattern)].map((match) => {
    const specifier = match[2] ?? match[3] ?? match[4] ?? '';
    const target = specifier.startsWith('.') ? normalize(join(dirname(file), specifier)).replaceAll('\\', '/') : specifier;
    return { file, target, isType: match[1] !== undefined };
  }),
);

const inner = imports.filter(({ target }) => target.startsWith('src/') || target.startsWith('prisma/'));

describe('the floors', () => {
  it('import only what stands below them', () => {
    const wrong = inner.filter(({ file, target, isType }) => {
      const from = folderOf(file);
      const to = folderOf(target);
      const floor = floors[from];
      if (floor === undefined) return true;
      return from !== to && !floor.values.includes(to) && !(isType && floor.types.includes(to));
    });
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it('keep each outside package on its own floor', () => {
    const wrong = imports.filter(({ file, target }) => ownedPackages.some(({ pattern, folders }) => pattern.test(target) && !folders.includes(folderOf(file))));
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it('have no ring of files', () => {
    const edges = Map.groupBy(
      inner.filter(({ isType }) => !isType),
      ({ file }) => file,
    );
    const finished = new Set<string>();
    const rings: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) rings.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      else if (!finished.has(file)) {
        for (const { target } of edges.get(file) ?? []) visit(target, [...path, file]);
        finished.add(file);
      }
    };
    for (const file of files) visit(file, []);
    expect(rings).toEqual([]);
  });

  it('have no file over 400 lines', () => {
    const all = [...files, ...globSync('tests/**/*.ts'), ...globSync('bench/{*,*/*}.ts')];
    expect(all.filter((file) => readFileSync(file, 'utf8').split('\n').length > 400)).toEqual([]);
  });

  it('read the environment in one file', () => {
    expect(files.filter((file) => /process\.env\b/.test(readFileSync(file, 'utf8')))).toEqual(['src/base/config.ts']);
  });
});
