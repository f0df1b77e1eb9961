/** An error in the command line or a config file; the command exits with 2. */
export class UsageError extends Error {
  /** A second line, such as the file with the wrong value. */
  note?: string;
}

/** For `catch`: rethrows the error as a usage error. */
export const usage = (error: Error): never => {
  throw new UsageError(error.message, { cause: error });
};
