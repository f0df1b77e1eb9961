import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
export interface Stored {
  shape: number[];
  data: Float32Array;
}
export function writeCheckpoint(path: string, tensors: Map<string, Stored>, metadata: Record<string, string>): void {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const file = openSync(`${path}.part`, 'w');
  writeSync(file, length);
  writeSync(file, text);
  for (const { data } of tensors.values())
    writeSync(file, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  fsyncSync(file);
  closeSync(file);
  renameSync(`${path}.part`, path);
}
export function readCheckpoint(path: string) {
  const bytes = readFileSync(path);
  const n = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + n).toString());
  const metadata = header.__metadata__ as Record<string, string>;
  return {
    metadata,
    read(name: string): Float32Array {
      const [a, b] = header[name].data_offsets;
      return new Float32Array(bytes.buffer.slice(bytes.byteOffset + 8 + n + a, bytes.byteOffset + 8 + n + b));
    },
  };
}
