import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { crc32, gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

/* For tests: small archives, including some that no honest tool would write. */

/** Text or bytes by path; a path that ends with `/` is a folder, and `link:` before a text makes a link to it. */
export type Files = Record<string, string | Buffer>;

const linkOf = (text: string | Buffer): string | undefined =>
  typeof text === 'string' && text.startsWith('link:') ? text.slice(5) : undefined;

/** A tar or, unless `plain`, tar.gz archive. */
export async function makeTar(files: Files, { plain = false } = {}): Promise<Buffer> {
  const archive = pack();
  for (const [name, text] of Object.entries(files)) {
    const link = linkOf(text);
    if (link !== undefined) archive.entry({ name, type: 'symlink', linkname: link });
    else if (name.endsWith('/')) archive.entry({ name, type: 'directory' });
    else archive.entry({ name }, text);
  }
  archive.finalize();
  const bytes = await buffer(archive);
  return plain ? bytes : gzipSync(bytes);
}

/** A zip archive, files stored. */
export function makeZip(files: Files): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const link = linkOf(text);
    const [path, data] = [Buffer.from(name), Buffer.from(link ?? text)];
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, path, data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(((link !== undefined ? 0o120777 : name.endsWith('/') ? 0o040755 : 0o100644) << 16) >>> 0, 6);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x1e\x03', 'latin1'), common, rest, path]));
    parts.push(local);
    at += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, central, Buffer.from('PK\x05\x06', 'latin1'), end]);
}

/** A RAR 4 archive, files stored. */
export function makeRar(files: Files): Buffer {
  const block = (type: number, flags: number, fields: Buffer) => {
    const head = Buffer.alloc(7);
    head[2] = type;
    head.writeUInt16LE(flags, 3);
    head.writeUInt16LE(7 + fields.length, 5);
    const whole = Buffer.concat([head, fields]);
    whole.writeUInt16LE(crc32(whole.subarray(2)) & 0xffff, 0);
    return whole;
  };
  const entries = Object.entries(files).flatMap(([name, text]) => {
    const [path, data] = [Buffer.from(name), Buffer.from(text)];
    const fields = Buffer.alloc(25);
    fields.writeUInt32LE(data.length, 0);
    fields.writeUInt32LE(data.length, 4);
    fields[8] = 3; // Unix
    fields.writeUInt32LE(crc32(data), 9);
    fields.writeUInt32LE(0x50000000, 13);
    fields[17] = 20;
    fields[18] = 0x30; // stored
    fields.writeUInt16LE(path.length, 19);
    fields.writeUInt32LE(0o100644, 21);
    return [block(0x74, 0x8000, Buffer.concat([fields, path])), data];
  });
  const marker = Buffer.from('Rar!\x1a\x07\x00', 'latin1');
  return Buffer.concat([marker, block(0x73, 0, Buffer.alloc(6)), ...entries, block(0x7b, 0x4000, Buffer.alloc(0))]);
}

export const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');
