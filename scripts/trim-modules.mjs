/**
 * After `npm ci` of a checkout: removes 440 MB of unpacked files that nothing here uses. Users' installations are not
 * affected.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { filesBelow } from './files-below.mjs';

const modules = fileURLToPath(new URL('../node_modules/', import.meta.url));
const inside = folder => (existsSync(modules + folder) ? readdirSync(modules + folder) : []);
const remove = path => rmSync(modules + path, { recursive: true, force: true });

// ONNX Runtime for other systems
const runtime = 'onnxruntime-node/bin/napi-v6';
for (const system of inside(runtime))
  for (const processor of inside(`${runtime}/${system}`))
    if (system !== process.platform || processor !== process.arch) remove(`${runtime}/${system}/${processor}`);

// builds that no entry point uses: of ONNX Runtime for browsers …
for (const name of inside('onnxruntime-web/dist'))
  if (/\.(jsep|jspi)\.|^ort\.(all|webgl)\.|^ort\..*(?<!\.min\.m?js)$/.test(name))
    remove(`onnxruntime-web/dist/${name}`);

// … and of TensorFlow.js
for (const name of ['tfjs-core', 'tfjs-backend-cpu', 'tfjs-backend-wasm'])
  for (const file of inside(`@tensorflow/${name}/dist`))
    if (/^tf-.*(?<!\.node\.js)$/.test(file)) remove(`@tensorflow/${name}/dist/${file}`);

// a command, and emoji names in other languages
remove('protobufjs/cli');
for (const name of inside('emojibase-data'))
  if (/^[a-z]{2}(-[a-z]+)?$/.test(name) && name !== 'en') remove(`emojibase-data/${name}`);

// source maps
for (const path of filesBelow(modules)) if (/\.m?js\.map$/.test(path)) rmSync(path);
