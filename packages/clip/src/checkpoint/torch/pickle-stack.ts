import { PickleGlobal, PickleRecord, type PickleValue } from './pickle-value.js';

const MARK = Symbol('mark');

/** How many values the pickle of a checkpoint may make, copy or traverse. The largest need a tenth of it. */
const BUDGET = 1_000_000;

/** The stack and the memo of a pickle. Every method throws if the pickle does not fit them. */
export class PickleStack {
  readonly #slots: (PickleValue | typeof MARK)[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #left = BUDGET;

  /** Every instruction costs one; one that copies costs as many as it copies. */
  spend(cost: number): void {
    this.#left -= cost;
    if (this.#left < 0) throw new Error('its pickle holds more than any checkpoint does');
  }

  push(value: PickleValue): void {
    this.#slots.push(value);
  }

  mark(): void {
    this.#slots.push(MARK);
  }

  pop(): PickleValue {
    const top = this.#slots.pop();
    if (top === undefined || top === MARK) throw new Error('its pickle takes from an empty stack');
    return top as PickleValue;
  }

  /** Drops the top, which may be a mark. */
  drop(): void {
    if (this.#slots.pop() === undefined) throw new Error('its pickle takes from an empty stack');
  }

  top(): PickleValue {
    const value = this.#slots.at(-1);
    if (value === undefined || value === MARK) throw new Error('its pickle takes from an empty stack');
    return value as PickleValue;
  }

  /** Takes the top `count` values, the deepest first. */
  several(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  /** Takes everything above the last mark, and the mark. */
  sinceMark(): PickleValue[] {
    const mark = this.#slots.lastIndexOf(MARK);
    if (mark < 0) throw new Error('its pickle has a mark missing');
    const values = this.#slots.splice(mark + 1) as PickleValue[];
    this.#slots.pop();
    return values;
  }

  /** Stores the top under a number, by default the next. */
  remember(index = this.#memo.size): void {
    this.#memo.set(index, this.top());
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw new Error('its pickle refers to a value that it does not have');
    this.push(value);
  }

  /** Appends to the list on top. */
  append(values: PickleValue[]): void {
    const list = this.top();
    if (list instanceof PickleRecord) return; // a list of another class holds no weights
    if (!Array.isArray(list)) throw new Error('its pickle appends to a value that is not a list');
    for (const value of values) list.push(value);
  }

  /** Adds to the set on top. */
  add(values: PickleValue[]): void {
    const set = this.top();
    if (set instanceof PickleRecord) return;
    if (!(set instanceof Set)) throw new Error('its pickle adds to a value that is not a set');
    for (const value of values) set.add(value);
  }

  /** Puts alternating keys and values into the dictionary on top. */
  put(pairs: PickleValue[]): void {
    const target = this.top();
    if (target instanceof PickleRecord) target.items ??= new Map();
    const into = target instanceof PickleRecord ? target.items : target;
    if (!(into instanceof Map) || pairs.length % 2 !== 0)
      throw new Error('its pickle sets an item of a value that is not a dictionary');
    for (let i = 0; i < pairs.length; i += 2) into.set(pairs[i]!, pairs[i + 1]!);
  }

  /** Sets the state of the object on top. Ignored for values that are not records: `_metadata` of a state dict. */
  build(state: PickleValue): void {
    const target = this.top();
    if (target instanceof PickleRecord) target.state = state;
    else if (typeof target !== 'object' || target === null || target instanceof PickleGlobal)
      throw new Error('its pickle sets the state of a value that has none');
  }

  /** Interprets the call of a class or function. Nothing is run: most calls make a record with its name. */
  call([callee, args]: PickleValue[]): void {
    if (!(callee instanceof PickleGlobal || callee instanceof PickleRecord) || !Array.isArray(args))
      throw new Error('its pickle calls a value that is not a class or function');
    if (callee instanceof PickleRecord) {
      this.push(new PickleRecord(callee.className));
      return;
    }
    if (!callee.call) throw new Error(`its pickle calls ${callee.name}, which no checkpoint does`);
    for (const arg of args) if (Array.isArray(arg)) this.spend(arg.length);
    const made = callee.call(args);
    if (made instanceof Uint8Array) this.spend(made.length);
    this.push(made);
  }
}
