import { t } from '../strings/index.js';
import styles from './app.module.css';
import { ClipStep } from './clip/clip-step.js';
import { DataStep } from './data/data-step.js';
import { Machine } from './machine.js';
import { Notices } from './parts/notice.js';
import { go, Rail } from './rail.js';
import { TakeStep } from './take/take-step.js';
import { TrainStep } from './train/train-step.js';
import { TryStep } from './try/try-step.js';

export function App() {
  const { page } = t();
  return (
    <div class={styles.page}>
      {/* biome-ignore lint/a11y/useValidAnchor: it leads to a section, and keeps the address with its settings */}
      <a class={styles.skip} href="#data" onClick={go}>
        {page.skip}
      </a>
      <Rail />
      <main class={styles.main}>
        <header class={styles.intro}>
          <h1>{page.lead}</h1>
          <p>{page.about}</p>
        </header>
        <DataStep />
        <ClipStep />
        <TrainStep />
        <TryStep />
        <TakeStep />
        <footer class={styles.foot}>
          <Machine />
        </footer>
      </main>
      <Notices />
    </div>
  );
}
