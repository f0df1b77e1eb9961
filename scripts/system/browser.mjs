import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWithVite, wasmFolder } from '../browser-bundles.mjs';
import { run } from '../processes.mjs';
import { root } from '../setup.mjs';
import { serve } from '../static-server.mjs';
import { total } from '../summary.mjs';
import { firstSteps } from './browser/first-steps.mjs';
import { jpegs, pictures } from './browser/pictures.mjs';
import { inChromium, offNetwork, softwareGpu } from './in-chromium.mjs';

/** Methods whose training is compared; without `--full`, one epoch each. */
const methods = ['coop', 'maple', 'dgprompt'];
/** Largest relative difference of a loss from Node's. */
const NEAR = 1e-3;
/** Threads in both runtimes. */
const threads = 2;

/** The packages in a real headless Chromium, compared with Node. */
export const browser = {
  name: 'the packages in a browser (Chromium)',
  async run({ full }) {
    const site = await makeSite();
    if (typeof site === 'string') {
      console.log(`failed  the bundle: ${site}`);
      return { passed: 0, failed: 1, skipped: 0 };
    }
    const options = full ? {} : { epochs: 1 };
    const given = { ...site, options };
    const counts = [await inChromium(async () => given, checks, [...offNetwork, '--disable-gpu'])];
    if (typeof counts[0] === 'string') return counts[0];
    counts.push(
      await inChromium(async () => ({ ...given, clean: site.remove }), gpuChecks, [...offNetwork, ...softwareGpu]),
    );
    return total(counts);
  },
};

