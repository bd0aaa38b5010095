import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { createRequire } from 'node:module';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { messageOf } from '../../../src/base/errors.ts';
import type { Json, JsonObject } from '../../../src/base/json.ts';
import type { TableProfile } from '../../../src/base/table.ts';
import { createBuiltinEngine } from '../../../src/engines/builtin/builtin.ts';
import type { EngineMessage, EngineRequest, ToolCall } from '../../../src/engines/engine.ts';
import { describedNumbers } from '../../../src/services/evidence/described-numbers.ts';
import { writtenNumbers } from '../../../src/services/evidence/written-numbers.ts';
import type { StoredResult } from '../../../src/services/evidence/support.ts';
import type { Plots } from '../../../src/plots/plots.ts';
import { profileTable } from './profile.ts';
import { cellText, runSql } from './sql-rows.ts';

/** What the person saw, in order. */
export type Shown =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'table'; readonly title: string; readonly sql: string; readonly columns: readonly string[]; readonly rows: readonly (readonly Json[])[] }
  | { readonly type: 'plot'; readonly title: string; readonly spec: JsonObject }
  | { readonly type: 'error'; readonly message: string; readonly call: string };

/** What came of one turn. */
export interface Outcome {
  readonly shown: readonly Shown[];
  /** All text joined. */
  readonly text: string;
  /** How many times the engine was called. */
  readonly steps: number;
  readonly mode: string | undefined;
  readonly confidence: number | undefined;
  /** Every number in every result that the engine saw. */
  readonly numbersSeen: readonly number[];
  /** What the engine was given, as it is stored, the last first. */
  readonly stored: readonly StoredResult[];
}

/** A data session without the product around it. */
export interface Workbench extends AsyncDisposable {
  readonly connection: DuckDBConnection;
  /** Values of one SQL text, for facts computed independently. */
  rows(sql: string): Promise<readonly (readonly Json[])[]>;
  analyse(): Promise<Outcome>;
  ask(question: string): Promise<Outcome>;
  /** Says one thing after the other in one conversation. */
  converse(questions: readonly string[]): Promise<readonly Outcome[]>;
}

const datasets = join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '..', 'data');

const tools = ['describe_data', 'run_sql', 'create_plot'].map((name) => ({ name, description: '', parameters: {} }));

/**
 * Opens tables for the built-in engine.
 *
 * @param sources by table name: a file of `vega-datasets` (JSON goes through CSV, as a person would upload it), or a SELECT
 * @param plots checks the plots
 */
