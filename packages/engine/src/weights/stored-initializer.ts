import { dirname, isAbsolute, relative, sep } from 'node:path';
import { addConstant, addNode, freshName, type Trace } from '../tracing/trace.js';
import { checkUnchanged, STORED_BYTES, type Stored, type StoredPart } from './stored-tensor.js';

/** Records the matrix that a stored tensor's parts make, [rows, columns] as in the file: float32, one value of the graph. */
export function addStored(trace: Trace, { parts, shape }: Stored): string {
  const columns = shape.slice(1);
  const width = columns.reduce((product, n) => product * n, 1);
  const names = parts.map(part => {
    const key = `stored ${part.file.path} ${part.offset} ${part.type} ${part.size}`;
    let name = trace.seen.get(key)?.[0];
    if (!name) {
      checkUnchanged(part.file);
      name = freshName(trace, 'f');
      trace.initializers.set(name, { name, dtype: part.type, shape: [part.size / width, ...columns], stored: part });
      trace.seen.set(key, [name]);
    }
    return part.type === 'float32' ? name : addNode(trace, 'Cast', [name], { to: 1 })[0]!;
  });
  const whole = names.length === 1 ? names[0]! : addNode(trace, 'Concat', names, { axis: 0 })[0]!;
  const rows = parts.reduce((sum, { size }) => sum + size, 0) / width;
  // The same bytes may be asked for in another shape: the key above has none.
  return rows === shape[0]
    ? whole
    : addNode(trace, 'Reshape', [whole, addConstant(trace, shape, 'int64', [shape.length])])[0]!;
}

/** Fields of an ONNX tensor whose bytes are in a file, by its path from `folder`. */
export function externalData({ file, offset, type, size }: StoredPart, folder: string) {
  const entries = {
    location: relative(folder, file.path).split(sep).join('/'),
    offset,
    length: size * STORED_BYTES[type],
  };
  return Object.entries(entries).map(([key, value]) => ({ key, value: String(value) }));
}

/** The deepest folder that all files lie below: ONNX Runtime reads what is inside one folder only. Undefined if there is none. */
export function commonFolder(paths: readonly string[]): string | undefined {
  let folder = dirname(paths[0]!);
  for (const path of paths)
    for (;;) {
      const way = relative(folder, path);
      if (!way.startsWith('..') && !isAbsolute(way)) break;
      const up = dirname(folder);
      if (up === folder) return undefined;
      folder = up;
    }
  return folder;
}
