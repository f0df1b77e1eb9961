import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../processes.mjs';
import { allowed, exported, largestDifference } from './exported.mjs';

/** A program written with only the file and Python, without our code. */
const program = `
import json, sys
import numpy, onnxruntime
from PIL import Image
session = onnxruntime.InferenceSession(sys.argv[1], providers=['CPUExecutionProvider'])
names = json.loads(session.get_modelmeta().custom_metadata_map['classNames'])
answers = []
for path in open(sys.argv[2]).read().split('\\n'):
    image = numpy.asarray(Image.open(path).convert('RGB'))
    probabilities, labels = session.run(None, {'image': image})
    assert list(labels) == names, (labels, names)
    answers.append(probabilities[0].tolist())
print(json.dumps({'labels': names, 'answers': answers}))
`;

/** The exported files in Python's ONNX Runtime, images read by Pillow, give the probabilities of `dgprompt predict`. */
export const pythonOnnxRuntime = {
  name: "exported file in Python's onnxruntime",
  async run() {
    const work = mkdtempSync(join(tmpdir(), 'dgprompt-python-'));
    const made = [];
    try {
      const python = join(work, 'venv', 'bin', 'python');
      const asked = await run('python3', ['-m', 'venv', join(work, 'venv')], { capture: true }).catch(() => ({
        code: 1,
      }));
      if (asked.code !== 0) return 'there is no Python 3 with venv';
      const pip = ['-m', 'pip', 'install', '--quiet', 'onnxruntime', 'numpy', 'pillow'];
      if ((await run(python, pip, { capture: true })).code !== 0)
        return 'onnxruntime cannot be installed with pip here';
      const { model, images, clean } = await exported();
      made.push(clean);
      writeFileSync(join(work, 'images.txt'), images.map(({ path }) => path).join('\n'));
      writeFileSync(join(work, 'answer.py'), program);
      const counts = { passed: 0, failed: 0, skipped: 0 };
      for (const precision of Object.keys(allowed)) {
        const args = [join(work, 'answer.py'), model(precision), join(work, 'images.txt')];
        const { code, output, stdout } = await run(python, args, { capture: true });
        if (code !== 0) {
          console.log(`${precision}: ${output.trim().split('\n').at(-1)}`);
          counts.failed++;
          continue;
        }
        const { labels, answers } = JSON.parse(stdout);
        const difference = Math.max(...images.map((image, i) => largestDifference(labels, answers[i], image)));
        console.log(
          `${precision}: probabilities differ by ${difference.toExponential(1)} at most on ${images.length} images`,
        );
        counts[difference <= allowed[precision] ? 'passed' : 'failed']++;
      }
      return counts;
    } finally {
      for (const clean of made) clean();
      rmSync(work, { recursive: true, force: true });
    }
  },
};
