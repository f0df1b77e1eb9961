import { availableParallelism } from 'node:os';
import { machine, versions } from '@dgprompt/bench/records';
import { builtInDevices, type Device } from '@dgprompt/engine';
import { deviceFault } from '@dgprompt/engine/devices';
import { bytes } from '@dgprompt/io';
import pc from 'picocolors';
import { type DoctorCheck, engineChecks, modelCheck, writeCheck } from '../doctor/checks.js';
import { type Place, placesHere } from '../doctor/places.js';
import type { DoctorCommandOptions } from './doctor-command.js';

/** Prints what is installed and found here, and a few checks; the exit code is 1 if one fails. */
export async function runDoctor({ json, ...options }: DoctorCommandOptions): Promise<void> {
  const [devices, places] = await Promise.all([devicesHere(), placesHere(options)]);
  const checks = [...(await engineChecks(options)), modelCheck(), writeCheck(places[0]!)];
  if (checks.some(({ ok }) => !ok)) process.exitCode = 1;
  const { config = null, device, backend } = options;
  const threads = options.threads || availableParallelism();
  const all = { versions: versions(), machine: machine(), config, device, backend, threads, devices, places, checks };
  process.stdout.write(json ? `${JSON.stringify(all, null, 2)}\n` : `${report(all).join('\n')}\n`);
}

interface Found {
  versions: Record<string, string>;
  machine: ReturnType<typeof machine>;
  config: string | null;
  threads: number;
  devices: { name: Device; fault?: string }[];
  places: Place[];
  checks: DoctorCheck[];
}

function report({ versions, machine, config, threads, devices, places, checks }: Found): string[] {
  const facts = [
    ...Object.entries(versions),
    ['config file', config ?? 'none'],
    ['threads', String(threads)],
    ...devices.map(({ name, fault }) => [
      `device ${name}`,
      fault === undefined ? 'starts' : `does not start: ${fault}`,
    ]),
    ...places.map(place => [place.name, placeText(place)]),
  ] as [string, string][];
  const width = Math.max(...facts.map(([name]) => name.length));
  return [
    `${machine.system}, ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB`,
    ...facts.map(([name, says]) => `${name.padEnd(width)}  ${says}`),
    ...checks.map(({ name, ok, says }) => `${ok ? pc.green('✓') : pc.red('✗')} ${name}: ${says}`),
  ];
}

function placeText({ path, exists, bytes: count, whole, free }: Place): string {
  const size = exists ? `${whole ? '' : 'more than '}${bytes(count)}` : 'not there yet';
  return `${path}: ${size}${free === undefined ? '' : `, ${bytes(free)} free`}`;
}

/** The devices of this ONNX Runtime, with what keeps them from starting. */
const devicesHere = (): Promise<{ name: Device; fault?: string }[]> =>
  Promise.all(
    builtInDevices().map(async name => {
      const fault = await deviceFault(name);
      return { name, ...(fault !== undefined && { fault }) };
    }),
  );
