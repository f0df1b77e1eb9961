import { readFileSync, existsSync } from 'node:fs';
import { useDevice, compile } from '@dgprompt/engine';
import { loadClip } from '@dgprompt/clip';
import { maple, trainingStep, classTargets } from '@dgprompt/methods';
import * as tf from '@tensorflow/tfjs';
import ort from 'onnxruntime-node';
const rss=(w)=>{ const m=process.memoryUsage(); console.log(w.padEnd(18), readFileSync('/proc/self/status','utf8').match(/(VmHWM|RssAnon|RssFile).*/g).join(' ').replace(/\s+/g,' '), 'heap',Math.round(m.heapUsed/1e6),'/',Math.round(m.heapTotal/1e6),'ab', Math.round(m.arrayBuffers/1e6)); };
const P=ort.InferenceSession; const create=P.create.bind(P);
P.create=async(...a)=>{ rss('before session'); console.log('model bytes',a[0].length/1e6); const s=await create(...a); rss('after session'); return s; };
await useDevice({});
const file=process.argv[2];
const clip=await loadClip(file); rss('loadClip');
const names='accordion, airplane, anchor, ant, barrel, bass, beaver, binocular, bonsai, brain, brontosaurus, buddha, butterfly, camera, cannon, car side,ceiling fan, cellphone, chair, chandelier, cougar body, cougar face, crab, crayfish, crocodile, crocodile head, cup, dalmatian, dollar bill, dolphin,dragonfly, electric guitar, elephant, emu, euphonium, ewer, ferry, flamingo, flamingo head, garfield, gerenuk, gramophone, grand piano,hawksbill, headphone, hedgehog, helicopter, ibis, inline skate, joshua tree'.split(',').map(s=>s.trim());
const m=maple(clip,names,{seed:1}); const targets=await classTargets(m); rss('method');
const st=trainingStep(m,m.recipe);
const images=tf.randomNormal([4,3,224,224]); const labels=tf.tensor1d([1,2,3,4],'int32'); const rows=tf.ones([4]);
for(let i=0;i<8;i++){ await st.run({images,labels,rows},targets,1e-5); rss('step '+i); }
process.exit(0);
