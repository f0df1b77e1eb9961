/** A file in a zip archive. */
export interface ZipEntry {
  name: string;
  /** Bytes, unpacked. */
  size: number;
  /** Neither compressed nor encrypted: its bytes can be read in place. */
  isPlain: boolean;
  /** Where its bytes start in the archive. */
  start(): Promise<number>;
  /**
   * Its content.
   * @throws a sentence without the archive's name if it is larger than `most` bytes, or not of the size it claims
   */
  read(most: number): Promise<Uint8Array>;
}
