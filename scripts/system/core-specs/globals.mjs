/** jasmine's globals and the backend under test, imported before any spec. */
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util';
import jasmineCore from 'jasmine-core';
import { compileEachKernel } from './each-kernel.mjs';

jasmineCore.boot();
compileEachKernel();
setTestEnvs([{ name: 'compiled', backendName: 'onnxruntime', isDataSync: true }]);
