import { latin1 } from './pickle-value.js';

/** Checkpoints contain no numbers of more bytes. */
const LONGEST_NUMBER = 32;

/** The bytes of a pickle, read from front to back. Every method throws if they end early. */
export class PickleBytes {
  readonly #view: DataView;
  readonly #text = new TextDecoder('utf-8', { fatal: true });

  constructor(
    readonly bytes: Uint8Array,
    public position: number,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #take(length: number): number {
    if (length > this.bytes.length - this.position) throw new Error('its pickle is cut short');
    const start = this.position;
    this.position += length;
    return start;
  }

  slice(length: number): Uint8Array {
    const start = this.#take(length);
    return this.bytes.subarray(start, start + length);
  }

  uint8 = (): number => this.#view.getUint8(this.#take(1));
  uint16 = (): number => this.#view.getUint16(this.#take(2), true);
  uint32 = (): number => this.#view.getUint32(this.#take(4), true);
  int32 = (): number => this.#view.getInt32(this.#take(4), true);
  float64 = (): number => this.#view.getFloat64(this.#take(8), false);

  /** A length of 64 bits. */
  uint64 = (): number => {
    const length = this.#view.getBigUint64(this.#take(8), true);
    if (length > this.bytes.length) throw new Error('its pickle is cut short');
    return Number(length);
  };

  string(length: number): string {
    const raw = this.slice(length);
    try {
      return this.#text.decode(raw);
    } catch {
      return latin1(raw); // lone surrogates, which Python writes and UTF-8 does not have
    }
  }

  /** Text up to the end of the line. */
  line(): string {
    const end = this.bytes.indexOf(10, this.position);
    if (end < 0) throw new Error('its pickle is cut short');
    const found = this.string(end - this.position);
    this.position = end + 1;
    return found;
  }

  /** A whole number of any length, little-endian, two's complement. */
  long(length: number): number | bigint {
    if (length > LONGEST_NUMBER) throw new Error(`its pickle has a number of ${length} bytes`);
    let value = 0n;
    const raw = this.slice(length);
    raw.forEach((byte, i) => {
      value |= BigInt(byte) << BigInt(8 * i);
    });
    if (length > 0 && raw[length - 1]! & 0x80) value -= 1n << BigInt(8 * length);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
}
