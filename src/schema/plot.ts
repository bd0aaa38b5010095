import { z } from 'zod';
import type { Part as PartRow } from '../../prisma/generated/client.ts';
import type { PlotVersionFacts } from '../services/plot/plot-versions.ts';
import { plotData } from '../services/plot/plot-data.ts';
import { plotDetail } from '../services/plot/plot-downloads.ts';
import { builder } from './builder.ts';
import { loadExisting } from './batch.ts';
import { field, loadPart } from './part-data.ts';

/** A plot in a message, over a part of kind PLOT. */
export const PlotPart = builder.objectRef<PartRow>('PlotPart');

/** What a plot is drawn on. */
export const PlotTheme = builder.enumType('PlotTheme', {
  description: 'What a plot is drawn on.',
  values: { LIGHT: { description: 'White.' }, DARK: { description: 'Nearly black, with light text and brighter marks.' } } as const,
});

const PlotForm = builder.enumType('PlotForm', {
  description: 'In which form a plot is downloaded.',
  values: {
    PNG: { value: 'png', description: 'A picture in pixels.' },
    SVG: { value: 'svg', description: 'A picture in lines, which stays sharp in any size.' },
    SPEC: { value: 'spec', description: 'The Vega-Lite specification with its data, as JSON.' },
  } as const,
});

const PlotDownload = builder.simpleObject('PlotDownload', {
  description: 'A signed link to a picture of a plot.',
  fields: (t) => ({
    url: t.string({ description: 'A path on this server that works without signing in until it expires.' }),
    expiresAt: t.field({ type: 'DateTime', description: 'Until when it works.' }),
  }),
});

/** The argument by which all pictures get their width. */
export const widthText = 'The width of the whole picture in pixels, 240 to 2000, for example 360 for a phone; the size of the plot where it is absent.';

const PlotVersion = builder.objectRef<PlotVersionFacts>('PlotVersion').implement({
  description: 'A plot as it was made, or as it was after a change.',
  fields: (t) => ({
    version: t.exposeInt('version', { description: 'Its number, from 1, which is the plot as it was made.' }),
    isCurrent: t.boolean({ description: 'Whether the plot is this version now.', resolve: ({ version, current }) => version === current }),
    instruction: t.exposeString('instruction', {
      nullable: true,
      description: 'What the person asked for; null for the first version and for a given specification.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    title: t.string({
      description: 'What it shows, in a few words.',
      resolve: async ({ partId, version }, _arguments, context) =>
        plotData.parse(await loadExisting(context.loaders.plotVersionData, `${partId} ${version}`, 'PlotVersion')).title,
    }),
    spec: t.field({
      type: 'JSON',
      description: 'The Vega-Lite v6 specification with its data, in the light theme.',
      resolve: async ({ partId, version }, _arguments, context) =>
        plotData.parse(await loadExisting(context.loaders.plotVersionData, `${partId} ${version}`, 'PlotVersion')).spec,
    }),
  }),
});

