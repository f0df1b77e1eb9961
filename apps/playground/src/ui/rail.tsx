import { useEffect, useState } from 'preact/hooks';
import { clip, data } from '../state/load.js';
import { finished, runs, training } from '../state/runs.js';
import { current, moreClasses } from '../state/tries.js';
import { t } from '../strings/index.js';
import { Machine } from './machine.js';
import { Tick } from './parts/icons.js';
import styles from './rail.module.css';

const ids = ['data', 'clip', 'train', 'try', 'take'] as const;

/** The current step, and the progress of each step. */
export function Rail() {
  const here = useVisibleStep();
  const steps = useSteps();
  return (
    <header class={styles.rail}>
      <div class={styles.brand}>
        <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="8" fill="var(--accent)" />
          <path
            d="M7 22c4 0 4-12 9-12s5 7 9 7"
            fill="none"
            stroke="var(--on-accent)"
            stroke-width="2.6"
            stroke-linecap="round"
          />
          <circle cx="25" cy="17" r="2.6" fill="var(--on-accent)" />
        </svg>
        <div>dgprompt</div>
      </div>
      <nav class={styles.steps} aria-label={t().page.steps}>
        {ids.map((id, i) => {
          const { title, status, done } = steps[id];
          return (
            <a key={id} href={`#${id}`} aria-current={here === id ? 'step' : undefined} onClick={go}>
              <span class={done ? styles.done : styles.number} aria-hidden="true">
                {done ? <Tick /> : i + 1}
              </span>
              <span class={styles.words}>
                <b>{title}</b>
                <small>{status}</small>
              </span>
            </a>
          );
        })}
      </nav>
      <div class={styles.settings}>
        <Machine />
      </div>
    </header>
  );
}

/** Scrolls without changing the address, which contains the settings. */
export function go(event: MouseEvent & { currentTarget: HTMLAnchorElement }): void {
  event.preventDefault();
  const section = document.getElementById(event.currentTarget.hash.slice(1));
  section?.scrollIntoView();
  section?.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true });
}

function useSteps() {
  const words = t();
  const dataset = data.value.value;
  const count = finished.value.length;
  const running = runs.value.find(({ state }) => state === 'running');
  return {
    data: {
      title: words.data.title,
      status: dataset ? `${dataset.name} · ${words.data.classes(dataset.classNames.length)}` : '–',
      done: dataset !== undefined,
    },
    clip: {
      title: words.clip.title,
      status: clip.value.value?.id ?? '–',
      done: clip.value.value !== undefined,
    },
    train: {
      title: words.train.title,
      status: running ? running.title : words.train.chosen(count),
      done: count > 0 && !training.value,
    },
    try: {
      title: words.try.title,
      status: moreClasses.value.length > 0 ? `+ ${moreClasses.value.join(', ')}` : (current.value.truth ?? '–'),
      done: current.value.answers.length > 0,
    },
    take: { title: words.take.title, status: 'zip · ONNX · HTML', done: false },
  };
}

/** The step whose section is nearest to the top of the window. */
function useVisibleStep(): string {
  const [here, setHere] = useState<string>('data');
  useEffect(() => {
    const look = () => {
      const tops = ids.map(id => document.getElementById(id)?.getBoundingClientRect().top ?? Number.POSITIVE_INFINITY);
      const passed = tops.filter(top => top < window.innerHeight / 3).length;
      setHere(ids[Math.max(0, passed - 1)]!);
    };
    addEventListener('scroll', look, { passive: true });
    return () => removeEventListener('scroll', look);
  }, []);
  return here;
}
