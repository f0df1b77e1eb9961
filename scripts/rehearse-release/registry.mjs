import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { run } from '../processes.mjs';

/**
 * Starts a registry on this machine: our packages are published to it, and it proxies npm's registry for all others.
 * @param {string} folder for its files
 * @param {string} verdaccio its program
 * @returns {Promise<{ url: string, userconfig: string, stop: () => void }>} userconfig: an `.npmrc` that may publish
 */
export async function startRegistry(folder, verdaccio) {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const url = `http://localhost:${port}/`;
  const config = join(folder, 'config.yaml');
  writeFileSync(config, JSON.stringify(settings(folder, await upstream()))); // JSON is YAML
  const log = join(folder, 'log.txt');
  const output = openSync(log, 'w');
  const child = spawn(process.execPath, [verdaccio, '--config', config, '--listen', `localhost:${port}`], {
    cwd: folder,
    stdio: ['ignore', output, output],
  });
  for (let tries = 0; !(await answers(url)); tries++) {
    if (child.exitCode !== null || tries > 120) {
      child.kill();
      throw new Error(`The local registry does not start:\n${readFileSync(log, 'utf8')}`);
    }
    await wait(500);
  }
  const userconfig = join(folder, 'npmrc');
  writeFileSync(userconfig, `registry=${url}\n//localhost:${port}/:_authToken=rehearsal\n`);
  return { url, userconfig, stop: () => child.kill() };
}

const everyone = '$all';

const settings = (folder, registry) => ({
  storage: join(folder, 'storage'),
  auth: { htpasswd: { file: join(folder, 'htpasswd') } },
  uplinks: { npm: { url: registry, maxage: '1h', timeout: '5m', max_fails: 100 } },
  packages: {
    '@dgprompt/*': { access: everyone, publish: everyone },
    dgprompt: { access: everyone, publish: everyone },
    '**': { access: everyone, proxy: 'npm' },
  },
  web: { enable: false },
  max_body_size: '200mb', // the pictograms
  log: { type: 'stdout', format: 'pretty', level: 'warn' },
});

const upstream = async () => (await run('npm', ['config', 'get', 'registry'], { capture: true })).stdout.trim();

const answers = url =>
  fetch(`${url}-/ping`).then(
    ({ ok }) => ok,
    () => false,
  );

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, 'localhost', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