builder.node(PlotPart, {
  description: 'A plot, with the SQL of its data.',
  id: { resolve: (part) => part.id, description: 'The global id.' },
  loadOne: (id, context) => loadPart(id, 'PLOT', context),
  fields: (t) => ({
    title: t.string({ description: 'What it shows, in a few words.', resolve: (part) => plotData.shape.title.parse(field(part, 'title')) }),
    sql: t.string({ description: 'The DuckDB SQL of the data.', resolve: (part) => plotData.shape.sql.parse(field(part, 'sql')) }),
    spec: t.field({
      type: 'JSON',
      description: 'The Vega-Lite v6 specification with its data; give it to vega-embed as it is. Nothing in it is loaded from elsewhere.',
      args: {
        theme: t.arg({ type: PlotTheme, defaultValue: 'LIGHT', description: 'What it is shown on.' }),
        width: t.arg.int({ description: widthText }),
      },
      resolve: (part, { theme, width }, context) => context.services.plots.spec(context.viewer, part, { theme: theme ?? 'LIGHT', width: width ?? null }),
    }),
    svg: t.string({
      description: 'The plot as SVG text, without scripts, links and foreign fonts. It names the font Inter, and sans-serif where that is not there.',
      args: {
        theme: t.arg({ type: PlotTheme, defaultValue: 'LIGHT', description: 'What it is drawn on.' }),
        width: t.arg.int({ description: widthText }),
      },
      resolve: (part, { theme, width }, context) => context.services.plots.svg(context.viewer, part, { theme: theme ?? 'LIGHT', width: width ?? null }),
    }),
    png: t.string({
      description: 'The plot as PNG in base64: put `data:image/png;base64,` before it, or take a link from `download`. At most 16 million pixels.',
      args: {
        theme: t.arg({ type: PlotTheme, defaultValue: 'LIGHT', description: 'What it is drawn on.' }),
        width: t.arg.int({ description: widthText }),
        scale: t.arg.float({ defaultValue: 2, description: 'Pixels of the picture for each pixel of the width, 0.5 to 4; 2 is sharp on phones.' }),
      },
      resolve: (part, { theme, width, scale }, context) =>
        context.services.plots.png(context.viewer, part, { theme: theme ?? 'LIGHT', width: width ?? null, scale: scale ?? 2 }),
    }),
    download: t.field({
      type: PlotDownload,
      description: 'A signed link to the plot as a file, for an image of a page or to pass on. It shows the newest version when it is followed.',
      args: {
        form: t.arg({ type: PlotForm, defaultValue: 'png', description: 'In which form.' }),
        theme: t.arg({ type: PlotTheme, defaultValue: 'LIGHT', description: 'What it is drawn on.' }),
        width: t.arg.int({ description: widthText }),
        scale: t.arg.float({ defaultValue: 2, description: 'For PNG: pixels of the picture for each pixel of the width, 0.5 to 4.' }),
      },
      resolve: (part, { form, theme, width, scale }, context) =>
        context.services.downloads.linkTo(
          context.viewer,
          'plot',
          part.id,
          plotDetail(form ?? 'png', { theme: theme ?? 'LIGHT', width: width ?? null, scale: scale ?? 2 }),
        ),
    }),
    version: t.int({
      description: 'How often it was made: 1 until `editPlot` changes it.',
      resolve: (part) => z.number().int().optional().parse(field(part, 'version')) ?? 1,
    }),
    versions: t.field({
      type: [PlotVersion],
      description: 'All versions, oldest first. `revertPlot` goes back to one.',
      resolve: (part, _arguments, context) => loadExisting(context.loaders.plotVersionsOf, part.id, 'PlotPart'),
    }),
  }),
});

builder.relayMutationField(
  'editPlot',
  {
    description: 'What to change: `instruction` or `spec`, not both.',
    inputFields: (t) => ({
      partId: t.globalID({ for: PlotPart, required: true, description: 'The plot.' }),
      instruction: t.string({
        description:
          'What to change, in English, for example `horizontal bars, only the top 5` or `title: Best sellers`. Common wishes are followed by rules; where the conversation has a language model, it is asked for the rest.',
      }),
      spec: t.field({ type: 'JSON', description: 'A whole Vega-Lite v6 specification. Its `data` is left out: the rows of the plot stay.' }),
    }),
  },
  {
    description: 'Changes a plot. What it was stays as a version; watchers of the conversation get `PartChanged`.',
    resolve: (_root, { input }, context) =>
      context.services.plots.edit(context.viewer, { partId: input.partId.id, instruction: input.instruction, spec: input.spec }),
  },
  {
    description: 'The changed plot.',
    outputFields: (t) => ({
      plot: t.field({ type: PlotPart, description: 'The plot as it is now.', resolve: ({ part }) => part }),
      notes: t.stringList({ description: 'What was left out or changed besides, in sentences.', resolve: ({ notes }) => [...notes] }),
    }),
  },
);

builder.relayMutationField(
  'revertPlot',
  {
    description: 'Which version to go back to.',
    inputFields: (t) => ({
      partId: t.globalID({ for: PlotPart, required: true, description: 'The plot.' }),
      version: t.int({ required: true, description: 'The number of the version.' }),
    }),
  },
  {
    description: 'Makes an earlier version of a plot the newest one again, as a new version, so that nothing is lost.',
    resolve: async (_root, { input }, context) => ({
      plot: await context.services.plots.revert(context.viewer, { partId: input.partId.id, version: input.version }),
    }),
  },
  {
    description: 'The plot.',
    outputFields: (t) => ({ plot: t.expose('plot', { type: PlotPart, description: 'The plot as it is now.' }) }),
  },
);
