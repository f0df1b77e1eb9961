import { bytes, ownerName, printable } from '@dgprompt/io';
import pc from 'picocolors';
import { type CommandTree, defineCommand } from '../options/command.js';
import { option, text } from '../options/option.js';
import { jsonOption, modelOption } from '../options/table.js';

const pull = defineCommand({
  description: 'Download a model such as openai/clip-vit-base-patch16, or resume its download.',
  arguments: [['<id>', 'its id on the hub']],
  examples: ['models pull openai/clip-vit-base-patch16'],
  options: { revision: option('--revision <name>', 'branch, tag or commit', text.default('main')) },
  async action({ revision }, [id]) {
    const { pullModel } = await import('@dgprompt/clip/hub');
    const { interruptible } = await import('../terminal/interrupt.js');
    await interruptible(
      async (signal, report) => {
        const folder = await pullModel(id, {
          revision,
          signal,
          onWait: owner => report.line(`  ${id} is being downloaded by ${ownerName(owner)}; waiting for it`),
          onProgress: ({ file, done, total }) =>
            report.progress(done / Math.max(1, total), `${file}, ${bytes(done)} of ${bytes(total)}`),
        });
        report.stop();
        process.stdout.write(`${folder}\n`);
      },
      { interrupted: 'Interrupted. Run the command again to resume the download.' },
    );
  },
});

const list = defineCommand({
  description: 'List the models in the cache that all tools for the hub share.',
  examples: ['models list --json'],
  options: { json: { ...jsonOption.json, help: 'print [{"id": …, "bytes": …, "path": …}] and nothing else' } },
  async action({ json }) {
    const { cachedModels, hubSettings } = await import('@dgprompt/clip/hub');
    const { textTable } = await import('../terminal/table.js');
    const models = await cachedModels();
    if (json) {
      const rows = models.map(({ id, size, path }) => ({ id, bytes: size, path }));
      process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    } else if (models.length === 0)
      process.stdout.write(`There are no models in ${hubSettings().cache}; dgprompt models pull ID downloads one.\n`);
    else {
      const head = ['model', 'size', 'folder'].map(name => pc.dim(name));
      const groups = models.map(({ id, size, path }) => [[id, bytes(size), path]]);
      process.stdout.write(`${textTable({ head, groups, align: 'lrl' })}\n`);
    }
  },
});

const show = defineCommand({
  description: 'Show what a CLIP is: its towers, how images are prepared, and what loading it assumes.',
  arguments: [['<model>', 'folder, file or hub id']],
  examples: ['models show google/siglip-base-patch16-224', 'models show ./vit.pt --model-config ./config.json'],
  options: {
    modelConfig: option('--model-config <file>', modelOption.modelConfig.help, text.optional()), // for this model alone
    ...jsonOption,
  },
  async action({ modelConfig, json }, [model]) {
    const { useDevice } = await import('@dgprompt/engine');
    const { loadModel } = await import('../terminal/load-model.js');
    const { modelFacts, modelRows } = await import('../terminal/model-facts.js');
    await useDevice();
    const clip = await loadModel(model, modelConfig);
    const facts = modelFacts(clip);
    clip.dispose();
    if (json) process.stdout.write(`${JSON.stringify(facts, null, 2)}\n`);
    else
      for (const [name, value] of modelRows(facts))
        process.stdout.write(`${pc.dim(name.padEnd(nameWidth))}${printable(value, 4000)}\n`);
  },
});

/** Wide enough for `visual prompts`. */
const nameWidth = 16;

const verify = defineCommand({
  description: 'Verify the checksums of models, or of all models if none is named.',
  arguments: [['[ids...]', 'their ids on the hub']],
  examples: ['models verify', 'models verify openai/clip-vit-base-patch16'],
  options: {},
  async action(_, [ids]) {
    const { cachedModels, verifyModel } = await import('@dgprompt/clip/hub');
    const chosen = ids.length > 0 ? ids : (await cachedModels()).map(({ id }) => id);
    for (const id of chosen)
      for (const { file, wrong } of await verifyModel(id)) {
        if (wrong) process.exitCode = 1;
        process.stdout.write(`${wrong ? pc.red('✗') : pc.green('✓')} ${id} ${file}${wrong ? `: ${wrong}` : ''}\n`);
      }
    if (process.exitCode === 1)
      process.stderr.write('dgprompt: delete damaged models with dgprompt models rm, and pull them again.\n');
  },
});

const rm = defineCommand({
  description: 'Delete models from the cache.',
  arguments: [['<ids...>', 'their ids on the hub']],
  examples: ['models rm openai/clip-vit-base-patch16'],
  options: {},
  async action(_, [ids]) {
    const { removeModel } = await import('@dgprompt/clip/hub');
    for (const id of ids) process.stdout.write(`${id}: ${bytes(await removeModel(id))} freed\n`);
  },
});

/** `dgprompt models`: the CLIPs of the Hugging Face hub on this machine. */
export const models = {
  summary: 'CLIPs of the Hugging Face hub',
  description: 'CLIPs of the Hugging Face hub: pull, list, show, verify, rm.',
  examples: ['models pull openai/clip-vit-base-patch16', 'models list'],
  notes: 'The cache is HF_HOME/hub; HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE are respected.',
  commands: { pull, list, show, verify, rm } satisfies CommandTree,
};
