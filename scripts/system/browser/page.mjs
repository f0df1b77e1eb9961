/** `ask(task, given)` runs a task of `worker.mjs` and resolves to its answer. */
const worker = new Worker(new URL('./worker.mjs', import.meta.url), { type: 'module' });
const asked = new Map();

worker.onmessage = ({ data: { id, answer, error } }) => {
  const { resolve, reject } = asked.get(id);
  asked.delete(id);
  if (error === undefined) resolve(answer);
  else reject(new Error(error));
};
worker.onerror = event => {
  for (const { reject } of asked.values()) reject(new Error(event.message));
};

globalThis.ask = (task, given = {}) =>
  new Promise((resolve, reject) => {
    const id = crypto.randomUUID();
    asked.set(id, { resolve, reject });
    worker.postMessage({ id, task, given });
  });
