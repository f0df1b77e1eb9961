import { useEffect, useState } from 'preact/hooks';
import { methods, ready } from '../../state/load.js';
import { elapsed, type Run, runs, share, stop, trainAll, training } from '../../state/runs.js';
import { settings } from '../../state/settings.js';
import { t } from '../../strings/index.js';
import controls from '../../style/controls.module.css';
import { Button } from '../parts/button.js';
import { Play, Stop } from '../parts/icons.js';
import { ProgressBar } from '../parts/progress.js';

/** The button that starts training, with its progress. */
export function Go() {
  const words = t().train;
  const chosen = methods.value.filter(({ id, refusal }) => settings.value.methods.includes(id) && !refusal);
  const left = chosen.filter(({ id }) => !runs.value.some(run => run.id === id && run.state === 'done'));
  const partly = left.some(({ id }) => runs.value.some(run => run.id === id && run.epochs.length > 0));
  const running = runs.value.find(({ state }) => state === 'running');
  if (training.value) {
    return (
      <div class={controls.row}>
        <Button onClick={stop}>
          <Stop /> {t().page.stop}
        </Button>
        <div style={{ flex: '1 1 14rem' }}>
          <ProgressBar
            label={words.progress}
            share={share.value}
            text={running && `${running.title}: ${doing(running)}`}
            aside={<TimeLeft />}
          />
        </div>
      </div>
    );
  }
  return (
    <div class={controls.row}>
      <Button kind="primary" disabled={!ready.value || left.length === 0} onClick={() => void trainAll()}>
        <Play /> {partly ? words.resume : words.start}
      </Button>
      <span class={controls.hint} role="status">
        {chosen.length === 0 && ready.value ? words.chooseOne : words.chosen(left.length)}
      </span>
    </div>
  );
}

function doing({ phase, done, total, epochs }: Run): string {
  const words = t().train;
  if (phase === undefined) return t().machine.starting;
  if (phase === 'steps' && epochs.length > 0) {
    const { epochs: all, number } = epochs.at(-1)!;
    return `${words.phases.steps}, ${words.epochOf(Math.min(all, number + 1), all)}`;
  }
  return total > 0 ? `${words.phases[phase]} ${done}/${total}` : words.phases[phase];
}

/** Estimated from the progress so far; empty until there is enough of it. */
function TimeLeft() {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick(count => count + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = elapsed();
  if (share.value < 0.03 || seconds < 3) return null;
  const left = Math.round((seconds * (1 - share.value)) / share.value);
  const words = t().train;
  return <>{words.timeLeft(words.minutes(Math.floor(left / 60), left % 60))}</>;
}
