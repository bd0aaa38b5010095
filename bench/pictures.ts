// Plots of every kind over well-known datasets, as PNG in both themes and two widths, to be looked at by a person.
//   node bench/pictures.ts [folder] [name ...]
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPlots } from '../src/plots/plots.ts';
import { galleryOf } from './gallery.ts';

const [folder = 'pictures', ...named] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const plots = createPlots({ timeoutMs: 60_000 });
for (const picture of await galleryOf()) {
  if (named.length > 0 && !named.includes(picture.name)) continue;
  try {
    const { source, spec, notes } = await plots.check(picture.spec, picture.data, picture.units ?? {});
    const plot = { source, rows: rowsOf(spec), units: picture.units ?? {} };
    for (const theme of ['LIGHT', 'DARK'] as const) {
      for (const width of [720, 360]) {
        const png = await plots.renderPng(plot, { theme, width, scale: 1 });
        await writeFile(join(folder, `${picture.name}-${width}-${theme.toLowerCase()}.png`), Buffer.from(png, 'base64'));
      }
    }
    console.log(picture.name, notes.join(' '));
  } catch (error) {
    console.log(picture.name, String(error));
  }
}
await plots.close();

function rowsOf(spec: any): any {
  return spec.data.values;
}
