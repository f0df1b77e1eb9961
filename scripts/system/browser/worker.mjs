import { loadClip } from '@dgprompt/clip';
import { classSubset, fewShot } from '@dgprompt/datasets';
import { useDevice, useWasm } from '@dgprompt/engine';
import { decode } from '@dgprompt/images';
import { putFiles, readBytes, removePath, sha256Hex, takeFiles } from '@dgprompt/io';
import { evaluate, loadMethod, resolveMethod, train } from '@dgprompt/methods';
import { exportModel } from '@dgprompt/methods/classifier';
import { loadTask, miniClip } from '@dgprompt/pictograms';
import { firstSteps } from './first-steps.mjs';

/** Shared by all tasks, made once. */
let made;
const ready = () => (made ??= make());

async function make() {
  const [clip, weather] = await Promise.all([loadClip(miniClip), loadTask('weather')]);
  const shots = fewShot(weather, 16, 1);
  return { clip, weather, base: classSubset(shots, 'base'), rest: classSubset(shots, 'new') };
}

const tasks = {
  async start({ device, threads }) {
    useWasm({ paths: new URL('/ort/', location.href).href });
    await useDevice({ device, threads });
    const started = performance.now();
    const { clip, weather } = await ready();
    return { clip: clip.id, content: weather.content, seconds: (performance.now() - started) / 1000 };
  },

  /** Runs a whole training; the result is kept for `saved`. */
  async train({ name, options }) {
    const { clip, base, rest } = await ready();
    const method = resolveMethod(name)(clip, base);
    const started = performance.now();
    const losses = [];
    for await (const { loss } of train(method, options)) losses.push(loss);
    const scores = [];
    for (const part of [base, rest]) scores.push((await evaluate(method, part)).correct);
    await removePath('/saved');
    await method.save('/saved');
    await exportModel(method, { file: '/exported.onnx' });
    const answer = {
      losses,
      scores,
      seconds: (performance.now() - started) / 1000,
      predictions: await predictions(method),
    };
    method.dispose();
    return answer;
  },

  async saved() {
    return { folder: encoded(await takeFiles('/saved')), onnx: base64(await readBytes('/exported.onnx')) };
  },

  /** The predictions of a classifier saved by Node. */
  async predict({ folder }) {
    putFiles('/given', Object.fromEntries(Object.entries(folder).map(([name, text]) => [name, bytes(text)])));
    const method = await loadMethod('/given', (await ready()).clip);
    const answer = await predictions(method);
    method.dispose();
    return answer;
  },

  /** Losses and milliseconds of the first steps. */
  async steps({ name, count, every = 1 }) {
    const { clip, base } = await ready();
    const method = resolveMethod(name)(clip, { ...base, train: base.train.filter((_, i) => i % every === 0) });
    const answer = await firstSteps(train, method, count);
    method.dispose();
    return answer;
  },

  /** Stops after an epoch, discards everything but the bytes of the checkpoint, and resumes. */
  async resume({ name, epochs }) {
    const { clip, base } = await ready();
    const run = async (checkpoint, signal, onEpoch) => {
      const method = resolveMethod(name)(clip, base);
      const losses = [];
      try {
        for await (const { loss } of train(method, { epochs, checkpoint, signal, onEpoch })) losses.push(loss);
      } finally {
        method.dispose();
      }
      return losses;
    };
    const whole = await run('/whole');
    const stop = new AbortController();
    let epoch = 0;
    const stopped = await run('/stopped', stop.signal, () => ++epoch === 2 && stop.abort()).catch(error => error.name);
    const kept = await takeFiles('/stopped');
    await removePath('/stopped');
    putFiles('/again', kept);
    return { whole, stopped, rest: await run('/again') };
  },

  async pixels({ images }) {
    const answer = [];
    for (const image of images) {
      try {
        const { width, height, data } = await decode(new File([bytes(image.base64)], image.name), image.options);
        answer.push({ width, height, sha256: sha256Hex(data), data: image.isCompared ? base64(data) : undefined });
      } catch (error) {
        answer.push({ error: error.message });
      }
    }
    return answer;
  },

  /** A hash of the pixels of all images of a task. */
  async taskPixels() {
    const { weather } = await ready();
    const all = [];
    for (const { path } of [...weather.train, ...weather.val, ...weather.test]) all.push((await decode(path)).data);
    return sha256Hex(...all);
  },

  /** Trains on WebGPU until the device is lost in the second epoch, then resumes from the checkpoint on the CPU. */
  async lost({ name, epochs, batch }) {
    const { clip, base } = await ready();
    const few = { ...base, train: base.train.slice(0, 2 * batch) };
    const run = async onEpoch => {
      const method = resolveMethod(name)(clip, few);
      const losses = [];
      try {
        for await (const { loss } of train(method, { epochs, batch, checkpoint: '/lost', onEpoch })) losses.push(loss);
        return losses;
      } finally {
        method.dispose();
      }
    };
    const { env } = await import('onnxruntime-web/webgpu');
    const lose = async () => (await env.webgpu.device).destroy();
    const said = await run(() => void lose()).catch(error => error.message);
    await useDevice({ device: 'cpu' });
    return { said, resumed: await run() };
  },

  async fails({ what }) {
    try {
      await failures[what]();
      return 'nothing was said';
    } catch (error) {
      return error.message;
    }
  },
};

/** Deliberate failures. */
const failures = {
  notClip: () => loadClip(new File(['no weights'], 'words.safetensors')),
  missing: () => loadClip(new URL('/nowhere/model.safetensors', location.href)),
  torch: () => loadClip(new File([Uint8Array.of(0x50, 0x4b, 3, 4, ...new Array(60).fill(0))], 'clip.pt')),
  int8: () => useDevice({ precision: 'int8' }),
  noTask: () => loadTask('wether'),
};

async function predictions(method) {
  const { base } = await ready();
  const found = await method.predict(
    base.test.slice(0, 16).map(({ path }) => path),
    { top: method.classNames.length },
  );
  return found.map(all => all.map(({ label, score }) => [label, score]));
}

const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));

function base64(all) {
  let text = '';
  for (let at = 0; at < all.length; at += 3 * 2 ** 13)
    text += btoa(String.fromCharCode(...all.subarray(at, at + 3 * 2 ** 13)));
  return text;
}

const encoded = files => Object.fromEntries(Object.entries(files).map(([name, all]) => [name, base64(all)]));

self.onmessage = async ({ data: { id, task, given } }) => {
  try {
    self.postMessage({ id, answer: await tasks[task](given) });
  } catch (error) {
    self.postMessage({ id, error: error.message });
  }
};
