// Loaded before a server under measurement (`--expose-gc --import`): on SIGUSR2 it collects its garbage and writes its memory to MEMORY_FILE.
import { renameSync, writeFileSync } from 'node:fs';

process.on('SIGUSR2', () => {
  const file = process.env['MEMORY_FILE'] ?? '';
  for (let round = 0; round < 4; round += 1) globalThis.gc?.();
  writeFileSync(`${file}.new`, JSON.stringify(process.memoryUsage()));
  renameSync(`${file}.new`, file);
});
