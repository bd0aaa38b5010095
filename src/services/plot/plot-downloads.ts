import { z } from 'zod';
import { notFound } from '../../base/errors.ts';
import type { PrismaClient } from '../../../prisma/generated/client.ts';
import type { Download, DownloadKind } from '../download/downloads.ts';
import type { Drawings, Wish } from './drawings.ts';
import { plotData } from './plot-data.ts';
import { findVisiblePlot } from './visible-plot.ts';

/** In which form a plot is downloaded. */
export type PlotForm = 'svg' | 'png' | 'spec';

const details = z.object({ form: z.enum(['svg', 'png', 'spec']), theme: z.enum(['LIGHT', 'DARK']), width: z.number().nullable(), scale: z.number() });

/** The detail of a signed link to a plot. */
export function plotDetail(form: PlotForm, { theme, width, scale }: Wish): string {
  return JSON.stringify({ form, theme, width, scale });
}

const forms: Readonly<Record<PlotForm, { readonly ending: string; readonly mediaType: string }>> = {
  svg: { ending: 'svg', mediaType: 'image/svg+xml; charset=utf-8' },
  png: { ending: 'png', mediaType: 'image/png' },
  spec: { ending: 'vl.json', mediaType: 'application/json; charset=utf-8' },
};

/** Downloads of plots: pictures, or the Vega-Lite specification. The newest version is sent, whenever the link was made. */
export function createPlotDownloads({ prisma, drawings }: { readonly prisma: PrismaClient; readonly drawings: Drawings }): DownloadKind {
  return {
    async find(userId, id, detail): Promise<Download> {
      const part = await findVisiblePlot(prisma, userId, id);
      if (part === null) throw notFound('Plot');
      const { form, ...wish } = details.parse(JSON.parse(detail));
      const { title, version = 1 } = plotData.parse(part.data);
      const draw = async (): Promise<Uint8Array> => {
        if (form === 'png') return Buffer.from(await drawings.png(userId, part, wish), 'base64');
        return Buffer.from(form === 'svg' ? await drawings.svg(userId, part, wish) : JSON.stringify(await drawings.spec(userId, part, wish)));
      };
      return {
        fileName: `${title}.${forms[form].ending}`,
        mediaType: forms[form].mediaType,
        version: `${id}-${version}-${form}-${wish.theme}-${wish.width}-${wish.scale}`,
        open: async () => ({ source: { kind: 'bytes', bytes: await draw() }, [Symbol.asyncDispose]: async () => {} }),
      };
    },
  };
}
