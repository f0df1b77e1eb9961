/** What a call gets in addition to its parameters. */
export interface Context<E = never> {
  signal: AbortSignal;
  onEvent(event: E): void;
  /** Lets short calls run, for example between two epochs. */
  breathe(): Promise<void>;
}
