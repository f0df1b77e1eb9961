/** A temporary file of consecutive weights, kept until a session has read them. */
export interface WeightFile {
  /** Contains nothing but this file. */
  readonly folder: string;
  readonly path: string;
  /** Appends bytes. @returns their position in the file */
  add(bytes: Uint8Array): { offset: number; length: number };
  close(): void;
}
