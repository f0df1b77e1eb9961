/** An error in the command line or in a config file; the command exits with 2. */
export class UsageError extends Error {
  /** A second line, such as which file has the wrong value. */
  note?: string;
}

/** For `catch`: reports the error as one of the command line. */
export const usage = (error: Error): never => {
  throw new UsageError(error.message, { cause: error });
};
