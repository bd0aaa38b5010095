import { parse, View, type Loader } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

import { AppError, messageOf } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';

/** A drawn plot. */
export interface Drawing {
  readonly svg: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** How many shapes carry data: bars, points, vertices of lines. */
  readonly markCount: number;
}

/** Loads nothing: a plot that asks for anything is refused before it gets here, and this is the second door. */
const closedLoader: Loader = {
  load: () => Promise.reject(new Error('Plots load nothing.')),
  sanitize: () => Promise.reject(new Error('Plots load nothing.')),
  http: () => Promise.reject(new Error('Plots load nothing.')),
  file: () => Promise.reject(new Error('Plots load nothing.')),
};

/**
 * Compiles a Vega-Lite specification and draws it without a screen.
 *
 * @param spec a specification with its data
 * @throws AppError PLOT_INVALID when it does not compile, does not draw, or draws something that reaches out
 */
export async function draw(spec: JsonObject): Promise<Drawing> {
  let view: View | null = null;
  try {
    const checked: unknown = spec;
    if (!isTopLevelSpec(checked)) throw new Error('a specification is an object');
    const failures: string[] = [];
    const logger = silentLogger(failures);
    const compiled = compile(checked, { logger });
    view = new View(parse(compiled.spec), { renderer: 'none', loader: closedLoader, logger });
    const svg = await view.toSVG();
    // A fitted view measures itself and runs once more, behind the picture.
    await view.runAsync();
    if (failures[0] !== undefined) throw new Error(failures[0]);
    refuseOutwardMarkup(svg);
    return { svg, ...sizeOf(svg), markCount: countMarks(rootOf(view.scenegraph())) };
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('PLOT_INVALID', `The plot cannot be drawn: ${messageOf(error)}. Check the types, scales and transforms of the specification.`, {
      cause: error,
    });
  } finally {
    view?.finalize();
  }
}

/** Data can name a colour, and a colour can be a URL; so the result is looked at too. Text is left alone: it is escaped. */
function refuseOutwardMarkup(svg: string): void {
  for (const [tag] of svg.matchAll(/<[^>]*>/g)) {
    const attributes = tag.replaceAll(/aria-[a-z]+="[^"]*"/g, '');
    if (/^<(image|script|foreignObject|a)\b/i.test(attributes) || /\s(xlink:)?href=/i.test(attributes) || /url\((?!#)/i.test(attributes)) {
      throw new AppError('PLOT_INVALID', 'The drawn plot links to or loads something. Use plain colours and text.');
    }
  }
}

/** The size as the first element says it. */
function sizeOf(svg: string): { readonly width: number; readonly height: number } {
  const [head = ''] = /<svg[^>]*>/.exec(svg) ?? [];
  const number = (name: string): number => Number(new RegExp(String.raw`\s${name}="([\d.]+)"`).exec(head)?.[1] ?? 0);
  return { width: number('width'), height: number('height') };
}

/** The declarations call it a scene, but it is the graph that holds one. */
function rootOf(graph: unknown): unknown {
  return typeof graph === 'object' && graph !== null && 'root' in graph ? graph.root : null;
}

/** Counts the items of data marks in a scene; axes, legends and titles have other roles. */
function countMarks(node: unknown): number {
  if (typeof node !== 'object' || node === null || !('items' in node) || !Array.isArray(node.items)) return 0;
  const items: readonly unknown[] = node.items;
  const isDataMark = 'role' in node && node.role === 'mark' && 'marktype' in node && node.marktype !== 'group';
  return isDataMark ? items.length : items.reduce<number>((sum, item) => sum + countMarks(item), 0);
}

/**
 * Warnings of the compilers are about style; nobody reads the console of a worker. An error is noted and not thrown, because Vega also meets
 * some where nobody would catch them.
 */
function silentLogger(failures: string[]): SilentLogger {
  const logger: SilentLogger = {
    level: () => 0,
    warn: () => logger,
    info: () => logger,
    debug: () => logger,
    error: (...parts) => {
      failures.push(parts.map(String).join(' '));
      return logger;
    },
  };
  return logger;
}

interface SilentLogger {
  level(): number;
  warn(): SilentLogger;
  info(): SilentLogger;
  debug(): SilentLogger;
  error(...parts: readonly unknown[]): SilentLogger;
}

/** The JSON schema has vouched for the rest of the shape. */
function isTopLevelSpec(spec: unknown): spec is TopLevelSpec {
  return typeof spec === 'object' && spec !== null;
}
