/** What a pickle can hold: Python's plain values, and what `PickleReader` makes of the rest. */
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
  | object; // what a global's `call` or a persistent id gave

/** An object of a class that is only looked at: its name, and the state that was stored. Nothing of the class is run. */
export class PickleRecord {
  state: PickleValue = null;
  constructor(readonly className: string) {}
}

/** A class or function that a pickle names, and what calling it means here. */
export class PickleGlobal {
  constructor(
    readonly name: string,
    readonly call?: (args: PickleValue[]) => PickleValue,
  ) {}
}

/** What a pickle may name, and what its storages are. Both throw for what is not allowed. */
export interface PickleReader {
  global(module: string, name: string): PickleGlobal;
  persistent(id: PickleValue): PickleValue;
}

const MARK = Symbol('mark');
type Slot = PickleValue | typeof MARK;

/** A number longer than this many bytes is no number of a checkpoint. */
const LONGEST_NUMBER = 32;

/**
 * Reads one pickle (protocols 2 to 5, as `torch.save` writes them) as data. Python's pickles are programs; of these, only building plain
 * values is understood, and names of classes and functions go through `reader.global`, which has the list of those that are allowed.
 * @param at where in `bytes` the pickle starts
 * @returns the value, and the byte behind the pickle
 * @throws one sentence without a file name where the bytes are no such pickle, end early, or name what is not allowed
 */
