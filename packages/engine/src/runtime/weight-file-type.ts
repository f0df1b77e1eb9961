/** A file that weights are written to one after another, until a session has read them. */
export interface WeightFile {
  /** It contains nothing else. */
  readonly folder: string;
  readonly path: string;
  /** @returns where the bytes are in the file */
  add(bytes: Uint8Array): { offset: number; length: number };
  close(): void;
}
