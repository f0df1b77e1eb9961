interface Job {
  run(): Promise<void>;
  /** Whether it may run between two epochs of a training. */
  short: boolean;
}

/**
 * Runs calls one after the other, since ONNX Runtime does one thing at a time; training lets short ones go first at
 * `breathe`.
 */
export function jobQueue() {
  const queue: Job[] = [];
  let running = false;
  return {
    async add(job: Job): Promise<void> {
      queue.push(job);
      if (running) return;
      running = true;
      for (let next = queue.shift(); next; next = queue.shift()) await next.run();
      running = false;
    },

    /** Lets messages come in, and runs pending short jobs. */
    async breathe(): Promise<void> {
      await new Promise(resolve => setTimeout(resolve));
      for (const job of queue.filter(({ short }) => short)) {
        queue.splice(queue.indexOf(job), 1);
        await job.run();
      }
    },
  };
}
