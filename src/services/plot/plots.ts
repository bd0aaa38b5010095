import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Drawings, StoredPlot, Wish } from './drawings.ts';
import { createPlotEdits, type PlotEdits, type PlotEditsDependencies } from './edits.ts';
import { createPlotVersions, type PlotVersions } from './plot-versions.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Plots } from '../../plots/plots.ts';
import type { Statements } from '../../stores/statements.ts';

/** The plots in messages: as pictures, their changes and their versions. */
export interface PlotService extends PlotEdits, PlotVersions {
  /** The specification for clients. The plot was loaded for this viewer. */
  spec(viewer: Viewer | null, plot: StoredPlot, wish: Omit<Wish, 'scale'>): Promise<JsonObject>;
  /** @returns SVG as text */
  svg(viewer: Viewer | null, plot: StoredPlot, wish: Omit<Wish, 'scale'>): Promise<string>;
  /** @returns PNG in base64 */
  png(viewer: Viewer | null, plot: StoredPlot, wish: Wish): Promise<string>;
}

/** What `createPlotService` stands on. */
export interface PlotServiceDependencies extends Omit<PlotEditsDependencies, 'plots'> {
  readonly plots: Plots;
  readonly drawings: Drawings;
  readonly statements: Statements;
}

/** Makes the service. */
export function createPlotService(dependencies: PlotServiceDependencies): PlotService {
  const { drawings, statements } = dependencies;
  return {
    ...createPlotEdits(dependencies),
    ...createPlotVersions({ statements }),
    spec: async (viewer, plot, wish) => drawings.spec(requireViewer(viewer).userId, plot, wish),
    svg: async (viewer, plot, wish) => drawings.svg(requireViewer(viewer).userId, plot, wish),
    png: async (viewer, plot, wish) => drawings.png(requireViewer(viewer).userId, plot, wish),
  };
}
