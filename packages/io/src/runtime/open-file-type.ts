/** A file that is open for reading at any place. */
export interface OpenFile {
  readonly path: string;
  /** Bytes when it was opened. */
  readonly size: number;
  /** Bytes `start` to `end`. @throws a sentence naming the file if it ends before */
  read(start: number, end: number): Uint8Array<ArrayBuffer>;
  /** Fills `bytes` with those from `start` on. @throws a sentence naming the file if it ends before */
  readInto(bytes: Uint8Array, start: number): void;
  /** Closing twice does nothing. */
  close(): void;
}
