declare module 'virtual:task-counts' {
  /** Classes and pictures of each task. */
  export const taskCounts: Readonly<Record<string, { classes: number; images: number }>>;
}
