import { Unzlib } from 'fflate';

export function inflated(packed: Uint8Array, most: number): Uint8Array {
  const out = new Uint8Array(most);
  let length = 0;
  const unzlib = new Unzlib(part => {
    if (length + part.length > most) throw new Error('it is larger than it should be');
    out.set(part, length);
    length += part.length;
  });
  unzlib.push(packed);
  return out.subarray(0, length);
}
