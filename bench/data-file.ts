// A CSV file of mixed types, always the same for the same size: ids, codes, moments, days, money, shares, categories, text with quotes and line
// breaks, and missing values.
//   node bench/data-file.ts <megabytes> <path>
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';

const header = 'order_id,customer_code,ordered_at,shipped_on,country,product,quantity,unit_price,amount,discount,is_gift,rating,note\n';
const countries = ['Norway', 'Germany', 'France', 'Japan', 'Brazil', 'India', 'Kenya', 'Canada'];
const products = ['Chair, oak', 'Table "Ava"', 'Lamp', 'Sofa', 'Desk; steel', 'Shelf', 'Bed', 'Mirror'];
const words = ['fragile', 'call first', 'left at the door', 'a gift, please', 'asked for "express"', 'late again', 'paid in cash', 'no bell'];
const chunkCharacters = 1024 * 1024;

/** A field as CSV: quoted where it must be. */
function field(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Numbers without a visible order, always the same. (Marsaglia 2003, "Xorshift RNGs") */
function createRandom(): (below: number) => number {
  let state = 2_463_534_242;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Cents as `1,234.50`. */
function grouped(cents: number): string {
  return (cents / 100).toFixed(2).replaceAll(/\B(?=(\d{3})+\.)/g, ',');
}

const day = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 10);

/** Rows in pieces of about a megabyte, until the size is reached. */
export function* dataRows(megabytes: number): Generator<Buffer> {
  const random = createRandom();
  const total = megabytes * 1024 * 1024;
  let written = header.length;
  let id = 0;
  yield Buffer.from(header);
  while (written < total) {
    let text = '';
    while (text.length < chunkCharacters) {
      id += 1;
      const orderedAt = 1_500_000_000_000 + id * 997 + random(10_000) * 1_000;
      const quantity = 1 + random(12);
      const cents = 99 + random(250_000);
      const noted = random(4) === 0 ? '' : `${words[random(8)] ?? ''} ${random(100_000)}`;
      text += [
        id,
        `C-${String(random(90_000)).padStart(6, '0')}`,
        new Date(orderedAt).toISOString().slice(0, 19).replace('T', ' '),
        random(10) === 0 ? '' : day(orderedAt + random(20) * 86_400_000),
        countries[random(8)] ?? '',
        field(products[random(8)] ?? ''),
        quantity,
        (cents / 100).toFixed(2),
        field(`$${grouped(quantity * cents)}`),
        `${random(60) / 2}%`,
        random(9) === 0 ? 'yes' : 'no',
        random(5) === 0 ? '' : (random(4_000) / 1_000 + 1).toFixed(3),
        field(random(500) === 0 ? `${noted}\nsecond line` : noted),
      ].join(',');
      text += '\n';
    }
    const chunk = Buffer.from(text);
    written += chunk.length;
    yield chunk;
  }
}

/** Writes such a file. */
export async function writeDataFile(path: string, megabytes: number): Promise<void> {
  const file = createWriteStream(path);
  for (const chunk of dataRows(megabytes)) if (!file.write(chunk)) await once(file, 'drain');
  file.end();
  await finished(file);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await writeDataFile(process.argv[3] ?? 'data.csv', Number(process.argv[2] ?? 100));
