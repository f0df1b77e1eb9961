/** A file open for reading at any position. */
export interface OpenFile {
  readonly path: string;
  /** Size in bytes when it was opened. */
  readonly size: number;
  /** Bytes `start` to `end`. @throws one sentence naming the file if it ends before */
  read(start: number, end: number): Uint8Array<ArrayBuffer>;
  /** Fills `bytes` with those from `start` on. @throws one sentence naming the file if it ends before */
  readInto(bytes: Uint8Array, start: number): void;
  /** Closing twice does nothing. */
  close(): void;
}
