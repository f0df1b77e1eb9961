import { useState } from 'preact/hooks';
import { data, trainSettings } from '../../state/load.js';
import { say } from '../../state/notices.js';
import { training } from '../../state/runs.js';
import { sentenceOf } from '../../state/sentence.js';
import { permalink } from '../../state/settings.js';
import { worker } from '../../state/worker.js';
import { t } from '../../strings/index.js';
import controls from '../../style/controls.module.css';
import { Stopped } from '../../worker/client.js';
import type { DownloadKind } from '../../worker/protocol.js';
import { Button } from '../parts/button.js';
import { Download, Link } from '../parts/icons.js';
import { MethodSelect, useFinishedMethod } from '../parts/method-select.js';
import { Step } from '../step.js';
import styles from './take.module.css';

const kinds: readonly DownloadKind[] = ['folder', 'onnx', 'page'];

/** Step 5: download what was learned. */
export function TakeStep() {
  const words = t().take;
  const [making, setMaking] = useState<DownloadKind>();
  const { results, result, choose } = useFinishedMethod();
  const about = { folder: words.folderAbout, onnx: words.onnxAbout, page: words.pageAbout };
  const get = async (kind: DownloadKind, method: string, title: string) => {
    setMaking(kind);
    try {
      const { name, blob } = await worker().call('download', { kind, method, title, settings: trainSettings() });
      save(name, blob);
      say('info', words.ready(name, `${(blob.size / 1e6).toFixed(1)} MB`));
    } catch (error) {
      if (!(error instanceof Stopped)) say('error', sentenceOf(error));
    } finally {
      setMaking(undefined);
    }
  };
  return (
    <Step id="take" number={5} title={words.title} lead={words.lead}>
      {result ? (
        <MethodSelect
          label={words.method}
          results={results}
          value={result.id}
          onChoose={choose}
          class={styles.method}
        />
      ) : (
        <p class={controls.hint}>{words.empty}</p>
      )}
      <div class={styles.ways}>
        {kinds.map(kind => (
          <div key={kind} class={styles.way}>
            <h3>{words[kind]}</h3>
            <p>{about[kind]}</p>
            <Button
              small
              label={`${words.download}: ${words[kind]}`}
              busy={making === kind}
              disabled={!result || making !== undefined || training.value !== undefined}
              onClick={() => result && void get(kind, result.id, data.value.value?.name ?? '')}
            >
              <Download /> {making === kind ? words.making : words.download}
            </Button>
          </div>
        ))}
        <div class={styles.way}>
          <h3>{words.link}</h3>
          <p>{words.linkAbout}</p>
          <Button small onClick={() => void copyLink()}>
            <Link /> {words.copy}
          </Button>
        </div>
      </div>
    </Step>
  );
}

async function copyLink(): Promise<void> {
  try {
    await navigator.clipboard.writeText(permalink());
    say('info', t().page.copied);
  } catch {
    say('info', permalink());
  }
}

function save(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
