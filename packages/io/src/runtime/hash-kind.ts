/** Hashes of a file: SHA-256, MD5, or the id that git gives a file of these bytes. */
export type HashKind = 'sha256' | 'md5' | 'gitId';
