/** What a pickle can hold: Python's plain values, and what a `PickleReader` makes of the rest. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[] // lists and tuples
  | Map<PickleValue, PickleValue>
  | Set<PickleValue>
  | PickleRecord
  | PickleGlobal
  | object; // the result of a global's `call` or of a persistent id

/** An object of a class, as stored data. No code of the class is run. */
export class PickleRecord {
  state: PickleValue = null;
  /** The items of a dictionary of the class. */
  items: Map<PickleValue, PickleValue> | undefined;
  /** @param known whether its state is used; otherwise it is unrelated to the weights */
  constructor(
    readonly className: string,
    readonly known = false,
  ) {}
}

/** A class or function that a pickle names, and the meaning of calling it here. */
export class PickleGlobal {
  constructor(
    readonly name: string,
    readonly call?: (args: PickleValue[]) => PickleValue,
  ) {}
}

/** Text from bytes, one character per byte (ISO 8859-1). */
export function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}
