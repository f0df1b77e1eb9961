/** Work cannot be interrupted in a browser: a page that hangs is closed, or its worker terminated. */
export const stoppable = <T>(work: () => T, _milliseconds: number, _late: () => Error): T => work();
