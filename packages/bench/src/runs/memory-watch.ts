/** Milliseconds between two looks. */
const every = 200;

/**
 * Watches this process's resident memory until `end`, which returns the most that was seen, in bytes. Memory of what
 * the process did before counts as far as it still holds it.
 */
export function watchMemory(): { end(): number } {
  let most = 0;
  const look = () => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  look();
  const timer = setInterval(look, every);
  timer.unref();
  return {
    end() {
      clearInterval(timer);
      look();
      return most;
    },
  };
}
