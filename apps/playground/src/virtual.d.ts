/** Of `@dgprompt/methods`. */
declare const METHODS_VERSION: string;

declare module 'virtual:task-counts' {
  /** Number of classes and pictures per task. */
  export const taskCounts: Readonly<Record<string, { classes: number; images: number }>>;
}
