/** Runs the first steps of training and times each. */
export async function firstSteps(train, method, count) {
  const stop = new AbortController();
  const losses = [];
  const times = [];
  const onStep = ({ loss }) => {
    losses.push(loss);
    times.push(performance.now());
    if (losses.length === count) stop.abort();
  };
  try {
    for await (const _ of train(method, { signal: stop.signal, onStep }));
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
  return { losses, milliseconds: times.slice(1).map((time, i) => time - times[i]) };
}
