import { useEffect, useState } from 'preact/hooks';
import { worker } from '../../state/worker.js';
import { t } from '../../strings/index.js';
import controls from '../../style/controls.module.css';
import type { DataFacts } from '../../worker/protocol.js';
import { Thumbnail } from '../parts/thumbnail.js';
import styles from './data.module.css';

const shown = 16;

/** One picture of each of the first classes. */
export function Preview({ facts }: { facts: DataFacts }) {
  const [pictures, setPictures] = useState<{ name: string; blob: Blob }[]>([]);
  useEffect(() => {
    let current = true;
    const load = async () => {
      const every = Math.max(1, Math.floor(facts.classNames.length / shown));
      const labels = facts.classNames.map((_, label) => label).filter(label => label % every === 0);
      const found = [];
      for (const label of labels.slice(0, shown)) {
        const [sample] = await worker().call('samples', { label, count: 1 });
        if (sample) found.push({ name: facts.classNames[label]!, blob: sample.blob });
        if (!current) return;
      }
      setPictures(found);
    };
    void load().catch(() => {});
    return () => {
      current = false;
    };
  }, [facts]);
  return (
    <figure class={styles.preview}>
      <figcaption class={controls.hidden}>{t().data.preview}</figcaption>
      <div class={styles.strip} style={{ minHeight: '3.5rem' }}>
        {pictures.map(({ name, blob }) => (
          <Thumbnail key={name} picture={blob} label={name} />
        ))}
      </div>
    </figure>
  );
}
