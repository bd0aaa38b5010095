import { crc32, deflateSync } from 'node:zlib';

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A grey PNG. With `pixels` false it is a bomb that never goes off: the size that it names without what it takes. */
export function png(width: number, height: number, { pixels = true } = {}): Uint8Array<ArrayBuffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const rows = pixels ? Buffer.alloc((width + 1) * height, 0) : Buffer.alloc(16);
  const signature = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const parts = [signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', new Uint8Array())];
  return Uint8Array.from(Buffer.concat(parts));
}

/** The beginning of a JPEG: what tells its size, behind as many bytes of a camera's notes as are asked for. */
export function jpeg(width: number, height: number, notes = 0): Uint8Array<ArrayBuffer> {
  const note = Buffer.concat([Buffer.from([0xff, 0xe1, ((notes + 2) >> 8) & 0xff, (notes + 2) & 0xff]), Buffer.alloc(notes)]);
  const size = [0xff, 0xc0, 0, 11, 8, height >> 8, height & 0xff, width >> 8, width & 0xff, 1, 1, 0x11, 0];
  return Uint8Array.from(Buffer.concat([Buffer.from([0xff, 0xd8]), note, Buffer.from(size), Buffer.from([0xff, 0xd9])]));
}

/** The beginning of a GIF. */
export function gif(width: number, height: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...Buffer.from('GIF89a'), width & 0xff, width >> 8, height & 0xff, height >> 8, 0, 0, 0, 0x3b]);
}

/** The beginning of a WebP with an extended header. */
export function webp(width: number, height: number): Uint8Array<ArrayBuffer> {
  const low = (value: number): readonly number[] => [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff];
  const body = [...Buffer.from('WEBPVP8X'), 10, 0, 0, 0, 0, 0, 0, 0, ...low(width - 1), ...low(height - 1)];
  return Uint8Array.from([...Buffer.from('RIFF'), body.length, 0, 0, 0, ...body]);
}
