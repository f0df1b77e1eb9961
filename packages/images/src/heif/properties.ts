/** The boxes in a range: their kinds and contents, which may be boxes in turn. */
function* boxes(file: Uint8Array, from: number, to: number): Generator<{ kind: string; start: number; end: number }> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = from; at + 8 <= to; ) {
    const short = view.getUint32(at);
    const isLong = short === 1 && at + 16 <= to;
    const length = isLong ? Number(view.getBigUint64(at + 8)) : short === 0 ? to - at : short;
    const head = isLong ? 16 : 8;
    const end = at + length;
    if (length < head || end > to) return;
    yield { kind: String.fromCharCode(...file.subarray(at + 4, at + 8)), start: at + head, end };
    at = end;
  }
}

/** The first box of a kind. */
const find = (file: Uint8Array, kind: string, from: number, to: number) =>
  [...boxes(file, from, to)].find(box => box.kind === kind);

/** The properties of all pictures in a file, and their associations with pictures. */
function propertiesOf(file: Uint8Array) {
  const meta = find(file, 'meta', 0, file.length);
  const inside = meta && { from: meta.start + 4, to: meta.end };
  const all = inside && find(file, 'iprp', inside.from, inside.to);
  const container = all && find(file, 'ipco', all.start, all.end);
  if (!inside || !all || !container) return undefined;
  return {
    primary: find(file, 'pitm', inside.from, inside.to),
    associations: find(file, 'ipma', all.start, all.end),
    properties: [...boxes(file, container.start, container.end)],
  };
}

/** Width and height of each picture, according to the file. */
export function heifSizes(file: Uint8Array): [number, number][] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const sizes = propertiesOf(file)?.properties.filter(({ kind, start, end }) => kind === 'ispe' && end - start >= 12);
  return (sizes ?? []).map(({ start }) => [view.getUint32(start + 4), view.getUint32(start + 8)]);
}

/**
 * The orientation of an AVIF's or HEIC's main picture, as an EXIF number. The library has applied it to the pixels,
 * whereas Pillow leaves them as stored.
 */
export function heifOrientation(file: Uint8Array): number {
  const { primary, associations, properties = [] } = propertiesOf(file) ?? {};
  if (!primary || !associations || primary.end - primary.start < 6) return 1;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const isShort = file[primary.start] === 0;
  if (!isShort && primary.end - primary.start < 8) return 1;
  const id = isShort ? view.getUint16(primary.start + 4) : view.getUint32(primary.start + 4);
  let [angle, axis] = [0, -1];
  for (const i of associated(view, associations, id)) {
    const property = properties[i - 1];
    if (property?.kind === 'irot') angle = file[property.start]! & 3;
    if (property?.kind === 'imir') axis = file[property.start]! & 1;
  }
  return orientations[axis + 1]![angle]!;
}

/**
 * By mirror axis (none, across the horizontal, across the vertical) and quarter turns to the left before mirroring.
 */
const orientations = [
  [1, 8, 3, 6],
  [4, 5, 2, 7],
  [2, 7, 4, 5],
];

/** Numbers of an item's properties. */
function associated(view: DataView, { start, end }: { start: number; end: number }, id: number): number[] {
  if (end - start < 8) return [];
  const [version, wide] = [view.getUint8(start), (view.getUint8(start + 3) & 1) === 1];
  let at = start + 8;
  for (let left = view.getUint32(start + 4); left > 0 && at + 5 <= end; left--) {
    const item = version < 1 ? view.getUint16(at) : view.getUint32(at);
    at += version < 1 ? 2 : 4;
    const count = view.getUint8(at++);
    const size = wide ? 2 : 1;
    if (at + count * size > end) return [];
    if (item === id)
      return Array.from({ length: count }, (_, i) =>
        wide ? view.getUint16(at + 2 * i) & 0x7fff : view.getUint8(at + i) & 0x7f,
      );
    at += count * size;
  }
  return [];
}
