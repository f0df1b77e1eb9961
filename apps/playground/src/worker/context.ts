/** What a call is given beside its parameters. */
export interface Context<E = never> {
  signal: AbortSignal;
  onEvent(event: E): void;
  /** Lets short calls run, between two epochs say. */
  breathe(): Promise<void>;
}
