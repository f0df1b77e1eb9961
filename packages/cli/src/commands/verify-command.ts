import { Command } from 'commander';
import { addDeviceOptions, type DeviceChoice, type PrecisionChoice, precisionOption } from '../options.js';
import { examples } from '../terminal/examples.js';

/** What `dgprompt verify` is given. */
export interface VerifyCommandOptions extends DeviceChoice, PrecisionChoice {
  golden?: string;
  data?: string;
  json?: true;
}

/** `dgprompt verify`: compare this machine's numbers with recorded ones of the published implementations. */
export function verifyCommand(): Command {
  const command = new Command('verify')
    .summary('compare with the published code')
    .description('Compare the numbers computed here with recorded ones of the published implementations.')
    .addHelpText(
      'after',
      examples('verify --golden ./golden', 'verify --golden ./golden --data ./published --device webgpu'),
    )
    .option('--golden <folder>', 'methods, zero-shot, schedules, tokens, images, checkpoints')
    .option('--data <folder>', 'published splits and few-shot sets')
    .option('--json', 'print JSON and nothing else');
  addDeviceOptions(command).addOption(precisionOption());
  return command.action(async () => {
    const { runVerify } = await import('./run-verify.js');
    await runVerify(command.opts<VerifyCommandOptions>(), command);
  });
}
