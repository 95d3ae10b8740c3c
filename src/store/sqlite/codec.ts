import * as zlib from 'node:zlib';

/** How a chunk is packed; the numbers stand in the file. */
export const codecs = { zstd: 1, deflate: 2 } as const;

export interface Packed {
  readonly codec: number;
  readonly data: Uint8Array;
}

/** `fast` for what has just arrived, `small` for what will be kept. */
export type Effort = 'fast' | 'small';

const zstdLevels: Readonly<Record<Effort, number>> = { fast: 1, small: 3 };
const deflateLevels: Readonly<Record<Effort, number>> = { fast: 1, small: 6 };

/** Node has zstd from 22.15 on; some builds leave it out. */
const hasZstd = typeof (zlib as Partial<typeof zlib>).zstdCompressSync === 'function';

/** Compresses with the best this Node has. */
export function pack(bytes: Uint8Array, effort: Effort, zstd = hasZstd): Packed {
  if (!zstd) {
    const data = zlib.deflateRawSync(bytes, { level: deflateLevels[effort] });
    return { codec: codecs.deflate, data };
  }
  const params = { [zlib.constants.ZSTD_c_compressionLevel]: zstdLevels[effort] };
  // Room for most results at once: each further piece costs an allocation and a copy.
  const chunkSize = Math.max(4096, bytes.length >> 2);
  return { codec: codecs.zstd, data: zlib.zstdCompressSync(bytes, { params, chunkSize }) };
}

/** Undoes `pack`; throws where this Node cannot, or where the bytes are damaged. */
export function unpack({ codec, data }: Packed): Uint8Array {
  switch (codec) {
    case codecs.zstd:
      return zlib.zstdDecompressSync(data);
    case codecs.deflate:
      return zlib.inflateRawSync(data);
    default:
      throw new Error(`Unknown codec ${String(codec)}`);
  }
}
