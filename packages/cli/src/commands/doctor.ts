import { availableParallelism } from 'node:os';
import type { machine } from '@dgprompt/bench/records';
import type { Device } from '@dgprompt/engine';
import { bytes } from '@dgprompt/io';
import pc from 'picocolors';
import type { DoctorCheck } from '../doctor/checks.js';
import type { Place } from '../doctor/places.js';
import { defineCommand } from '../options/command.js';
import {
  deviceOptions,
  imageOptions,
  jsonOption,
  modelOption,
  precisionOption,
  resultsOption,
} from '../options/table.js';
import { UsageError } from '../usage-error.js';

/** `dgprompt doctor`: reports what is installed and whether it works. */
export const doctor = defineCommand({
  summary: 'check the installation',
  description: 'Print what is installed and where files are kept, and check that the engine computes correctly.',
  arguments: [['[folder]', 'with --precision int8: your images, a folder per class']],
  examples: ['doctor', 'doctor --device webgpu --json', 'doctor --precision int8 --model ./clip-vit-b-16 ./flowers'],
  options: {
    ...resultsOption,
    cache: imageOptions.cache,
    ...jsonOption,
    ...modelOption,
    ...deviceOptions,
    ...precisionOption,
  },
  async action({ json, ...options }, [folder], { configFile = null }) {
    if (folder !== undefined && options.precision !== 'int8')
      throw new UsageError('a folder of images is for --precision int8.');
    const records = await import('@dgprompt/bench/records');
    const { engineChecks, modelCheck, writeCheck } = await import('../doctor/checks.js');
    const { int8Checks } = await import('../doctor/int8-checks.js');
    const { placesHere } = await import('../doctor/places.js');
    const [devices, places] = await Promise.all([devicesHere(), placesHere(options)]);
    const engine = await engineChecks(options);
    const int8 = options.precision === 'int8' && engine[0]!.ok ? await int8Checks(options, folder) : undefined;
    const checks = [...engine, ...(int8?.checks ?? []), modelCheck(), writeCheck(places[0]!)];
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
      ...(int8 && { int8: int8.effect }),
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

/** The devices of this ONNX Runtime build, with the reason if one does not start. */
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
