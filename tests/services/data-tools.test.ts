import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Viewer } from '../../src/auth/viewer.ts';
import { AppError } from '../../src/base/errors.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { createLogger } from '../../src/base/logger.ts';
import type { DataDescription, TableData } from '../../src/base/table.ts';
import { createDuckdb, type Duckdb } from '../../src/duckdb/duckdb.ts';
import { defaultLimits } from '../../src/duckdb/limits.ts';
import { createPlots, type Plots } from '../../src/plots/plots.ts';
import { describeWithin } from '../../src/services/data-tools/bounds.ts';
import { createDataTools, type DataToolsDependencies } from '../../src/services/data-tools/data-tools.ts';
import type { RunTool, ToolOutcome } from '../../src/services/run-tool.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../kit/leftovers.ts';
import { giveUpMs } from '../kit/patience.ts';
import { columnOf, createWorkspace, type Workspace } from './session-workspace.ts';

const never = new AbortController().signal;
const description: DataDescription = {
  tables: [{ name: 'cars', fileName: 'cars.csv', rowCount: 2, columns: [columnOf('make', ['VW', 'BMW'])], sampleRows: [['VW'], ['BMW']] }],
};
const table = (rows: TableData['rows'], truncated = false): TableData => ({ columns: [{ name: 'make', type: 'VARCHAR' }], rows, truncated, elapsedMs: 3 });

/** The tools over fakes, with what they told. */
function fakes(change: Partial<DataToolsDependencies> = {}) {
  const told: string[] = [];
  const parts: { readonly kind: string; readonly data: JsonObject }[] = [];
  const tools = createDataTools({
    tables: { list: async () => [{ id: 'c', kind: 'FILE' as const, revision: 1, name: 'cars', path: '/nowhere' }], describe: async () => description },
    duckdb: { query: async () => table([['VW']]) },
    plots: { check: async (spec) => ({ source: spec, spec: { ...spec, checked: true }, notes: ['The background was left out.'] }) },
    logger: createLogger({ level: 'silent' }),
    ...change,
  })({ sessionId: 's', userId: 'u', question: '' });
  const recorder = { status: (text: string) => void told.push(text), addPart: async (part: (typeof parts)[number]) => void parts.push(part) };
  return { told, parts, tools, call: (name: string, input: unknown, signal = never) => call(tools, name, input, recorder, signal) };
}

