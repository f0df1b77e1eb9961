import { Command } from 'commander';
import {
  addDeviceOptions,
  cacheOption,
  type DeviceChoice,
  type PrecisionChoice,
  precisionOption,
  resultsOption,
} from '../options.js';
import { examples } from '../terminal/examples.js';

/** What `dgprompt doctor` is given. */
export interface DoctorCommandOptions extends DeviceChoice, PrecisionChoice {
  results: string;
  cache?: string;
  /** The config file in use. */
  config?: string;
  json?: true;
}

/** `dgprompt doctor`: what is installed here, and whether it works. */
export function doctorCommand(): Command {
  const command = new Command('doctor')
    .summary('say what is installed and whether it works')
    .description('Say what is installed here, where things are kept, and whether the engine computes what it should.')
    .addHelpText('after', examples('doctor', 'doctor --device webgpu --json'))
    .addOption(resultsOption())
    .addOption(cacheOption())
    .option('--json', 'print JSON and nothing else');
  addDeviceOptions(command).addOption(precisionOption());
  return command.action(async () => {
    const { runDoctor } = await import('./run-doctor.js');
    await runDoctor(command.optsWithGlobals<DoctorCommandOptions>());
  });
}
