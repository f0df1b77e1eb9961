/** Hashes of a file: SHA-256, MD5, or git's id for a file of these bytes. */
export type HashKind = 'sha256' | 'md5' | 'gitId';
