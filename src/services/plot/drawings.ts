import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { AppError } from '../../base/errors.ts';
import type { JsonObject } from '../../base/json.ts';
import { parseInput } from '../../base/validate.ts';
import type { Plots } from '../../plots/plots.ts';
import type { PlotTheme } from '../../plots/theme.ts';
import { plotData, plotSource } from './plot-data.ts';

/** How somebody wants to see a plot. */
export interface Wish {
  readonly theme: PlotTheme;
  /** Pixels of the whole picture; null for the size that the plot has. */
  readonly width: number | null;
  /** Pixels of a PNG for each pixel of the width. */
  readonly scale: number;
}

/** A plot, or one of its versions, as it is stored. */
export interface StoredPlot {
  readonly id: string;
  readonly data: unknown;
}

/**
 * Plots as pictures, drawn in the process of plots and remembered for a while. The caller has made sure that the person with `userId` may see
 * the plot.
 */
export interface Drawings {
  /** The specification for clients. */
  spec(userId: string, plot: StoredPlot, wish: Omit<Wish, 'scale'>): Promise<JsonObject>;
  /** @returns SVG as text */
  svg(userId: string, plot: StoredPlot, wish: Omit<Wish, 'scale'>): Promise<string>;
  /** @returns PNG in base64 */
  png(userId: string, plot: StoredPlot, wish: Wish): Promise<string>;
}

/** What `createDrawings` stands on. */
export interface DrawingsDependencies {
  readonly plots: Pick<Plots, 'renderSpec' | 'renderSvg' | 'renderPng'>;
  /** How many characters of pictures are remembered; 32 million by default. */
  readonly maxRemembered?: number;
  /** How many drawings of one person may wait; 30 by default, since all share one process. */
  readonly maxWaitingPerUser?: number;
}

const wishSchema = z.object({
  theme: z.enum(['LIGHT', 'DARK']),
  width: z.number().int('must be a whole number of pixels').min(240, 'must be at least 240 pixels').max(2_000, 'must be at most 2000 pixels').nullable(),
  scale: z.number().min(0.5, 'must be at least 0.5').max(4, 'must be at most 4'),
});

/** Makes the room. */
export function createDrawings({ plots, maxRemembered = 32_000_000, maxWaitingPerUser = 30 }: DrawingsDependencies): Drawings {
  const remembered = new LRUCache<string, string>({ maxSize: maxRemembered, sizeCalculation: (text) => text.length + 1 });
  const underWay = new Map<string, Promise<string>>();
  const waiting = new Map<string, number>();

  async function counted(userId: string, draw: () => Promise<string>): Promise<string> {
    const count = waiting.get(userId) ?? 0;
    if (count >= maxWaitingPerUser)
      throw new AppError('RATE_LIMITED', `${count} plots of yours are being drawn already; ask for fewer at once.`, { retryAfterMs: 2_000 });
    waiting.set(userId, count + 1);
    try {
      return await draw();
    } finally {
      const left = (waiting.get(userId) ?? 1) - 1;
      if (left > 0) waiting.set(userId, left);
      else waiting.delete(userId);
    }
  }

  /** What is asked for twice at the same time is drawn once. */
  async function once(userId: string, key: string, draw: () => Promise<string>): Promise<string> {
    const found = remembered.get(key) ?? underWay.get(key);
    if (found !== undefined) return found;
    const drawing = counted(userId, draw);
    underWay.set(key, drawing);
    try {
      const drawn = await drawing;
      remembered.set(key, drawn);
      return drawn;
    } finally {
      underWay.delete(key);
    }
  }

  return {
    async spec(userId, plot, wish) {
      const { theme, width } = parseInput(wishSchema, { ...wish, scale: 1 }, []);
      const data = plotData.parse(plot.data);
      if (theme === 'LIGHT' && width === null) return data.spec;
      const text = await once(userId, keyOf('spec', plot.id, data.version, wish), async () =>
        JSON.stringify(await plots.renderSpec(plotSource(data), { theme, width })),
      );
      return z.record(z.string(), z.json()).parse(JSON.parse(text));
    },

    async svg(userId, plot, wish) {
      const { theme, width } = parseInput(wishSchema, { ...wish, scale: 1 }, []);
      const data = plotData.parse(plot.data);
      return once(userId, keyOf('svg', plot.id, data.version, wish), () => plots.renderSvg(plotSource(data), { theme, width }));
    },

    async png(userId, plot, wish) {
      const { theme, width, scale } = parseInput(wishSchema, wish, []);
      const data = plotData.parse(plot.data);
      return once(userId, keyOf('png', plot.id, data.version, wish), () => plots.renderPng(plotSource(data), { theme, width, scale }));
    },
  };
}

function keyOf(form: string, id: string, version: number | undefined, { theme, width, scale = 1 }: Partial<Wish>): string {
  return [form, id, version ?? 1, theme, width, scale].join(' ');
}
