import { checkUnchanged, type Stored } from '../runtime/stored-file.js';
import { addConstant, addNode, freshName, type Trace } from './trace.js';

/** Records the matrix of a stored tensor's parts, [rows, columns] as in the file, as one float32 graph value. */
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
  // The same bytes may be needed in another shape, which is not part of the key above.
  return rows === shape[0]
    ? whole
    : addNode(trace, 'Reshape', [whole, addConstant(trace, shape, 'int64', [shape.length])])[0]!;
}
