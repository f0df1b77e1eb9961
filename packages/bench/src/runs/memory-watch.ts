/** Polling interval in milliseconds. */
const every = 200;

/**
 * Watches this process's resident memory until `end`, which returns the peak in bytes. Memory from earlier work counts
 * while the process still holds it.
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
