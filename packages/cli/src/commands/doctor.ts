import { availableParallelism } from 'node:os';
import type { machine } from '@dgprompt/bench/records';
import type { Device } from '@dgprompt/engine';
import { bytes } from '@dgprompt/io';
import pc from 'picocolors';
import type { DoctorCheck } from '../doctor/checks.js';
import type { Place } from '../doctor/places.js';
import { defineCommand } from '../options/command.js';
import { deviceOptions, imageOptions, jsonOption, precisionOption, resultsOption } from '../options/table.js';

/** `dgprompt doctor`: what is installed, and whether it works. */
export const doctor = defineCommand({
  summary: 'check the installation',
  description: 'Print what is installed and where files are kept, and check that the engine computes correctly.',
  examples: ['doctor', 'doctor --device webgpu --json'],
  options: {
    ...resultsOption,
    cache: imageOptions.cache,
    ...jsonOption,
    ...deviceOptions,
    ...precisionOption,
  },
  async action({ json, ...options }, _, { configFile = null }) {
    const records = await import('@dgprompt/bench/records');
    const { engineChecks, modelCheck, writeCheck } = await import('../doctor/checks.js');
    const { placesHere } = await import('../doctor/places.js');
    const [devices, places] = await Promise.all([devicesHere(), placesHere(options)]);
    const checks = [...(await engineChecks(options)), modelCheck(), writeCheck(places[0]!)];
    if (checks.some(({ ok }) => !ok)) process.exitCode = 1;
    const all = {
      versions: records.versions(),
      machine: records.machine(),
      config: configFile,
      device: options.device,
      backend: options.backend,
      threads: options.threads || availableParallelism(),
      devices,
      places,
      checks,
    };
    process.stdout.write(json ? `${JSON.stringify(all, null, 2)}\n` : `${lines(all).join('\n')}\n`);
  },
});

interface Found {
  versions: Record<string, string>;
  machine: ReturnType<typeof machine>;
  config: string | null;
  threads: number;
  devices: { name: Device; fault?: string }[];
  places: Place[];
  checks: DoctorCheck[];
}

function lines({ versions, machine, config, threads, devices, places, checks }: Found): string[] {
  const facts: [string, string][] = [
    ...Object.entries(versions),
    ['config file', config ?? 'none'],
    ['threads', String(threads)],
    ...devices.map(({ name, fault }): [string, string] => [
      `device ${name}`,
      fault === undefined ? 'starts' : `does not start: ${fault}`,
    ]),
    ...places.map((place): [string, string] => [place.name, placeText(place)]),
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  return [
    `${machine.system}, ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB`,
    ...facts.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    ...checks.map(({ name, ok, says }) => `${ok ? pc.green('✓') : pc.red('✗')} ${name}: ${says}`),
  ];
}

function placeText({ path, exists, bytes: count, whole, free }: Place): string {
  const size = exists ? `${whole ? '' : 'more than '}${bytes(count)}` : 'does not exist yet';
  return `${path}: ${size}${free === undefined ? '' : `, ${bytes(free)} free`}`;
}

/** The devices that this ONNX Runtime was built for, with the reason why one does not start. */
async function devicesHere(): Promise<Found['devices']> {
  const { builtInDevices } = await import('@dgprompt/engine');
  const { deviceFault } = await import('@dgprompt/engine/devices');
  return Promise.all(
    builtInDevices().map(async name => {
      const fault = await deviceFault(name);
      return fault === undefined ? { name } : { name, fault };
    }),
  );
}
