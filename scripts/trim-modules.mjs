/**
 * After `npm ci` of a checkout: removes 360 MB of what npm has unpacked and nothing here uses. What users install stays
 * as it is.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const modules = fileURLToPath(new URL('../node_modules/', import.meta.url));
const inside = folder => (existsSync(modules + folder) ? readdirSync(modules + folder) : []);
const remove = path => rmSync(modules + path, { recursive: true, force: true });

// ONNX Runtime for other systems
const runtime = 'onnxruntime-node/bin/napi-v6';
for (const system of inside(runtime))
  for (const processor of inside(`${runtime}/${system}`))
    if (system !== process.platform || processor !== process.arch) remove(`${runtime}/${system}/${processor}`);

// builds of ONNX Runtime for browsers that nothing here imports
for (const name of inside('onnxruntime-web/dist'))
  if (/\.(jsep|jspi)\.|^ort\.(all|webgl|jspi)\./.test(name)) remove(`onnxruntime-web/dist/${name}`);

// names of emoji in other languages
for (const name of inside('emojibase-data'))
  if (/^[a-z]{2}(-[a-z]+)?$/.test(name) && name !== 'en') remove(`emojibase-data/${name}`);
