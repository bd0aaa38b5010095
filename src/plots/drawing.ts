import { parse, View, type Loader } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

import { AppError, messageOf } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';

/** A drawn plot. */
export interface Drawing {
  readonly svg: string;
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
    const compiled = compile(checked, { logger: silentLogger() });
    view = new View(parse(compiled.spec), { renderer: 'none', loader: closedLoader, logger: silentLogger() });
    const svg = await view.toSVG();
    refuseOutwardMarkup(svg);
    return { svg, markCount: countMarks(rootOf(view.scenegraph())) };
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

type SilentLogger = ReturnType<typeof silentLogger>;

/** Warnings of the compilers are about style; nobody reads the console of a worker. */
function silentLogger(): {
  level(): number;
  warn(): SilentLogger;
  info(): SilentLogger;
  debug(): SilentLogger;
  error(...parts: readonly unknown[]): SilentLogger;
} {
  return {
    level: () => 0,
    warn: () => silentLogger(),
    info: () => silentLogger(),
    debug: () => silentLogger(),
    error: (...parts) => {
      throw new Error(parts.map(String).join(' '));
    },
  };
}

/** The JSON schema has vouched for the rest of the shape. */
function isTopLevelSpec(spec: unknown): spec is TopLevelSpec {
  return typeof spec === 'object' && spec !== null;
}
