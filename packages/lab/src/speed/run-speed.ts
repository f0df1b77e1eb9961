import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import writeFileAtomic from 'write-file-atomic';
import { duration, timeLeft } from './duration.js';
import { stoppable } from './interrupt.js';
import { jsonReporter, reporter } from './reporter.js';
import { madeBy } from './show-tables.js';
import { jobs } from './speed/jobs.js';
import { newResults } from './speed/results.js';
import { runJob } from './speed/run-job.js';
import { sheets } from './speed/sheets.js';
import { speedMarkdown, speedText, whereText } from './speed/speed-text.js';
import { targets } from './speed/targets.js';
import type { SpeedCommandOptions } from './speed-command.js';
import { thisCommand } from './this-command.js';

/** Makes all measurements, one after the other, and prints and writes the tables. */
export async function runSpeed(options: SpeedCommandOptions): Promise<void> {
  const { device, threads, repeats, out, json } = options;
  const report = json ? jsonReporter() : reporter();
  const folder = await mkdtemp(join(tmpdir(), 'dgprompt-speed-'));
  const settings = { repeats, threads, model: join(folder, 'random-vit-b-16.safetensors') };
  const all = jobs(options.parts, { ...settings, photos: options.photos ?? join(folder, 'photographs') });
  const results = newResults();
  const started = performance.now();
  const end = () => report.stop();
  await stoppable(
    async signal => {
      report.line(whereText());
      const total = all.reduce((sum, { usual }) => sum + usual, 0);
      let done = 0;
      for (const job of all) {
        const pace = done > 0 ? (performance.now() - started) / 1000 / done : 1;
        const say = `${job.row} · ${job.name} · ${timeLeft({ seconds: pace * (total - done), atLeast: false })}`;
        report.progress(done / total, say);
        const begun = performance.now();
        const outcome = await runJob(job, { device, threads, signal });
        signal.throwIfAborted();
        results.add(job, outcome);
        done += job.usual;
        const took = duration((performance.now() - begun) / 1000);
        report.line(
          'error' in outcome
            ? `  ${pc.yellow('–')} ${job.row}, ${job.name}: left out, ${outcome.error}`
            : `  ${pc.green('✓')} ${job.row}, ${job.name} ${pc.dim(took)}`,
        );
        if ('error' in outcome && job.row === 'model') throw new Error(outcome.error); // nothing can be measured without it
      }
      const text = { sheets: sheets(results), targets: targets(results), machine: whereText() };
      process.stdout.write(json ? `${JSON.stringify(text, null, 2)}\n` : `\n${speedText(results)}\n`);
      if (out === undefined) return;
      const threadsText = threads === 0 ? 'a thread a core' : `${threads} threads`;
      const markdown = speedMarkdown(results, `${device}, ${threadsText}, the median of ${repeats} steps`);
      await writeFileAtomic(out, `${markdown}\n\n${madeBy(thisCommand())}\n`);
      report.line(pc.dim(`The tables are in ${out}, too.`));
    },
    { end, stopped: 'Stopped; nothing was written.' },
  ).finally(() => rm(folder, { recursive: true, force: true }));
}