export async function openWorkbench(sources: Readonly<Record<string, string>>, plots: Pick<Plots, 'check'>): Promise<Workbench> {
  const folder = await mkdtemp(join(tmpdir(), 'workbench-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const names = Object.keys(sources);
  // The tables of a workbench do not change, and a profile takes longer than most questions.
  const profiles = new Map<string, Promise<TableProfile>>();
  for (const [name, source] of Object.entries(sources)) {
    const target = `"${name.replaceAll('"', '""')}"`;
    const file = join(folder, 'table.csv');
    if (/^select /i.test(source)) await connection.run(`CREATE TABLE ${target} AS ${source}`);
    else if (source.endsWith('.csv')) await connection.run(`CREATE TABLE ${target} AS SELECT * FROM read_csv('${join(datasets, source)}')`);
    else {
      await writeFile(file, toCsv(JSON.parse(await readFile(join(datasets, source), 'utf8'))));
      await connection.run(`CREATE TABLE ${target} AS SELECT * FROM read_csv('${file}', sample_size = -1)`);
    }
  }
  const run = (task: EngineRequest['task'], question: string): Promise<Outcome> => runTurn(connection, names, profiles, plots, task, question);
  return {
    connection,
    rows: async (sql) => (await runSql(connection, sql)).rows,
    analyse: () => run('AUTO_ANALYZE', 'Please analyse this data.'),
    ask: (question) => run('CHAT', question),
    converse: async (questions) => {
      const history: EngineMessage[] = [];
      const outcomes: Outcome[] = [];
      for (const question of questions) outcomes.push(await runTurn(connection, names, profiles, plots, 'CHAT', question, history));
      return outcomes;
    },
    async [Symbol.asyncDispose]() {
      connection.closeSync();
      instance.closeSync();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The questions among some that are answered with little confidence, or by a query or plot that fails. */
export async function poorlyAnswered(bench: Workbench, questions: readonly string[]): Promise<readonly string[]> {
  const poorly: string[] = [];
  for (const question of questions) {
    const { confidence = 0, shown } = await bench.ask(question);
    if (confidence < 0.9 || shown.some((one) => one.type === 'error')) poorly.push(question);
  }
  return poorly;
}

/** What the product would keep of a call, as evidence knows it. */
function storedResult(call: ToolCall, content: string): readonly StoredResult[] {
  const answer = JSON.parse(content);
  if (call.name === 'describe_data') return [{ partId: null, kind: 'DESCRIPTION', columns: [], rows: [describedNumbers(answer)], rowCount: null }];
  if (call.name !== 'run_sql') return [];
  const isShown = JSON.parse(call.arguments).show !== false;
  const columns: readonly { readonly name: string }[] = answer.columns;
  return [
    { partId: null, kind: isShown ? 'QUERY_RESULT' : 'EXPLORATION', columns: columns.map(({ name }) => name), rows: answer.rows, rowCount: answer.rowCount },
  ];
}

function remembered(profiles: Map<string, Promise<TableProfile>>, name: string, profile: Promise<TableProfile>): Promise<TableProfile> {
  profiles.set(name, profile);
  return profile;
}

/** What a spreadsheet would write. */
function toCsv(rows: readonly JsonObject[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cell = (value: Json | undefined): string => (value == null ? '' : `"${cellText(value).replaceAll('"', '""')}"`);
  return [names.map(cell), ...rows.map((row) => names.map((name) => cell(row[name])))].map((cells) => cells.join(',')).join('\n');
}

/** The agent loop in small: streams, runs the tools, feeds back, until the engine finishes. */
async function runTurn(
  connection: DuckDBConnection,
  names: readonly string[],
  profiles: Map<string, Promise<TableProfile>>,
  plots: Pick<Plots, 'check'>,
  task: EngineRequest['task'],
  question: string,
  messages: EngineMessage[] = [],
): Promise<Outcome> {
  const engine = createBuiltinEngine();
  messages.push({ role: 'user', text: question });
  const shown: Shown[] = [];
  const numbersSeen: number[] = [];
  const said = messages.flatMap((message) => (message.role === 'user' ? writtenNumbers(message.text).map(({ value }) => value) : []));
  const stored: StoredResult[] = [{ partId: null, kind: 'QUESTION', columns: [], rows: [said], rowCount: null }];
  let whole = '';
  for (let steps = 1; steps <= 40; steps += 1) {
    const request: EngineRequest = { model: 'analyst', task, system: null, messages, tools, temperature: null, topP: null, topK: null, maxTokens: null };
    const calls: ToolCall[] = [];
    let text = '';
    for await (const part of engine.stream(request, AbortSignal.timeout(60_000))) {
      if (part.type === 'text') text += part.text;
      if (part.type === 'toolCall') calls.push(part.call);
      if (part.type === 'error') throw new Error(part.failure.message);
      if (part.type === 'finish' && part.reason !== 'TOOL_CALLS') {
        whole += text;
        if (text !== '') shown.push({ type: 'text', text });
        messages.push({ role: 'assistant', text, toolCalls: [] });
        return { shown, text: whole, steps, mode: part.mode, confidence: part.confidence, numbersSeen, stored: stored.toReversed() };
      }
    }
    whole += text;
    if (text !== '') shown.push({ type: 'text', text });
    messages.push({ role: 'assistant', text, toolCalls: calls });
    for (const call of calls) {
      const answer = await runTool(connection, names, profiles, plots, call, shown, numbersSeen);
      messages.push(answer);
      if (answer.role === 'tool' && !answer.isError) stored.push(...storedResult(call, answer.content));
    }
  }
  throw new Error('The engine did not finish within 40 steps.');
}

async function runTool(
  connection: DuckDBConnection,
  names: readonly string[],
  profiles: Map<string, Promise<TableProfile>>,
  plots: Pick<Plots, 'check'>,
  call: ToolCall,
  shown: Shown[],
  numbersSeen: number[],
): Promise<EngineMessage> {
  const answer = (content: string, isError = false): EngineMessage => ({ role: 'tool', toolCallId: call.id, name: call.name, content, isError });
  const given: { readonly sql?: string; readonly title?: string; readonly show?: boolean; readonly spec?: JsonObject } = JSON.parse(call.arguments);
  try {
    if (call.name === 'describe_data') {
      const tables = [];
      for (const name of names) tables.push(await (profiles.get(name) ?? remembered(profiles, name, profileTable(connection, name))));
      collectNumbers(
        tables.map((table) => [table.rowCount, table.columns.length, ...table.columns.flatMap((column) => [column.nullCount, column.distinctCount])]),
        numbersSeen,
      );
      return answer(JSON.stringify({ tables }));
    }
    const { columns, rows } = await runSql(connection, given.sql ?? '');
    if (call.name === 'create_plot') {
      const { spec } = await plots.check(given.spec ?? {}, { columns, rows, truncated: false, elapsedMs: 0 }, {});
      shown.push({ type: 'plot', title: given.title ?? '', spec });
      return answer('{"ok":true}');
    }
    if (given.show !== false)
      shown.push({ type: 'table', title: given.title ?? '', sql: given.sql ?? '', columns: columns.map((column) => column.name), rows });
    collectNumbers(rows, numbersSeen);
    return answer(JSON.stringify({ columns, rows: rows.slice(0, 200), rowCount: rows.length, truncated: false }));
  } catch (error) {
    shown.push({ type: 'error', message: messageOf(error), call: call.arguments });
    return answer(messageOf(error), true);
  }
}

function collectNumbers(values: Json, into: number[]): void {
  if (Array.isArray(values)) for (const value of values) collectNumbers(value, into);
  else if (typeof values === 'number') into.push(values);
  else if (typeof values === 'string') into.push(...[...values.matchAll(/\d+(?:\.\d+)?/g)].map(([text]) => Number(text)));
}
