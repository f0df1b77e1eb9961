import { PickleBytes } from './pickle-bytes.js';
import { PickleStack } from './pickle-stack.js';
import { latin1, type PickleGlobal, type PickleValue } from './pickle-value.js';

/** Resolves a pickle's names and storages. Both methods throw for anything not allowed. */
export interface PickleReader {
  global(module: string, name: string): PickleGlobal;
  persistent(id: PickleValue): PickleValue;
}

type Instruction = (stack: PickleStack, bytes: PickleBytes, reader: PickleReader) => void;

/**
 * Pickle's instructions (protocols 2 to 5), as far as checkpoints need them; their names in Python's pickletools on the
 * right.
 */
const INSTRUCTIONS: Record<string, Instruction> = {
  '\x80': (_, bytes) => {
    if (bytes.uint8() > 5) throw new Error('its pickle has a protocol newer than 5'); // PROTO
  },
  '\x95': (_, bytes) => void bytes.uint64(), // FRAME
  '(': stack => stack.mark(), // MARK
  '0': stack => stack.drop(), // POP
  '1': stack => void stack.sinceMark(), // POP_MARK
  '2': stack => stack.push(stack.top()), // DUP

  N: stack => stack.push(null), // NONE
  '\x88': stack => stack.push(true), // NEWTRUE
  '\x89': stack => stack.push(false), // NEWFALSE
  J: (stack, bytes) => stack.push(bytes.int32()), // BININT
  K: (stack, bytes) => stack.push(bytes.uint8()), // BININT1
  M: (stack, bytes) => stack.push(bytes.uint16()), // BININT2
  '\x8a': (stack, bytes) => stack.push(bytes.long(bytes.uint8())), // LONG1
  '\x8b': (stack, bytes) => stack.push(bytes.long(bytes.uint32())), // LONG4
  G: (stack, bytes) => stack.push(bytes.float64()), // BINFLOAT
  X: (stack, bytes) => stack.push(bytes.string(bytes.uint32())), // BINUNICODE
  '\x8c': (stack, bytes) => stack.push(bytes.string(bytes.uint8())), // SHORT_BINUNICODE
  '\x8d': (stack, bytes) => stack.push(bytes.string(bytes.uint64())), // BINUNICODE8
  T: (stack, bytes) => stack.push(latin1(bytes.slice(bytes.uint32()))), // BINSTRING, the text of Python 2
  B: (stack, bytes) => stack.push(bytes.slice(bytes.uint32())), // BINBYTES
  U: (stack, bytes) => stack.push(latin1(bytes.slice(bytes.uint8()))), // SHORT_BINSTRING
  C: (stack, bytes) => stack.push(bytes.slice(bytes.uint8())), // SHORT_BINBYTES
  '\x8e': (stack, bytes) => stack.push(bytes.slice(bytes.uint64())), // BINBYTES8
  '\x96': (stack, bytes) => stack.push(bytes.slice(bytes.uint64())), // BYTEARRAY8

  ']': stack => stack.push([]), // EMPTY_LIST
  ')': stack => stack.push([]), // EMPTY_TUPLE
  l: stack => stack.push(stack.sinceMark()), // LIST
  t: stack => stack.push(stack.sinceMark()), // TUPLE
  '\x85': stack => stack.push(stack.several(1)), // TUPLE1
  '\x86': stack => stack.push(stack.several(2)), // TUPLE2
  '\x87': stack => stack.push(stack.several(3)), // TUPLE3
  a: stack => stack.append(stack.several(1)), // APPEND
  e: stack => stack.append(stack.sinceMark()), // APPENDS
  '}': stack => stack.push(new Map()), // EMPTY_DICT
  d: stack => {
    const pairs = stack.sinceMark();
    stack.push(new Map());
    stack.put(pairs); // DICT
  },
  s: stack => stack.put(stack.several(2)), // SETITEM
  u: stack => stack.put(stack.sinceMark()), // SETITEMS
  '\x8f': stack => stack.push(new Set<PickleValue>()), // EMPTY_SET
  '\x90': stack => stack.add(stack.sinceMark()), // ADDITEMS
  '\x91': stack => stack.push(new Set(stack.sinceMark())), // FROZENSET

  c: (stack, bytes, reader) => stack.push(reader.global(bytes.line(), bytes.line())), // GLOBAL
  '\x93': (stack, _, reader) => {
    const [module, name] = stack.several(2);
    if (typeof module !== 'string' || typeof name !== 'string')
      throw new Error('its pickle has a name that is not text');
    stack.push(reader.global(module, name)); // STACK_GLOBAL
  },
  R: stack => stack.call(stack.several(2)), // REDUCE
  '\x81': stack => stack.call(stack.several(2)), // NEWOBJ
  '\x92': stack => stack.call(stack.several(3)), // NEWOBJ_EX; keyword arguments are ignored
  b: stack => stack.build(stack.pop()), // BUILD
  Q: (stack, _, reader) => stack.push(reader.persistent(stack.pop())), // BINPERSID

  q: (stack, bytes) => stack.remember(bytes.uint8()), // BINPUT
  r: (stack, bytes) => stack.remember(bytes.uint32()), // LONG_BINPUT
  '\x94': stack => stack.remember(), // MEMOIZE
  h: (stack, bytes) => stack.recall(bytes.uint8()), // BINGET
  j: (stack, bytes) => stack.recall(bytes.uint32()), // LONG_BINGET
};

const TABLE: readonly (Instruction | undefined)[] = Array.from(
  { length: 256 },
  (_, code) => INSTRUCTIONS[String.fromCharCode(code)],
);
const STOP = 0x2e;

/**
 * Reads one pickle (protocols 2 to 5, as `torch.save` writes them) as data. Python's pickles are programs; only
 * building plain values is supported, and names of classes and functions go through `reader.global`, which maps them to
 * data.
 *
 * @param at where in `bytes` the pickle starts
 * @returns the value, and the position after the pickle
 * @throws one sentence without a file name if the bytes are not such a pickle, end early, name anything not allowed, or
 *   hold more than any checkpoint does
 */
export function readPickle(given: Uint8Array, reader: PickleReader, at = 0): { value: PickleValue; end: number } {
  const bytes = new PickleBytes(given, at);
  const stack = new PickleStack();
  for (;;) {
    const code = bytes.uint8();
    if (code === STOP) return { value: stack.pop(), end: bytes.position };
    const instruction = TABLE[code];
    if (!instruction)
      throw new Error(`it has the pickle instruction 0x${code.toString(16)}, which checkpoints do not need`);
    stack.spend(1);
    instruction(stack, bytes, reader);
  }
}