export function readPickle(bytes: Uint8Array, reader: PickleReader, at = 0): { value: PickleValue; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = new TextDecoder('utf-8', { fatal: true });
  const stack: Slot[] = [];
  const memo = new Map<number, PickleValue>();
  let position = at;

  const take = (length: number): number => {
    if (length > bytes.length - position) throw new Error('its pickle is cut short');
    const start = position;
    position += length;
    return start;
  };
  const slice = (length: number) => {
    const start = take(length);
    return bytes.subarray(start, start + length);
  };
  const uint8 = () => view.getUint8(take(1));
  const uint16 = () => view.getUint16(take(2), true);
  const uint32 = () => view.getUint32(take(4), true);
  const length64 = () => {
    const length = view.getBigUint64(take(8), true);
    if (length > bytes.length) throw new Error('its pickle is cut short');
    return Number(length);
  };
  const string = (length: number) => {
    const raw = slice(length);
    try {
      return text.decode(raw);
    } catch {
      return Buffer.from(raw).toString('latin1'); // lone surrogates, which Python writes and UTF-8 has not
    }
  };
  const line = () => {
    const end = bytes.indexOf(10, position);
    if (end < 0) throw new Error('its pickle is cut short');
    const found = string(end - position);
    position = end + 1;
    return found;
  };
  const long = (length: number): number | bigint => {
    if (length > LONGEST_NUMBER) throw new Error(`its pickle has a number of ${length} bytes`);
    let value = 0n;
    const raw = slice(length);
    raw.forEach((byte, i) => {
      value |= BigInt(byte) << BigInt(8 * i);
    });
    if (length > 0 && raw[length - 1]! & 0x80) value -= 1n << BigInt(8 * length);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  };

  const pop = (): PickleValue => {
    const top = stack.pop();
    if (top === undefined || top === MARK) throw new Error('its pickle takes from an empty stack');
    return top as PickleValue;
  };
  const top = (): PickleValue => {
    const value = stack[stack.length - 1];
    if (value === undefined || value === MARK) throw new Error('its pickle takes from an empty stack');
    return value as PickleValue;
  };
  const sinceMark = (): PickleValue[] => {
    const mark = stack.lastIndexOf(MARK);
    if (mark < 0) throw new Error('its pickle has a mark missing');
    const values = stack.splice(mark + 1) as PickleValue[];
    stack.pop();
    return values;
  };
  const several = (count: number) => Array.from({ length: count }, pop).reverse();
  const remembered = (index: number) => {
    const value = memo.get(index);
    if (value === undefined) throw new Error('its pickle refers to a value that it does not have');
    return value;
  };
  const list = (): PickleValue[] => {
    const value = top();
    if (!Array.isArray(value)) throw new Error('its pickle appends to what is no list');
    return value;
  };
  const put = (target: PickleValue, pairs: PickleValue[]) => {
    const into = target instanceof PickleRecord && target.state === null ? newState(target) : target;
    if (!(into instanceof Map) || pairs.length % 2 !== 0)
      throw new Error('its pickle sets an item of what is no dictionary');
    for (let i = 0; i < pairs.length; i += 2) into.set(pairs[i]!, pairs[i + 1]!);
  };
  const call = (callee: PickleValue, args: PickleValue): PickleValue => {
    if (!(callee instanceof PickleGlobal) || !Array.isArray(args))
      throw new Error('its pickle calls what is no class or function');
    if (!callee.call) throw new Error(`its pickle calls ${callee.name}, which is not on the list of what may be read`);
    return callee.call(args);
  };
  const globalOf = (module: PickleValue, name: PickleValue) => {
    if (typeof module !== 'string' || typeof name !== 'string') throw new Error('its pickle names what is no name');
    return reader.global(module, name);
  };

  for (;;) {
    const op = uint8();
    switch (String.fromCharCode(op)) {
      case '\x80':
        if (uint8() > 5) throw new Error('its pickle has a protocol that came after 5');
        break;
      case '\x95':
        length64();
        break;
      case '.': {
        const value = pop();
        return { value, end: position };
      }
      case '(':
        stack.push(MARK);
        break;
      case '0':
        if (stack.pop() === undefined) throw new Error('its pickle takes from an empty stack');
        break;
      case '1':
        sinceMark();
        break;
      case '2':
        stack.push(top());
        break;
      case 'N':
        stack.push(null);
        break;
      case '\x88':
        stack.push(true);
        break;
      case '\x89':
        stack.push(false);
        break;
      case 'J':
        stack.push(view.getInt32(take(4), true));
        break;
      case 'K':
        stack.push(uint8());
        break;
      case 'M':
        stack.push(uint16());
        break;
      case '\x8a':
        stack.push(long(uint8()));
        break;
      case '\x8b':
        stack.push(long(uint32()));
        break;
      case 'G':
        stack.push(view.getFloat64(take(8), false));
        break;
      case 'X':
        stack.push(string(uint32()));
        break;
      case '\x8c':
        stack.push(string(uint8()));
        break;
      case '\x8d':
        stack.push(string(length64()));
        break;
      case 'T':
      case 'B':
        stack.push(slice(uint32()));
        break;
      case 'U':
      case 'C':
        stack.push(slice(uint8()));
        break;
      case '\x8e':
        stack.push(slice(length64()));
        break;
      case ']':
      case ')':
        stack.push([]);
        break;
      case 'l':
      case 't':
        stack.push(sinceMark());
        break;
      case '\x85':
        stack.push(several(1));
        break;
      case '\x86':
        stack.push(several(2));
        break;
      case '\x87':
        stack.push(several(3));
        break;
      case 'a': {
        const value = pop();
        list().push(value);
        break;
      }
      case 'e': {
        const values = sinceMark();
        const target = list();
        for (const value of values) target.push(value);
        break;
      }
      case '}':
        stack.push(new Map());
        break;
      case 'd': {
        const pairs = sinceMark();
        const made = new Map();
        put(made, pairs);
        stack.push(made);
        break;
      }
      case 's': {
        const pair = several(2);
        put(top(), pair);
        break;
      }
      case 'u': {
        const pairs = sinceMark();
        put(top(), pairs);
        break;
      }
      case '\x8f':
        stack.push(new Set<PickleValue>());
        break;
      case '\x90': {
        const values = sinceMark();
        const target = top();
        if (!(target instanceof Set)) throw new Error('its pickle adds to what is no set');
        for (const value of values) target.add(value);
        break;
      }
      case '\x91':
        stack.push(new Set(sinceMark()));
        break;
      case 'c':
        stack.push(reader.global(line(), line()));
        break;
      case '\x93': {
        const [module, name] = several(2);
        stack.push(globalOf(module!, name!));
        break;
      }
      case 'R':
      case '\x81': {
        const [callee, args] = several(2);
        stack.push(call(callee!, args!));
        break;
      }
      case '\x92': {
        const [callee, args] = several(3);
        stack.push(call(callee!, args!));
        break;
      }
      case 'b': {
        const state = pop();
        const target = top();
        // An ordered dictionary may carry attributes (`_metadata` of a state dict): nothing a checkpoint is read for.
        if (target instanceof PickleRecord) target.state = state;
        else if (!(target instanceof Map)) throw new Error('its pickle gives a state to what has none');
        break;
      }
      case 'Q':
        stack.push(reader.persistent(pop()));
        break;
      case 'q':
        memo.set(uint8(), top());
        break;
      case 'r':
        memo.set(uint32(), top());
        break;
      case '\x94':
        memo.set(memo.size, top());
        break;
      case 'h':
        stack.push(remembered(uint8()));
        break;
      case 'j':
        stack.push(remembered(uint32()));
        break;
      default:
        throw new Error(`it has the pickle instruction 0x${op.toString(16)}, which checkpoints do not need`);
    }
  }
}

/** Dictionaries of a class of their own keep their items here. */
function newState(record: PickleRecord): Map<PickleValue, PickleValue> {
  const state = new Map<PickleValue, PickleValue>();
  record.state = state;
  return state;
}