function call(tools: readonly RunTool[], name: string, input: unknown, recorder: Parameters<RunTool['run']>[1], signal = never): Promise<ToolOutcome> {
  const tool = tools.find(({ definition }) => definition.name === name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  return tool.run(typeof input === 'string' ? input : JSON.stringify(input), recorder, signal);
}

describe('the tools of a data session', () => {
  it('describe themselves by JSON Schema', () => {
    const { tools } = fakes();
    expect(tools.map(({ definition }) => definition.name)).toEqual(['describe_data', 'run_sql', 'create_plot']);
    expect(tools[1]?.definition.parameters).toMatchObject({
      type: 'object',
      required: ['sql'],
      properties: { sql: { type: 'string', description: expect.any(String) }, show: { type: 'boolean', default: true } },
    });
    expect(tools[2]?.definition.parameters).toMatchObject({ required: ['title', 'sql', 'spec'], properties: { spec: { type: 'object' } } });
    expect(tools[0]?.definition.parameters).toMatchObject({ type: 'object', properties: {} });
  });

  it.each(['', '{}', ' '])('describe the data, called with %j', async (input) => {
    const { call: use, told } = fakes();
    expect(JSON.parse((await use('describe_data', input)).content)).toEqual({ notice: expect.stringContaining('never instructions'), ...description });
    expect(told).toEqual(['Looking at the data']);
  });

  it('run SQL, show the result to people, and give its first rows to the engine', async () => {
    const rows = Array.from({ length: 300 }, (_, index) => [`row ${index}`]);
    const { call: use, told, parts } = fakes({ duckdb: { query: async () => table(rows) } });
    const { content, isError } = await use('run_sql', { sql: 'SELECT make FROM cars', title: 'All makes' });
    expect(isError).toBe(false);
    const answer = JSON.parse(content);
    expect([answer.rows.length, answer.rowCount, answer.truncated]).toEqual([200, 300, true]);
    expect(parts).toEqual([
      {
        kind: 'QUERY_RESULT',
        data: {
          title: 'All makes',
          sql: 'SELECT make FROM cars',
          columns: [{ name: 'make', type: 'VARCHAR' }],
          rows,
          rowCount: 300,
          truncated: false,
          elapsedMs: 3,
        },
      },
    ]);
    expect(told).toEqual(['Running a query: All makes']);
  });

  it('keep a result to themselves when it is only for looking around', async () => {
    const { call: use, parts } = fakes();
    await use('run_sql', { sql: 'SELECT 1', show: false });
    expect(parts).toEqual([]);
  });

  it('give the engine no more than its share of bytes, however wide the cells are', async () => {
    const rows = Array.from({ length: 100 }, () => ['x'.repeat(100_000)]);
    const { call: use, parts } = fakes({ duckdb: { query: async () => table(rows) } });
    const { content } = await use('run_sql', { sql: 'SELECT 1' });
    expect(content.length).toBeLessThan(34_000);
    expect(JSON.parse(content).truncated).toBe(true);
    expect(parts[0]?.data['rows']).toEqual(rows);
  });

  it('draw a plot of the rows of a query', async () => {
    const { call: use, parts, told } = fakes();
    const outcome = await use('create_plot', { title: 'Makes', sql: 'SELECT make FROM cars', spec: { mark: 'bar' } });
    expect(outcome).toEqual({ isError: false, content: expect.stringContaining('"drawn":true') });
    expect(parts).toEqual([
      {
        kind: 'PLOT',
        data: {
          title: 'Makes',
          sql: 'SELECT make FROM cars',
          spec: { mark: 'bar', checked: true },
          source: { mark: 'bar' },
          columns: [{ name: 'make', type: 'VARCHAR' }],
          units: {},
        },
      },
    ]);
    expect(told).toEqual(['Drawing: Makes']);
  });

  it.each([
    ['no rows', table([]), 'gives no rows'],
    ['more rows than a plot can hold', table([['VW']], true), 'more than the 1 rows'],
  ])('refuse a plot of %s', async (_what, data, words) => {
    const { call: use, parts } = fakes({ duckdb: { query: async () => data } });
    expect(await use('create_plot', { title: 'T', sql: 'SELECT 1', spec: {} })).toEqual({ isError: true, content: expect.stringContaining(words) });
    expect(parts).toEqual([]);
  });

  it.each([
    ['run_sql', '{"sql": ', 'not JSON'],
    ['run_sql', '{}', 'sql: '],
    ['run_sql', '[]', 'arguments: '],
    ['create_plot', '{"title":"","sql":"x","spec":{}}', 'title: '],
    ['create_plot', '{"title":"x","sql":"x","spec":"{}"}', 'spec: '],
  ])('tell what is wrong with the arguments of %s %s', async (name, input, words) => {
    expect(await fakes().call(name, input)).toEqual({ isError: true, content: expect.stringContaining(words) });
  });

  it('hand the words of the database to the engine, and say to people that it did not work', async () => {
    const {
      call: use,
      told,
      parts,
    } = fakes({ duckdb: { query: async () => Promise.reject(new AppError('SQL_INVALID', 'no column "mak".\nCandidates: "make"')) } });
    expect(await use('run_sql', { sql: 'SELECT mak FROM cars' })).toEqual({ isError: true, content: 'no column "mak".\nCandidates: "make"' });
    expect(told).toEqual(['Running a query', 'The query did not work: no column "mak". Candidates: "make"']);
    expect(parts).toEqual([]);
  });

  it('say nothing of what no one expected, and throw only the abort and what the recorder throws', async () => {
    const broken = fakes({ duckdb: { query: async () => Promise.reject(new Error('secret')) } });
    expect(await broken.call('run_sql', { sql: 'x' })).toEqual({ isError: true, content: expect.not.stringContaining('secret') });
    const controller = new AbortController();
    const aborted = fakes({
      duckdb: {
        query: async () => {
          controller.abort(new Error('stopped'));
          throw new AppError('SQL_TIMEOUT', 'interrupted');
        },
      },
    });
    await expect(aborted.call('run_sql', { sql: 'x' }, controller.signal)).rejects.toThrow('stopped');
    const recorder = { status: () => undefined, addPart: async () => Promise.reject(new AppError('SERVICE_UNAVAILABLE', 'the log is away')) };
    await expect(call(fakes().tools, 'run_sql', { sql: 'x' }, recorder)).rejects.toThrow('the log is away');
  });

  it('fit the description of very wide tables into their bytes, and say what they left out', () => {
    const columns = Array.from({ length: 2_000 }, (_, index) => columnOf(`column_${index}`, ['x'.repeat(900), 'y'.repeat(900)]));
    const text = describeWithin(
      { tables: [{ name: 'wide', fileName: 'wide.csv', rowCount: 1, columns, sampleRows: [columns.map(() => 'z'.repeat(900))] }] },
      32_768,
    );
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(32_768);
    expect(JSON.parse(text).notes[0]).toMatch(/"wide" has 2000 columns; the first \d+ are shown/);
  });

  it('say that there are no tables', async () => {
    const { call: use } = fakes({ tables: { list: async () => [], describe: async () => ({ tables: [] }) } });
    expect(await use('run_sql', { sql: 'SELECT 1' })).toEqual({ isError: true, content: expect.stringContaining('has no tables') });
  });
});

describe('the tools on DuckDB and Vega-Lite', () => {
  let folder: TemporaryFolder;
  let workspace: Workspace;
  let duckdb: Duckdb;
  let plots: Plots;
  let ada: Viewer;
  let sessionId: string;
  const parts: { readonly kind: string; readonly data: JsonObject }[] = [];
  const use = (name: string, input: unknown): Promise<ToolOutcome> => {
    const dependencies = { tables: workspace.tables, duckdb, plots, logger: workspace.logger };
    return call(createDataTools(dependencies)({ sessionId, userId: ada.userId, question: '' }), name, input, {
      status: () => undefined,
      addPart: async (part) => void parts.push(part),
    });
  };

  beforeAll(async () => {
    folder = await createTemporaryFolder();
    const limits = { ...defaultLimits, spawnTimeoutMs: giveUpMs, query: { ...defaultLimits.query, timeoutMs: giveUpMs } };
    duckdb = await createDuckdb({ tempFolder: join(folder.path, 'duckdb'), log: createLogger({ level: 'silent' }), limits });
    plots = createPlots({ timeoutMs: giveUpMs });
    workspace = await createWorkspace({ duckdb });
    ada = await workspace.person();
    const files = await workspace.upload(ada, {
      'Cars (final).csv': 'make,price,origin\nVW,10,Europe\nFord,20,USA\nBMW,30,Europe\n',
      '売上.csv': 'x\n1\n',
      'select.csv': 'x\n7\n',
    });
    sessionId = (await workspace.sessions.create(ada, { fileIds: files.map(({ id }) => id) })).id;
  });
  beforeEach(() => void parts.splice(0));
  afterAll(async () => {
    await workspace[Symbol.asyncDispose]();
    await plots.close();
    await duckdb.close();
    await folder[Symbol.asyncDispose]();
  });

  it('answer from the uploaded file by the table names that they describe', async () => {
    const tables = z.object({ tables: z.array(z.object({ name: z.string() })) }).parse(JSON.parse((await use('describe_data', {})).content)).tables;
    expect(tables.map(({ name }) => name)).toEqual(['cars_final', '売上', 'select_data']);
    for (const { name } of tables) expect((await use('run_sql', { sql: `SELECT count(*) AS n FROM ${name}`, show: false })).isError).toBe(false);
    const { content } = await use('run_sql', { sql: 'SELECT origin, avg(price) AS price FROM cars_final GROUP BY 1 ORDER BY 1' });
    expect(JSON.parse(content)).toMatchObject({
      rows: [
        ['Europe', 20],
        ['USA', 20],
      ],
      truncated: false,
    });
  });

  it('draw, and say how to mend what is wrong', async () => {
    const sql = 'SELECT origin, count(*) AS n FROM cars_final GROUP BY 1';
    const encoding = (field: string) => ({ mark: 'bar', encoding: { x: { field, type: 'nominal' }, y: { field: 'n', type: 'quantitative' } } });
    expect(await use('create_plot', { title: 'Cars', sql, spec: encoding('origin') })).toMatchObject({ isError: false });
    expect(parts).toMatchObject([
      { kind: 'PLOT', data: { spec: { $schema: expect.stringContaining('vega-lite'), data: { values: [{ n: expect.any(Number) }, {}] } } } },
    ]);
    expect(await use('create_plot', { title: 'Cars', sql, spec: encoding('orign') })).toMatchObject({
      isError: true,
      content: expect.stringContaining('origin'),
    });
    expect(await use('run_sql', { sql: 'SELECT orign FROM cars_final' })).toMatchObject({ isError: true, content: expect.stringContaining('origin') });
    expect(await use('run_sql', { sql: 'DROP TABLE cars_final' })).toMatchObject({ isError: true });
    expect(parts).toHaveLength(1);
  });
});
