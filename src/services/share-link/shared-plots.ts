import type { JsonObject } from '../../base/json.ts';
import type { Drawings, Wish } from '../plot/drawings.ts';
import type { PlotData } from '../plot/plot-data.ts';

/** A plot of a shared conversation. Its key is unique among all of them. */
export interface SharedPlot {
  readonly key: string;
  readonly plot: PlotData;
}

/** Draws the plots of shared conversations, for whoever has the link. All such people together have as many waiting as one person. */
export interface SharedPlots {
  /** The specification for clients. */
  spec(plot: SharedPlot, wish: Omit<Wish, 'scale'>): Promise<JsonObject>;
  /** @returns SVG as text */
  svg(plot: SharedPlot, wish: Omit<Wish, 'scale'>): Promise<string>;
}

/** Makes the service. */
export function createSharedPlots({ drawings }: { readonly drawings: Pick<Drawings, 'spec' | 'svg'> }): SharedPlots {
  const everybody = 'everybody who has a link';
  return {
    spec: ({ key, plot }, wish) => drawings.spec(everybody, { id: key, data: plot }, wish),
    svg: ({ key, plot }, wish) => drawings.svg(everybody, { id: key, data: plot }, wish),
  };
}
