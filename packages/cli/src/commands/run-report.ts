import { join } from 'node:path';
import { readRecords } from '@dgprompt/bench';
import { runName } from '@dgprompt/bench/runs';
import { bytes, folderFor, writeFileAtomic } from '@dgprompt/io';
import { reportPage } from '../report/page.js';
import { failedRuns } from '../report/sections/failed-runs.js';
import { wordReader } from '../report/words.js';
import { reporter } from '../terminal/reporter.js';
import type { ReportCommandOptions } from './report-command.js';

/** Reads the records of a folder and writes the page. @throws a sentence if there are none */
export async function runReport({ results, out }: ReportCommandOptions): Promise<void> {
  const { records, damaged } = await readRecords(results);
  const problems = damaged.map(({ name, reason }) => `${join(results, name)} is left out: ${reason}.`);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (records.length === 0)
    throw new Error(
      `There are no records in ${results}. \`dgprompt bench\` makes some; --results names another folder.`,
    );
  const runs = records.map(record => ({ ...record, folder: join(results, runName(record.config)) }));
  const report = reporter();
  const reader = wordReader();
  const page = await reportPage({
    ...{ runs, problems: [...problems, ...(await failedRuns(results))], results, reader },
    onTask: ({ done, total, task }) => report.progress(done / total, task),
  }).finally(async () => {
    report.stop();
    await reader.dispose();
  });
  await folderFor(out);
  await writeFileAtomic(out, page);
  process.stdout.write(`${out} shows ${runs.length} run${runs.length === 1 ? '' : 's'} (${bytes(page.length)}).\n`);
}