const checks = {
  async 'the mini-CLIP and the pictograms match Node, pixel by pixel'(browser, { isolated, node }) {
    const tab = await opened(browser, isolated);
    const { clip, weather } = await node();
    const { clip: id, content } = await tab.start;
    if (id !== clip.id || content !== weather.content) throw new Error(`${id}, ${content}`);
    const { decode } = await import('@dgprompt/images');
    const { sha256Hex } = await import('@dgprompt/io');
    const all = [];
    for (const { path } of [...weather.train, ...weather.val, ...weather.test]) all.push((await decode(path)).data);
    if ((await tab.ask('taskPixels')) !== sha256Hex(...all)) throw new Error('pixels of weather differ');
    await tab.close();
    return `: ${all.length} images`;
  },

  async 'PNG, GIF, BMP, TIFF and PPM files give the same pixels as in Node'(browser, { isolated }) {
    const tab = await opened(browser, isolated);
    const { decode } = await import('@dgprompt/images');
    const { sha256Hex } = await import('@dgprompt/io');
    const all = await pictures();
    const answers = await tab.ask('pixels', {
      images: all.map(({ name, bytes }) => ({ name, base64: base64(bytes) })),
    });
    for (const [i, { name, bytes }] of all.entries()) {
      const { width, height, data } = await decode(bytes);
      const { error, ...answer } = answers[i];
      if (error || answer.width !== width || answer.height !== height || answer.sha256 !== sha256Hex(data))
        throw new Error(`${name}: ${error ?? 'its pixels differ'}`);
    }
    await tab.close();
    return `: ${all.length} files`;
  },

  async "JPEG and WebP files are near Node's"(browser, { isolated }) {
    const tab = await opened(browser, isolated);
    const { decode } = await import('@dgprompt/images');
    const all = await jpegs();
    const images = all.map(({ name, bytes, options }) => ({ name, base64: base64(bytes), options, isCompared: true }));
    const answers = await tab.ask('pixels', { images });
    const lines = [];
    for (const [i, { name, bytes, options, most }] of all.entries()) {
      const { width, height, data } = await decode(bytes, options);
      const { error, ...answer } = answers[i];
      if (error || answer.width !== width || answer.height !== height)
        throw new Error(`${name}: ${error ?? `${answer.width} × ${answer.height}, not ${width} × ${height}`}`);
      const theirs = Buffer.from(answer.data, 'base64');
      const differences = data.map((value, at) => Math.abs(value - theirs[at]));
      const largest = differences.reduce((a, b) => Math.max(a, b), 0);
      const mean = differences.reduce((a, b) => a + b, 0) / data.length;
      lines.push(`\n          ${name}: ${largest} of 255 at most, ${mean.toFixed(3)} on average`);
      if (largest > most) throw new Error(`${name} differs by ${largest}`);
    }
    await tab.close();
    return lines.join('');
  },

  ...Object.fromEntries(
    methods.map(name => [
      `${name} on weather, 16 shots, seed 1: the losses of Node, and its accuracies`,
      async (browser, { isolated, trained, options }) => {
        const tab = await opened(browser, isolated);
        const theirs = await tab.ask('train', { name, options });
        Object.assign(await trained(name), { theirs, ...(await tab.ask('saved')) });
        const { ours } = await trained(name);
        await tab.close();
        const loss = largestRelative(theirs.losses, ours.losses);
        const images = Math.max(...theirs.scores.map((score, i) => Math.abs(score - ours.scores[i])));
        if (!(loss <= NEAR) || theirs.losses.length !== ours.losses.length) throw new Error(`losses differ by ${loss}`);
        if (images > 1) throw new Error(`accuracies differ by ${images} images`);
        const seconds = `${theirs.seconds.toFixed(0)} s, in Node ${ours.seconds.toFixed(0)} s`;
        return `: losses to ${loss.toExponential(1)}, accuracies to ${images} images; ${seconds}`;
      },
    ]),
  ),

  async 'a classifier and its ONNX file from the tab work in Node'(_, { trained, folder, node }) {
    const { theirs, ours, folder: files, onnx } = await trained('dgprompt');
    const { clip, base } = await node();
    const { loadMethod } = await import('@dgprompt/methods');
    const place = join(folder, 'from-tab');
    await unpack(place, files);
    const method = await loadMethod(place, clip);
    const worst = largestOf(await predictions(method, base), theirs.predictions);
    method.dispose();
    const { openModel } = await import('@dgprompt/engine/portable');
    const { decode } = await import('@dgprompt/images');
    const model = await openModel(Buffer.from(onnx, 'base64'));
    const { width, height, data } = await decode(base.test[0].path);
    const scores = await model.run({ image: { data, shape: [height, width, 3] } }, 'probabilities');
    await model.dispose();
    const first = new Map(theirs.predictions[0]);
    const off = Math.max(...base.classNames.map((label, i) => Math.abs(scores[i] - first.get(label))));
    if (!(worst <= NEAR && off <= NEAR)) throw new Error(`probabilities differ by ${worst}, of the file by ${off}`);
    return `: probabilities to ${worst.toExponential(1)}, of the file to ${off.toExponential(1)}; own training ${ours.seconds.toFixed(0)} s`;
  },

  async 'a classifier from Node works in the tab'(browser, { isolated, trained }) {
    const tab = await opened(browser, isolated);
    const { ours } = await trained('maple');
    const worst = largestOf(await tab.ask('predict', { folder: ours.files }), ours.predictions);
    await tab.close();
    if (!(worst <= NEAR)) throw new Error(`probabilities differ by ${worst}`);
    return `: probabilities to ${worst.toExponential(1)}`;
  },

  async 'training resumes from the bytes of a checkpoint, with the same bits'(browser, { isolated }) {
    const tab = await opened(browser, isolated);
    const { whole, stopped, rest } = await tab.ask('resume', { name: 'coop', epochs: 4 });
    await tab.close();
    if (stopped !== 'AbortError' || JSON.stringify(rest) !== JSON.stringify(whole.slice(-rest.length)))
      throw new Error(`${stopped}; ${whole} went on as ${rest}`);
    return `: ${rest.length} of ${whole.length} epochs after the stop`;
  },

  async 'a step of MaPLe with two threads, compared with Node'(browser, { isolated, node }) {
    const tab = await opened(browser, isolated);
    const { milliseconds: theirs } = await tab.ask('steps', { name: 'maple', count: 24 });
    await tab.close();
    const { milliseconds: ours } = await nodeSteps(await node(), 'maple', 24);
    const ratio = median(theirs) / median(ours);
    return `: ${median(theirs).toFixed(0)} ms, in Node ${median(ours).toFixed(0)} ms (${ratio.toFixed(2)} times)`;
  },

  async 'without cross-origin isolation one thread computes the same'(browser, { plain, node }) {
    const tab = await opened(browser, plain);
    if (await tab.evaluate(() => crossOriginIsolated)) throw new Error('the page is isolated');
    const { losses } = await tab.ask('steps', { name: 'coop', count: 6 });
    await tab.close();
    const off = largestRelative(losses, (await nodeSteps(await node(), 'coop', 6)).losses);
    if (!(off <= NEAR)) throw new Error(`losses differ by ${off}`);
    return `: losses to ${off.toExponential(1)}`;
  },

  async 'a file that cannot be loaded is reported in a sentence'(browser, { isolated }) {
    const tab = await opened(browser, isolated);
    const said = {
      notClip: /^words\.safetensors is not a whole safetensors file: .*\.$/,
      missing: /^There is no file at http.*\/nowhere\/model\.safetensors\.$/,
      torch: /^clip\.pt .*save it as \.safetensors\.$/,
      int8: /^Precision 'int8' .*\.$/,
      noTask: /^Unknown task "wether"\. Did you mean "weather"\?/,
    };
    for (const [what, sentence] of Object.entries(said)) {
      const answer = await tab.ask('fails', { what });
      if (!sentence.test(answer)) throw new Error(`${what}: ${answer}`);
    }
    const { 0: heic } = await tab.ask('pixels', { images: [{ name: 'photo.heic', base64: base64(heicHead) }] });
    if (!/^photo\.heic .*HEIC.*convert it to JPEG/.test(heic.error)) throw new Error(`HEIC: ${heic.error}`);
    await tab.close();
  },
};

