import { estimateTokens } from '../context/estimate.ts';

/** A list that wants a part of the window. */
export interface Section {
  readonly heading: string;
  /** The most important first. */
  readonly lines: readonly string[];
  /** Where the engine finds what is left out. */
  readonly remedy: string;
}

/** What the note about what was left out may cost. */
const noteTokens = 30;

/** How many lines fit into a share. */
function fitting(costs: readonly number[], share: number): number {
  let left = share;
  const count = costs.findIndex((cost) => (left -= cost) < 0);
  return count === -1 ? costs.length : count;
}

/**
 * Lists within a budget, in fair shares: each gets an equal part, and what one does not need goes to the others. What does not fit is left
 * out from the end, and the text says how much that was and where to find it.
 *
 * @param budget in tokens
 */
export function fairShares(sections: readonly Section[], budget: number): string {
  const measured = sections.map((section) => {
    const costs = section.lines.map((line) => estimateTokens(`${line}\n`));
    return { section, costs, heading: estimateTokens(`${section.heading}\n`), total: costs.reduce((sum, cost) => sum + cost, 0) };
  });
  let left = budget - measured.reduce((sum, { heading }) => sum + heading + noteTokens, 0);
  const shares = new Map<Section, number>();
  const modest = measured.toSorted((one, other) => one.total - other.total);
  for (const [index, { section, total }] of modest.entries()) {
    const share = Math.min(total, Math.max(0, Math.floor(left / (modest.length - index))));
    shares.set(section, share);
    left -= share;
  }
  return measured
    .map(({ section, costs }) => {
      const { heading, lines, remedy } = section;
      const shown = fitting(costs, shares.get(section) ?? 0);
      const note = shown === lines.length ? [] : [`(${lines.length - shown} more are not shown here; ${remedy})`];
      return [heading, ...(lines.length === 0 ? ['(none)'] : lines.slice(0, shown)), ...note].join('\n');
    })
    .join('\n\n');
}
