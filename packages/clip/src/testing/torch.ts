import { writeFileSync } from 'node:fs';
import { zipSync } from 'fflate';

/** Shared by the tests of PyTorch files. Not part of the package. */

/** A tensor to store. */
export interface StoredArray {
  dtype: 'F32' | 'F16' | 'BF16' | 'I64';
  shape: number[];
  bytes: Uint8Array;
}

const CLASSES = { F32: 'FloatStorage', F16: 'HalfStorage', BF16: 'BFloat16Storage', I64: 'LongStorage' };
const SIZES = { F32: 4, F16: 2, BF16: 2, I64: 8 };

/** Writes an archive in PyTorch's layout: uncompressed, with each part's data at a multiple of 64 bytes. */
export function writeArchive(path: string, parts: Record<string, Uint8Array>, root = 'archive'): void {
  const files: Parameters<typeof zipSync>[0] = {};
  let at = 0;
  for (const [name, bytes] of Object.entries(parts)) {
    const header = 30 + root.length + 1 + name.length + 4;
    const padding = -(at + header) & 63;
    files[`${root}/${name}`] = [bytes, { level: 0, extra: { 16966: new Uint8Array(padding) } }];
    at += header + padding + bytes.length;
  }
  writeFileSync(path, zipSync(files, { mtime: new Date(1980, 1, 1) }));
}

/** How the parts of a file are laid out. */
interface Layout {
  /** Like OpenAI's TorchScripts, as a reader sees them. */
  script?: boolean;
  /** The format of PyTorch before version 1.6. */
  old?: boolean;
}

/** Writes what `torch.save(state_dict)` writes. */
export function writeTorch(path: string, tensors: ReadonlyMap<string, StoredArray>, layout: Layout = {}): void {
  if (layout.old) writeFileSync(path, oldStream(dictionaryPickle(tensors), [...tensors.values()]));
  else writeNew(path, tensors, layout);
}

function writeNew(path: string, tensors: ReadonlyMap<string, StoredArray>, { script = false }: Layout): void {
  const parts: Record<string, Uint8Array> = {};
  parts['data.pkl'] = pickled(script ? scriptPickle(tensors) : dictionaryPickle(tensors));
  if (script) parts['constants.pkl'] = Buffer.from('\x80\x02).', 'latin1');
  parts.byteorder = Buffer.from('little');
  let key = 0;
  for (const { bytes } of tensors.values()) parts[`data/${key++}`] = bytes;
  parts.version = Buffer.from('3\n');
  writeArchive(path, parts);
}

/** Five pickles, then for each key the count of its elements and its data. */
export function oldStream(object: Uint8Array, stored: readonly StoredArray[]): Buffer {
  const keys = stored.flatMap((_, key) => text(String(key)));
  const data = stored.flatMap(({ dtype, bytes }) => {
    const count = Buffer.alloc(8);
    count.writeBigUInt64LE(BigInt(bytes.length / SIZES[dtype]));
    return [count, bytes];
  });
  const magic = Buffer.from('8a0a6cfc9c46f9206aa85019', 'hex');
  const list = Buffer.concat([Buffer.from(']('), ...keys, Buffer.from('e')]);
  return Buffer.concat([...[magic, whole(1001), Buffer.from('}'), object, list].map(pickled), ...data]);
}

const pickled = (value: Uint8Array): Buffer => Buffer.concat([Buffer.of(0x80, 2), value, Buffer.from('.')]);

function dictionaryPickle(tensors: ReadonlyMap<string, StoredArray>): Buffer {
  const items = [...tensors].flatMap(([name, tensor], i) => [text(name), tensorPickle(tensor, i)]);
  return Buffer.concat([Buffer.from('}('), ...items, Buffer.from('u')]);
}

type Module = Map<string, Module | Buffer>;

/** Nested modules, each an object of its own class with a state. */
function scriptPickle(tensors: ReadonlyMap<string, StoredArray>): Buffer {
  const root: Module = new Map();
  [...tensors].forEach(([name, tensor], i) => {
    const path = name.split('.');
    let module = root;
    for (const part of path.slice(0, -1)) {
      if (!module.has(part)) module.set(part, new Map());
      module = module.get(part) as Module;
    }
    module.set(path.at(-1)!, tensorPickle(tensor, i));
  });
  const visit = (module: Module): Buffer =>
    Buffer.concat([
      Buffer.from('c__torch__.clip.model.___torch_mangle_1\nModule\n)\x81}(', 'latin1'),
      ...[...module].flatMap(([name, child]) => [text(name), Buffer.isBuffer(child) ? child : visit(child)]),
      text('training'),
      Buffer.from('\x89ub', 'latin1'),
    ]);
  return visit(root);
}

function tensorPickle({ dtype, shape, bytes }: StoredArray, key: number): Buffer {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1));
  const tuple = (numbers: number[]) => Buffer.concat([Buffer.from('('), ...numbers.map(whole), Buffer.from('t')]);
  return Buffer.concat([
    Buffer.from('ctorch._utils\n_rebuild_tensor_v2\n(('),
    text('storage'),
    Buffer.from(`ctorch\n${CLASSES[dtype]}\n`),
    text(String(key)),
    text('cpu'),
    whole(bytes.length / SIZES[dtype]),
    Buffer.from('tQ'),
    whole(0),
    tuple(shape),
    tuple(strides),
    Buffer.from('\x89ccollections\nOrderedDict\n)RtR', 'latin1'),
  ]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([Buffer.from('X'), length, bytes]);
}

function whole(value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.write('J');
  bytes.writeInt32LE(value, 1);
  return bytes;
}