const gpuChecks = {
  async 'a device lost in training is reported, and the checkpoint is good'(browser, { isolated }) {
    const tab = await opened(browser, isolated, { device: 'webgpu' });
    const { said, resumed } = await tab.ask('lost', { name: 'coop', epochs: 3, batch: 4 });
    await tab.close();
    if (!/^The GPU was lost.*\.$/.test(said)) throw new Error(`it says: ${JSON.stringify(said)}`);
    if (resumed.length !== 2) throw new Error(`${resumed.length} epochs were left`);
  },

  async 'WebGPU takes the same steps'(browser, { isolated, node, options }) {
    const tab = await opened(browser, isolated, { device: 'webgpu' }).catch(error => error);
    if (tab instanceof Error) throw new Error(`WebGPU does not start: ${tab.message}`);
    const worst = [];
    const some = options.epochs === 1 ? methods.slice(0, 1) : methods; // in software, a step takes a minute or more
    for (const name of some) {
      const { losses } = await tab.ask('steps', { name, count: 2, every: 16 });
      worst.push(largestRelative(losses, (await nodeSteps(await node(), name, 2, 16)).losses));
    }
    await tab.close();
    if (!(Math.max(...worst) <= NEAR)) throw new Error(`losses differ by ${worst}`);
    return `: losses to ${worst.map(off => off.toExponential(1)).join(', ')} (${some.join(', ')})`;
  },
};

/** The first box of a HEIC file. */
const heicHead = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic\0\0\0\0mif1heic')]);

