/** Detects changes to a file, and when it last changed. */
export interface FileStamp {
  /** Size, modification and change time in nanoseconds, and inode. */
  text: string;
  bytes: number;
  /** Milliseconds since 1970. */
  changed: number;
}
