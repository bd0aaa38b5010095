import type { Protection } from './protection.ts';

/** Those of the cases P01 to P03. */
export const plotProtections: readonly Protection[] = [
  {
    id: 'P01',
    what: 'the refusal of keys that reach out of a plot',
    file: 'src/plots/outward.ts',
    find: 'if (reason !== undefined) refuse([...path, name], reason);',
    test: 'tests/plots/outward.test.ts',
    title: 'P01 .*a generator of rows|P01 .*a signal',
  },
  {
    id: 'P01',
    what: 'leaving out links',
    file: 'src/plots/outward.ts',
    find: 'if (strippedKeys.has(key)) {',
    replace: "if (key === 'nothing') {",
    test: 'tests/plots/outward.test.ts',
    title: 'P01 .*a link on the marks',
  },
  {
    id: 'P01',
    what: 'the look at the finished drawing',
    file: 'src/plots/drawing.ts',
    find: '    refuseOutwardMarkup(svg);\n',
    test: 'tests/plots/outward.test.ts',
    title: 'P01 .*in the drawing',
  },
  {
    id: 'P02',
    what: 'giving up a plot that hangs',
    file: 'src/base/task-process.ts',
    find: '    }, limitMs);',
    replace: '    }, limitMs * 1_000);',
    test: 'tests/plots/plots.test.ts',
    title: 'P02 .*gives up',
  },
  {
    id: 'P03',
    what: 'the bounds of a specification before it is sent',
    file: 'src/plots/plots.ts',
    find: '      refuseHuge(spec);\n',
    test: 'tests/plots/hostile.test.ts',
    title: 'P03 .*layers in each other',
  },
];