/** Bundles the program and serves it twice, with and without isolation; or returns the bundle's problem. */
async function makeSite() {
  const packages = ['methods', 'pictograms'].map(name => `--filter=@dgprompt/${name}`);
  const { code, output } = await run('npx', ['turbo', 'build', 'sheets', ...packages], { cwd: root, capture: true });
  if (code !== 0) return output.trim().split('\n').at(-1);
  const folder = mkdtempSync(join(tmpdir(), 'dgprompt-browser-'));
  const site = join(folder, 'site');
  const complaints = await bundleWithVite({ root: join(root, 'scripts', 'system', 'browser'), outDir: site });
  if (complaints.length > 0) return complaints.join('; ');
  cpSync(wasmFolder(root), join(site, 'ort'), { recursive: true });
  const isolated = await serve(site);
  const plain = await serve(site, { isolated: false });
  const reference = nodeReference(folder);
  return {
    ...{ folder, isolated: isolated.url, plain: plain.url, ...reference },
    clean() {},
    remove() {
      isolated.close();
      plain.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The same results in Node, each computed once on demand. */
function nodeReference(folder) {
  let made;
  const known = new Map();
  const node = () => (made ??= makeNode());
  return {
    node,
    trained(name) {
      if (!known.has(name)) known.set(name, trainedInNode(name));
      return known.get(name);
    },
  };

  async function makeNode() {
    const { useDevice } = await import('@dgprompt/engine');
    const { loadClip } = await import('@dgprompt/clip');
    const { classSubset, fewShot } = await import('@dgprompt/datasets');
    const { loadTask, miniClip } = await import('@dgprompt/pictograms');
    await useDevice({ threads });
    const [clip, weather] = [await loadClip(miniClip), await loadTask('weather')];
    const shots = fewShot(weather, 16, 1);
    return { clip, weather, base: classSubset(shots, 'base'), rest: classSubset(shots, 'new') };
  }

  async function trainedInNode(name) {
    const { clip, base, rest } = await node();
    const { evaluate, resolveMethod, train } = await import('@dgprompt/methods');
    const method = resolveMethod(name)(clip, base);
    const started = performance.now();
    const losses = [];
    const options = process.argv.includes('--full') ? {} : { epochs: 1 };
    for await (const { loss } of train(method, options)) losses.push(loss);
    const scores = [];
    for (const part of [base, rest]) scores.push((await evaluate(method, part)).correct);
    const seconds = (performance.now() - started) / 1000;
    const place = join(folder, name);
    await method.save(place);
    const files = Object.fromEntries(
      ['run.json', 'prompts.safetensors'].map(file => [file, base64(readFileSync(join(place, file)))]),
    );
    const found = await predictions(method, base);
    method.dispose();
    return { ours: { losses, scores, seconds, files, predictions: found } };
  }
}

async function nodeSteps({ clip, base }, name, count, every = 1) {
  const { resolveMethod, train } = await import('@dgprompt/methods');
  const method = resolveMethod(name)(clip, { ...base, train: base.train.filter((_, i) => i % every === 0) });
  const answer = await firstSteps(train, method, count);
  method.dispose();
  return answer;
}

async function predictions(method, { test }) {
  const paths = test.slice(0, 16).map(({ path }) => path);
  const found = await method.predict(paths, { top: method.classNames.length });
  return found.map(all => all.map(({ label, score }) => [label, score]));
}

/** A page with the packages in its worker; any error in it fails its checks. */
async function opened(browser, url, { device = 'cpu' } = {}) {
  const tab = await browser.newPage();
  const ask = (task, given = {}) => tab.evaluate(([task, given]) => globalThis.ask(task, given), [task, given]);
  await tab.goto(url);
  await tab.waitForFunction(() => 'ask' in globalThis);
  const start = await ask('start', { device, threads });
  return Object.assign(tab, { ask, start });
}

async function unpack(folder, files) {
  const { makeFolder } = await import('@dgprompt/io');
  await makeFolder(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), Buffer.from(text, 'base64'));
}

const base64 = bytes => Buffer.from(bytes).toString('base64');

const largestRelative = (ours, theirs) =>
  Math.max(...ours.map((x, i) => Math.abs(x - theirs[i]) / Math.abs(theirs[i])));

/** The largest difference of a probability, independent of the order of the classes. */
const largestOf = (ours, theirs) =>
  Math.max(
    ...ours.flatMap((all, i) => {
      const known = new Map(theirs[i]);
      return all.map(([label, score]) => Math.abs(score - known.get(label)));
    }),
  );

const median = values => [...values].sort((a, b) => a - b)[values.length >> 1];
