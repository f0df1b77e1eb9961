import { Command } from 'commander';
import { examples } from '../terminal/examples.js';

/** `dgprompt models`: the CLIPs of the Hugging Face hub that are on this machine. */
export function modelsCommand(): Command {
  const command = new Command('models')
    .summary('CLIPs of the Hugging Face hub')
    .description('CLIPs of the Hugging Face hub: pull, list, verify, rm.')
    .addHelpText('after', examples('models pull openai/clip-vit-base-patch16', 'models list'));
  command
    .command('pull <id>')
    .description('Download a model, or go on with it: openai/clip-vit-base-patch16.')
    .addHelpText('after', examples('models pull openai/clip-vit-base-patch16'))
    .option('--revision <name>', 'branch, tag or commit', 'main')
    .action(async (id: string, options: { revision: string }) => (await run()).pull(id, options));
  command
    .command('list')
    .description('The models in the cache that all tools for the hub share.')
    .addHelpText('after', examples('models list --json'))
    .option('--json', 'print [{"id": …, "bytes": …, "path": …}] and nothing else')
    .action(async (options: { json?: true }) => (await run()).list(options));
  command
    .command('verify [ids...]')
    .description('Hold files against their checksums; without an id, of all models.')
    .addHelpText('after', examples('models verify', 'models verify openai/clip-vit-base-patch16'))
    .action(async (ids: string[]) => (await run()).verify(ids));
  command
    .command('rm <ids...>')
    .description('Delete models from the cache.')
    .addHelpText('after', examples('models rm openai/clip-vit-base-patch16'))
    .action(async (ids: string[]) => (await run()).remove(ids));
  return command.addHelpText(
    'after',
    '\nThe cache is HF_HOME/hub; HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE are heeded.',
  );
}

const run = () => import('./run-models.js'); // only now: what reads models takes a while to load
