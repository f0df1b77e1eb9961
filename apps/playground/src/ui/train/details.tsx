import { useState } from 'preact/hooks';
import { t } from '../../strings/index.js';
import { Confusion } from '../charts/confusion.js';
import { MethodSelect, useFinishedMethod } from '../parts/method-select.js';
import { Segmented } from '../parts/segmented.js';
import styles from './details.module.css';
import { JudgedPictures } from './judged-pictures.js';
import { Words } from './words.js';

type Tab = 'confusion' | 'wrong' | 'right' | 'words';
const tabs: readonly Tab[] = ['confusion', 'wrong', 'right', 'words'];

/** Correct and wrong answers of one method, and what it has learned. */
export function Details() {
  const words = t().details;
  const [part, setPart] = useState<'base' | 'new'>('base');
  const [tab, setTab] = useState<Tab>('confusion');
  const { results, result, choose } = useFinishedMethod();
  if (!result) return null;
  const test = part === 'new' && result.new ? result.new : result.base;
  return (
    <section class={styles.details} aria-labelledby="details-title">
      <h3 id="details-title">{words.title}</h3>
      <div class={styles.bar}>
        <MethodSelect label={words.method} results={results} value={result.id} onChoose={choose} />
        {result.new && tab !== 'words' && (
          <Segmented
            labelled
            label={words.on}
            value={part}
            options={[
              ['base', words.base],
              ['new', words.new],
            ]}
            onChange={value => setPart(value)}
          />
        )}
        <Segmented
          label={words.title}
          value={tab}
          options={tabs.map(one => [one, words.tabs[one]] as const)}
          onChange={value => setTab(value)}
        />
      </div>
      {tab === 'words' && <Words result={result} />}
      {test && tab === 'confusion' && <Confusion {...test} />}
      {test && (tab === 'wrong' || tab === 'right') && (
        <JudgedPictures
          judged={test[tab]}
          classNames={test.classNames}
          none={tab === 'wrong' ? words.noMistakes : words.noneRight}
        />
      )}
    </section>
  );
}
