import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readPlan } from '@dgprompt/bench/runs';
import { parseJson, pathExists, readPlainFile, writeFileAtomic } from '@dgprompt/io';
import { z } from 'zod';

/** A submitted job array of a plan. */
export interface SlurmJob {
  id: string;
  /** The cluster, if Slurm serves several. */
  cluster?: string;
  /** Task N does run `first + N`. */
  first: number;
  tasks: number[];
  /** ISO 8601. */
  submittedAt: string;
}

/** `plans/<hash>.slurm.json`: the jobs submitted for `plans/<hash>.json`, oldest first. */
interface JobsFile {
  format: 1;
  jobs: SlurmJob[];
}

const ending = '.slurm.json';

/** Records a submitted job array next to its plan. */
export async function noteJob(planFile: string, job: SlurmJob): Promise<void> {
  const file = planFile.replace(/\.json$/, ending);
  const { jobs } = await readJobsFile(file);
  const content: JobsFile = { format: 1, jobs: [...jobs, job] };
  await writeFileAtomic(file, `${JSON.stringify(content, null, 2)}\n`);
}

/** A job array with the names of its runs, by task. */
export interface NamedJob extends SlurmJob {
  names: Map<number, string>;
  /** The output file of a task. */
  output(task: number): string;
}

/** All job arrays submitted from a results folder, oldest first; unreadable lists are named. */
export async function submittedJobs(results: string): Promise<{ jobs: NamedJob[]; problems: string[] }> {
  const folder = join(results, 'plans');
  const files = await readdir(folder).catch(() => []);
  const all: NamedJob[] = [];
  const problems: string[] = [];
  for (const name of files.filter(file => file.endsWith(ending))) {
    const planFile = join(folder, `${basename(name, ending)}.json`);
    const plan = await readPlan(planFile).catch(() => undefined); // deleted: its runs are no longer wanted
    if (!plan) continue;
    const { jobs } = await readJobsFile(join(folder, name)).catch((error: Error) => {
      problems.push(error.message);
      return { jobs: [] };
    });
    for (const job of jobs) {
      const names = job.tasks.flatMap(task => {
        const run = plan.runs[job.first + task];
        return run ? [[task, run.name] as const] : [];
      });
      all.push({ ...job, names: new Map(names), output: task => `${outputOf(planFile, job.first)}-${task}.log` });
    }
  }
  return { jobs: all.sort((a, b) => (a.submittedAt < b.submittedAt ? -1 : 1)), problems };
}

/** The common prefix of the output files of an array's tasks. */
export const outputOf = (planFile: string, first: number): string =>
  planFile.replace(/\.json$/, first === 0 ? '' : `+${first}`);

async function readJobsFile(file: string): Promise<JobsFile> {
  if (!(await pathExists(file))) return { format: 1, jobs: [] };
  const bytes = await readPlainFile(file);
  try {
    const { success, data } = jobsSchema.safeParse(parseJson(new TextDecoder().decode(bytes)));
    if (success) return data;
  } catch {} // falls through to the error below
  throw new Error(`${file} is not a list of Slurm jobs, so they cannot be followed. Delete it to plan them again.`);
}

/** Validated because ids and clusters become arguments of squeue. */
const jobsSchema = z.object({
  format: z.literal(1),
  jobs: z.array(
    z.object({
      id: z.string().regex(/^\d+$/),
      cluster: z
        .string()
        .regex(/^\w[\w.-]*$/)
        .optional(),
      first: z.int().min(0),
      tasks: z.array(z.int().min(0)),
      submittedAt: z.string(),
    }),
  ),
});
